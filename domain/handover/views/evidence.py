"""Handing out 証拠書類の写し: noted first, as a file to keep and never as a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.entries import JSON, Entry, Subject
from audit.trail.leaving import taken
from audit.trail.parts import record_access_parts
from audit.trail.vocabulary import Event
from domain.handover.errors import HandoverError
from domain.handover.links import TERMINAL
from domain.handover.queries import people_on
from domain.handover.terminal import evidence
from domain.handover.views.shared import only_over
from domain.households.views.shared import user_of, whole_prefecture


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_safe
def download(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """One copy; the taking is written down before a byte leaves. It may show what a sheet hides, so the login is fresh."""
    copy = evidence.copy_for(user_of(request), evidence_id)
    require_step_up(request)
    try:
        data = evidence.content_of(copy)
    except HandoverError as error:
        messages.error(request, str(error))
        return redirect("handover:sheets")
    detail: dict[str, JSON] = {"kind": "evidence", "place": copy.entry.place, "bytes": len(data), **taken(1)}
    detail["sha256"] = copy.digest[:16]
    batch = copy.entry.sheet.partition("_")[2]
    about = (Subject("sheet", batch),)
    whole = Entry(Event.EXPORT_FILE_DOWNLOADED, about, detail=detail, allowed_by=Permission.KEY_TERMINAL.value)
    record_access_parts(whole, people_on([batch]))
    response = HttpResponse(data, content_type=copy.media_type)
    response["Content-Disposition"] = content_disposition_header(True, copy.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

"""Unsaved input: our script keeps it while somebody types; after a time-out it is taken back or dropped."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import drafts, session_state
from accounts.access import page, person_of
from accounts.models import InputDraft
from accounts.permissions import Permission
from accounts.services.drafts import drafts_of
from accounts.views.shared import visit_of


@page(Permission.VIEW_HOME, "both", passive=True)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """What was typed so far. A sign of life only when the script says that a person typed or pressed (not its clock)."""
    if request.POST.get("draft:alive") == "1":
        visit_of(request).note_seen()
    drafts.keep_typed(request)
    return HttpResponse(status=204)


@page(Permission.VIEW_HOME, "both")
@require_POST
def restore(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """戻す: the page is opened with its form filled. Nothing is saved."""
    draft = _own(request, draft_id)
    session_state.note_draft(request.session, str(draft.pk), draft.page.partition("?")[0])
    session_state.fill_draft(request.session, str(draft.pk))
    return redirect(draft.page)


@page(Permission.VIEW_HOME, "both")
@require_POST
def discard(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """捨てる."""
    draft = _own(request, draft_id)
    where = draft.page
    draft.delete()
    session_state.drop_draft(request.session, str(draft_id))
    return redirect(where)


def _own(request: HttpRequest, draft_id: uuid.UUID) -> InputDraft:
    return get_object_or_404(drafts_of(person_of(request), visit_of(request).terminal.id), pk=draft_id)

"""What the pages of this package and of the vault need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.households.roster.workbook.blank import XLSX
from jobs.models import Job
from web.formatting import format_moment


def user_of(request: HttpRequest) -> User:
    """The person; the guard lets nobody else into a page."""
    if not isinstance(request.user, User):
        raise TypeError("a page without its guard")
    return request.user


def whole_prefecture(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse (403, with an event) whose roles give the permission for some schools only: the act touches them all."""

    def marked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if holds_everywhere(user_of(request), permission):
                return view(request, *arguments, **named)
            with transaction.atomic():
                record(Event.ACCESS_PERMISSION_REFUSED, detail={"permission": permission.value, "reach": "prefecture"})
            refusal = (
                f"「{permission.label}」はすべての学校に関わるため、学校を限った役割ではできません。"
                "学校を限らない役割の人に依頼してください。"
            )
            return render(request, "accounts/refused.html", {"refusal": refusal}, status=403)

        return guarded

    return marked


def holds_everywhere(user: User, permission: Permission) -> bool:
    """Whether a role of the person gives the permission for every school of the prefecture."""
    return visible_schools(user, permission) is None


def workbook_answer(data: bytes, name: str) -> HttpResponse:
    """A workbook to be saved under this name."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asks for its own progress (htmx)."""
    return request.headers.get("HX-Request") == "true"


def progress_answer(request: HttpRequest, job: Job) -> HttpResponse:
    """The progress alone, for polling; once the job has ended the page is told to load itself anew."""
    response = render(request, "households/progress.html", {"job": job})
    if not job.is_live:
        response["HX-Refresh"] = "true"
    return response


def unfinished(job: Job | None) -> Job | None:
    """The job while it has something to say: under way, failed or cancelled. Of a good end the result itself speaks."""
    return None if job is None or job.state == Job.State.SUCCEEDED else job


def same_file(school: School, moment: datetime, then: str) -> str:
    """What is said of bytes that were handed in before: which school has them since when, and what becomes of them now."""
    return f"同じファイルを、{school.name}（{school.code}）が{format_moment(moment)}に登録しています。{then}"

"""What the pages of this package and of the vault need."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from accounts.access import holds_everywhere as holds_everywhere
from accounts.models import User
from accounts.views.shared import whole_prefecture as whole_prefecture
from domain.households.models import School
from domain.households.roster.workbook.blank import XLSX
from jobs.models import Job
from web.formatting import format_moment


def user_of(request: HttpRequest) -> User:
    """The person; the guard lets nobody else into a page."""
    if not isinstance(request.user, User):
        raise TypeError("a page without its guard")
    return request.user


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

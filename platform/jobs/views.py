"""Pages of jobs. Who may open them is said where the URLs are laid out: accounts stand above this room.

path("jobs/<uuid:job_id>/", page(Permission.VIEW_JOBS, "both", passive=True)(views.job_detail), name="job")
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from jobs.errors import KeyTaken, NotPossible
from jobs.models import Job
from jobs.presentation import progress_context
from jobs.services import request_cancel, retry
from tenants.core.context import scope
from tenants.core.credentials import CONSOLE

PER_PAGE = 50


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs of this scope, newest first."""
    found = Paginator(Job.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"base": _base(), "page": found})


@require_safe
def job_detail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job: progress, result, history. Reloads its own progress while the job lives."""
    job = get_object_or_404(Job, pk=job_id)
    return render(request, "jobs/detail.html", {"base": _base(), **progress_context(job)})


@require_POST
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ask the job to stop."""
    return _act(request, job_id, request_cancel, "中止を受け付けました。")


@require_POST
def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Put a failed or cancelled job back to work."""
    return _act(request, job_id, retry, "再開しました。残りから続けます。")


def _act(request: HttpRequest, job_id: UUID, act: Callable[[Job], Job], done: str) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id)
    try:
        act(job)
    except (NotPossible, KeyTaken) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(request.path.removesuffix("/").rpartition("/")[0] + "/")


def _base() -> str:
    return "web/console.html" if scope() == CONSOLE else "web/page.html"

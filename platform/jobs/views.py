"""Pages of jobs. Who may open them is said where the URLs are laid out: accounts stand above this room.

config.job_views narrows each to the jobs that are the person's business.
"""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from jobs.errors import KeyTaken, NotPossible
from jobs.models import Job
from jobs.presentation import progress_context
from jobs.services import request_cancel, retry
from jobs.states import ENDED, State
from tenants.core.context import scope
from tenants.core.credentials import CONSOLE

PER_PAGE = 50


@require_safe
def job_list(request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse:
    """These jobs, newest first."""
    found = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"base": _base(), "page": found, **_standing(jobs)})


def _standing(jobs: QuerySet[Job]) -> dict[str, int]:
    """How many are at work or wait for it, and how many have failed and were not taken up again."""
    live, failed = ~Q(state__in=sorted(ENDED)), Q(state=State.FAILED)
    return jobs.order_by().aggregate(live=Count("pk", filter=live), failed=Count("pk", filter=failed))


@require_safe
def job_detail(request: HttpRequest, job: Job, may_retry: bool) -> HttpResponse:
    """One job: progress, result, history. Reloads its own progress while the job lives."""
    context = {"base": _base(), **progress_context(job)}
    context["can_retry"] = context["can_retry"] and may_retry
    return render(request, "jobs/detail.html", context)


@require_POST
def job_cancel(request: HttpRequest, job: Job) -> HttpResponse:
    """Ask the job to stop."""
    return _act(request, job, request_cancel, "中止を受け付けました。")


@require_POST
def job_retry(request: HttpRequest, job: Job) -> HttpResponse:
    """Put a failed or cancelled job back to work."""
    return _act(request, job, retry, "再開しました。残りから続けます。")


def _act(request: HttpRequest, job: Job, act: Callable[[Job], Job], done: str) -> HttpResponse:
    try:
        act(job)
    except (NotPossible, KeyTaken) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(request.path.removesuffix("/").rpartition("/")[0] + "/")


def _base() -> str:
    return "web/console.html" if scope() == CONSOLE else "web/page.html"

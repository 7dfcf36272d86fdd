"""Pages of jobs, each narrowed to the jobs that are the person's business. Any other job is not found."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.errors import PermissionRefused
from accounts.permissions import Permission
from config.job_access import jobs_of, may_retry
from jobs import views
from jobs.errors import UnknownKind
from jobs.models import Job
from jobs.registry import kind_named


@page(Permission.VIEW_JOBS, "both")
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    return views.job_list(request, jobs_of(person_of(request)))


@page(Permission.VIEW_JOBS, "both", passive=True)
@require_safe
def job_detail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _found(request, job_id)
    return views.job_detail(request, job, _may_retry(request, job))


@page(Permission.VIEW_JOBS, "both")
@require_POST
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    return views.job_cancel(request, _found(request, job_id))


@page(Permission.VIEW_JOBS, "both")
@require_POST
def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """A job that decides also asks for the one-time password again, as the decision itself did."""
    job = _found(request, job_id)
    if not _may_retry(request, job):
        raise PermissionRefused(None)
    if kind_named(job.kind).decides:
        require_step_up(request)
    return views.job_retry(request, job)


def _found(request: HttpRequest, job_id: UUID) -> Job:
    return get_object_or_404(jobs_of(person_of(request)), pk=job_id)


def _may_retry(request: HttpRequest, job: Job) -> bool:
    try:
        return may_retry(person_of(request), job)
    except UnknownKind:
        return False

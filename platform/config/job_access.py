"""Whose business a job is: the asker's, and theirs who might have asked for it themselves."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import may, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from jobs.models import Job
from jobs.registry import JobKind, all_kinds, kind_named


def jobs_of(user: User) -> QuerySet[Job]:
    """Jobs that the person may see and cancel.

    One's own; those of a kind whose permission one holds for all the schools that the job is about; and, where a kind
    names no permission, everybody's for those who review the whole prefecture (教育委員会).
    """
    whose = Q(created_by=str(user.pk))
    for kind in all_kinds():
        share = _share(user, kind)
        if share is not None:
            whose |= Q(kind=kind.name) & share
    return Job.objects.filter(whose)


def may_retry(user: User, job: Job) -> bool:
    """Whether the person may put the job (one of `jobs_of`) back to work. What decides goes on in its asker's name."""
    kind = kind_named(job.kind)
    if kind.decides and job.created_by != str(user.pk):
        return False
    return not kind.permission or may(user, Permission(kind.permission))


def _share(user: User, kind: JobKind) -> Q | None:
    """Which jobs of a kind are the person's business besides the own ones; None for none of them."""
    permission = Permission(kind.permission) if kind.permission else Permission.REVIEW_STATEMENT
    schools = visible_schools(user, permission)
    if schools is None:
        return Q()
    return kind.within(schools) if schools and kind.permission and kind.within is not None else None

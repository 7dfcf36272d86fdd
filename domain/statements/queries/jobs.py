"""Long work on 調書 that a page shows."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from jobs.models import Job
from jobs.states import LIVE

KINDS = (
    "statements.compute",
    "statements.propose",
    "statements.approve",
    "statements.propose_provisional",
    "statements.approve_provisional",
)


def jobs_of(user: User) -> QuerySet[Job]:
    """The person's own; whoever sees the whole prefecture's 調書 sees everybody's."""
    found = Job.objects.filter(kind__in=KINDS)
    return (
        found if visible_schools(user, Permission.REVIEW_STATEMENT) is None else found.filter(created_by=str(user.pk))
    )


def shown_jobs(user: User, asked: str = "") -> list[Job]:
    """Those at work, and the one that was just asked for (its id from the URL)."""
    return list(jobs_of(user).filter(Q(state__in=LIVE) | Q(pk=_identifier(asked))))


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Long work under way, for the people whose home page shows it."""

from __future__ import annotations

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from jobs.models import Job
from jobs.states import LIVE

MOST = 10


def live_jobs(user: User) -> list[Job]:
    """The person's own; whoever reviews the whole prefecture sees everybody's."""
    live = Job.objects.filter(state__in=LIVE)
    everybody = visible_schools(user, Permission.REVIEW_STATEMENT) is None
    return list(live[:MOST] if everybody else live.filter(created_by=str(user.pk))[:MOST])

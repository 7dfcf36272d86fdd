"""Long work under way, for the people whose home page shows it."""

from __future__ import annotations

from accounts.models import User
from config.job_access import jobs_of
from jobs.models import Job
from jobs.states import LIVE

MOST = 10


def live_jobs(user: User) -> list[Job]:
    """What is at work of all that is the person's business."""
    return list(jobs_of(user).filter(state__in=LIVE)[:MOST])

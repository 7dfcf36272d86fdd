"""Changing a job's state: the row, its history and the trail's event, together or not at all."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from audit.trail.actors import current_actor
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from jobs.models import Job, JobEvent
from jobs.states import ENDED, State, may_follow

_EVENTS = {
    State.QUEUED: Event.JOB_RUN_REQUESTED,
    State.RUNNING: Event.JOB_RUN_STARTED,
    State.SUCCEEDED: Event.JOB_RUN_FINISHED,
    State.FAILED: Event.JOB_RUN_FAILED,
    State.CANCELLED: Event.JOB_RUN_CANCELLED,
}


def move(job: Job, after: State, *, token: UUID | None = None, note: str = "", **changes: Any) -> bool:
    """Take a job from the state it was read in to another. False when it is not in that state (or lease) any more.

    ``token``: only while this worker's lease stands. On success ``job`` carries the new values.
    """
    before = State(job.state)
    if not may_follow(before, after):
        return False
    if after is not State.RUNNING:
        changes |= {"lease_token": None, "lease_until": None}
    changes["finished_at"] = Now() if after in ENDED else None
    rows = Job.objects.filter(pk=job.pk, state=before)
    if token is not None:
        rows = rows.filter(lease_token=token)
    with transaction.atomic():
        if not rows.update(state=after, **changes):
            return False
        job.refresh_from_db()
        note_change(job, before, after, note)
    return True


def note_change(job: Job, before: State | None, after: State, note: str = "") -> None:
    """Write history and trail of a change that was just made, in the caller's transaction."""
    JobEvent.objects.create(
        job=job,
        before=before or "",
        after=after,
        attempt=job.attempts,
        actor_name=current_actor().name[:200],
        note=note,
    )
    event = _EVENTS[after]
    if event is Event.JOB_RUN_STARTED and job.attempts > 1:
        event = Event.JOB_RUN_RESUMED
    record(event, subjects=[Subject("job", str(job.pk))], detail=_detail(job, after))


def _detail(job: Job, after: State) -> dict[str, Any]:
    detail: dict[str, Any] = {"kind": job.kind, "title": job.title, "attempt": job.attempts}
    if after in ENDED:
        detail |= {"done": job.done, "counts": job.counts}
    if job.error_id:
        detail["error_id"] = job.error_id
    return detail

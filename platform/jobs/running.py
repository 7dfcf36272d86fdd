"""What a worker does with a job: take it, do it, write down how it ended."""

import logging
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import Error, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from audit.trail.actors import Actor, ActorKind, acting_as, within_job
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from jobs import failures, leases, registry, turns
from jobs.errors import Cancelled, ComeBack, LeaseLost, UnknownKind
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.states import State
from jobs.transitions import move

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
AWAITED = "相手の回答を待っています。"
_TOO_OFTEN = (
    "処理が何度も途中で止まったため、打ち切りました。済んだ分は残っています。"
    "原因を取り除いてから「再開」を押してください。"
)


class Outcome(StrEnum):
    """How one visit of a worker to a job ended."""

    NOT_FREE = "not free"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    LEASE_LOST = "lease lost"


def run_job(job_id: UUID, *, within_share: bool = False) -> Outcome:
    """Work on a job of the current scope until it ends or the lease is lost. Does nothing when it is not free.

    ``within_share``: nor when its scope has its share of the queue already (what workers ask).
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return Outcome.NOT_FREE
    with acting_as(_asker_of(job)), within_job(job_id):
        taken = leases.take(job_id, turns.has_room) if within_share else leases.take(job_id)
        return Outcome.NOT_FREE if taken is None else _work(taken)


def _asker_of(job: Job) -> Actor:
    """Who asked for it, or who put it back to work since."""
    if job.resumed_by:
        return Actor(ActorKind.JOB, **job.resumed_by)
    return Actor(ActorKind.JOB, job.created_by, job.created_by_name, job.created_by_role)


def _work(job: Job) -> Outcome:
    handle = JobHandle(job)
    try:
        kind = registry.kind_named(job.kind)
    except UnknownKind as error:
        return _fail(job, handle, error, None)
    if job.cancel_requested:
        return _end(job, handle, State.CANCELLED, Outcome.CANCELLED)
    if job.attempts - job.absences > MAX_ATTEMPTS:
        return _end(job, handle, State.FAILED, Outcome.FAILED, error=_TOO_OFTEN, error_id="jobs.too-many-attempts")
    try:
        kind.run(handle)
    except LeaseLost:
        logger.warning("job %s (%s): the lease went to another worker", job.pk, job.kind)
        return Outcome.LEASE_LOST
    except Cancelled:
        return _end(job, handle, State.CANCELLED, Outcome.CANCELLED)
    except ComeBack as absence:
        return _step_aside(job, handle, absence.seconds)
    except Exception as error:
        return _fail(job, handle, error, kind)
    return _end(job, handle, State.SUCCEEDED, Outcome.SUCCEEDED, error="", error_id="")


def _end(job: Job, handle: JobHandle, state: State, outcome: Outcome, **changes: str) -> Outcome:
    changed = handle.progress() | changes | {"cancel_requested": False}
    return outcome if move(job, state, token=handle.token, **changed) else Outcome.LEASE_LOST


def _step_aside(job: Job, handle: JobHandle, seconds: float) -> Outcome:
    """Back into the line for later: no failure, and no attempt that counts."""
    later = Now() + timedelta(seconds=seconds)
    changes = handle.progress() | {"ready_at": later, "next_wake_at": later, "absences": F("absences") + 1}
    moved = move(job, State.QUEUED, token=handle.token, note=AWAITED, **changes)
    return Outcome.WAITING if moved else Outcome.LEASE_LOST


def _fail(job: Job, handle: JobHandle, error: Exception, kind: registry.JobKind | None) -> Outcome:
    failure = failures.describe(error, kind)
    logger.error("job %s (%s) failed, error %s\n%s", job.pk, job.kind, failure.error_id, failure.trace)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        _note_denial(job, error)
        return _write_failure(job, handle, failure, kind)
    except Error:
        # The database is away: the lease runs out and the sweeper finds the job again.
        logger.error("job %s (%s): error %s could not be written down", job.pk, job.kind, failure.error_id)
        return Outcome.LEASE_LOST


def _note_denial(job: Job, error: Exception) -> None:
    """The prefecture's own login was refused something, as on a page: a mistake of ours, or somebody else's SQL."""
    if failures.was_denied(error):
        with transaction.atomic():
            record(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": "database", "job": job.kind})


def _write_failure(job: Job, handle: JobHandle, failure: failures.Failure, kind: registry.JobKind | None) -> Outcome:
    count = job.failures + 1
    changes = handle.progress() | {"error": failure.message, "error_id": failure.error_id, "failures": count}
    if failure.passing and kind is not None and count < kind.max_failures:
        later = Now() + timedelta(seconds=failures.wait_seconds(count))
        moved = move(
            job, State.QUEUED, token=handle.token, note=failure.message, ready_at=later, next_wake_at=later, **changes
        )
        return Outcome.WAITING if moved else Outcome.LEASE_LOST
    moved = move(job, State.FAILED, token=handle.token, note=failure.message, **changes)
    return Outcome.FAILED if moved else Outcome.LEASE_LOST

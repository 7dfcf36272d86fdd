"""Starting, cancelling and retrying jobs, for the rooms above."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from audit.trail.actors import ActorKind, current_actor
from audit.trail.entries import JSON
from audit.trail.screening import refuse_numbers
from jobs import registry, sweeping
from jobs.errors import KeyTaken, NotPossible
from jobs.models import Job
from jobs.states import GIVEN_UP, State
from jobs.transitions import move, note_change
from tenants.core.context import scope


def start(kind: str, args: Mapping[str, JSON], *, key: str, title: str = "") -> Job:
    """The one live or done job of this key: made now and a worker woken on commit, or the one that is there already.

    ``args`` holds ids and plain choices only. A failed or cancelled job does not hold its key: a new one is made.
    Raises UnknownKind, KeyTaken (the key names another kind), NumberInTrail (something like an individual number).
    """
    definition = registry.kind_named(kind)
    refuse_numbers({"args": args, "key": key, "title": title}, "処理の依頼")
    with transaction.atomic():
        job = _insert(definition, args, key, title or definition.title) or _holder(key)
        if job is None:
            # The holder of the key failed between the two statements: the key is free again.
            return start(kind, args, key=key, title=title)
        if job.kind != kind:
            raise KeyTaken(job.title)
        transaction.on_commit(lambda: _wake(job))
    return job


def request_cancel(job: Job) -> Job:
    """Cancel a waiting job now, a running one at its next safe place. Raises NotPossible for an ended job."""
    if job.state == State.QUEUED and move(job, State.CANCELLED):
        return job
    asked = Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    if not asked:
        raise NotPossible("中止", job.get_state_display())
    return job


def retry(job: Job) -> Job:
    """Put a failed or cancelled job back to work; it goes on where it stopped. Raises NotPossible, KeyTaken.

    From now on it is done in the name of the person who presses: who asked for it may have left, and only helps to find it.
    """
    with transaction.atomic():
        holder = _holder(job.key)
        if holder is not None and holder.pk != job.pk:
            raise KeyTaken(holder.title)
        if job.state not in GIVEN_UP or not move(job, State.QUEUED, **_fresh(), **_whose()):
            job.refresh_from_db()
            raise NotPossible("再開", job.get_state_display())
        transaction.on_commit(lambda: _wake(job))
    return job


def newest(key: str) -> Job | None:
    """The newest job of a key, whatever came of it."""
    return Job.objects.filter(key=key).first()


def hasten(job: Job) -> None:
    """Somebody asks again for a job that has left its slot until an answer comes: it looks now. Else nothing."""
    absent = Job.objects.filter(pk=job.pk, state=State.QUEUED, quiet_seconds__gt=0)
    if absent.update(ready_at=Now(), next_wake_at=Now()):
        transaction.on_commit(lambda: _wake(job))


def _fresh() -> dict[str, Any]:
    now = {"ready_at": Now(), "next_wake_at": Now()}
    counted = dict.fromkeys(("failures", "attempts", "absences", "quiet_seconds", "wakes"), 0)
    return now | counted | {"error": "", "error_id": "", "cancel_requested": False, "measured_since": None}


def _whose() -> dict[str, Any]:
    actor = current_actor()
    by_person = actor.kind is ActorKind.PERSON
    return {"resumed_by": {"id": actor.id, "name": actor.name, "role": actor.role}} if by_person else {}


def _insert(kind: registry.JobKind, args: Mapping[str, JSON], key: str, title: str) -> Job | None:
    actor = current_actor()
    job = Job(
        scope=scope(),
        kind=kind.name,
        key=key,
        title=title,
        queue=kind.queue,
        args=dict(args),
        created_by=actor.id,
        created_by_name=actor.name,
        created_by_role=actor.role,
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    made = Job.objects.filter(pk=job.pk).first()
    if made is not None:
        note_change(made, None, State.QUEUED)
    return made


def _holder(key: str) -> Job | None:
    return Job.objects.filter(key=key).exclude(state__in=GIVEN_UP).first()


def _wake(job: Job) -> None:
    sweeping.wake_next(job.queue)

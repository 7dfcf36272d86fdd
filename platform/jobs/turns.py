"""Whose turn it is: no scope ever holds more than its share of the slots of a queue, however much it has to do.

The broker hands out its messages in the order they came in. Only the first jobs of a scope, as many as its share leaves room for,
have a message out there; each end of a job brings the next one of that scope to the end of the line. So scopes take turns: one
that asks for fifty jobs stands in the line as often as one that asks for a single one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings

from jobs import leases
from jobs.models import Job, Turn
from jobs.registry import EXCHANGE_QUEUE, WORK_QUEUE
from jobs.states import State

Waiting = TypeVar("Waiting")


def share_of(queue: str) -> int | None:
    """How many jobs of one scope may run at once on a queue; None: as many as there are slots (the owner's queue)."""
    return {WORK_QUEUE: settings.JOB_SHARE, EXCHANGE_QUEUE: settings.JOB_EXCHANGE_SHARE}.get(queue)


def next_of(waiting: Sequence[Waiting], running: int, share: int | None) -> Sequence[Waiting]:
    """Which of a scope's waiting jobs, oldest first, may stand in the line now."""
    return waiting if share is None else waiting[: max(0, share - running)]


def running_on(queue: str) -> int:
    """Jobs of this scope that somebody works on now. One whose lease ran out holds nothing."""
    return Job.objects.filter(queue=queue, state=State.RUNNING).exclude(leases.free()).count()


def take_turn(name: str) -> None:
    """Wait until no other transaction of this scope has the turn of this name; ours until the transaction ends."""
    Turn.objects.select_for_update().get_or_create(name=name)


def has_room(queue: str) -> bool:
    """Whether one more job of this scope may begin. Call it in the transaction that takes the job.

    Workers that take jobs of one scope and queue at the same moment are asked one after the other.
    """
    share = share_of(queue)
    if share is None:
        return True
    take_turn(f"jobs:{queue}")
    return running_on(queue) < share

"""What one sweep of a busy prefecture costs: everybody at work, in the afternoon of a busy day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User

ACTS, SWEEPS = 100, 7
"""Events of each person until the afternoon; how often it is measured."""


def sweep_seconds() -> float:
    """CPU seconds of the process and of both databases' processes that serve it, in the middle of several sweeps.

    All of the prefecture's people did something within the two minutes that are looked at again, which is the worst case.
    """
    from accounts.models import User
    from audit.detection.sweeping import sweep

    people = list(User.objects.filter(username__startswith="b").order_by("username"))
    now = timezone.now()
    for user in people:
        _work(user)
    sweep(now + timedelta(seconds=1))
    return median(_cost(lambda: sweep(timezone.now())) for _ in range(SWEEPS))


def _work(user: User) -> None:
    from accounts.access import roles_in_force
    from accounts.actors import person
    from audit.trail.actors import acting_as
    from audit.trail.entries import Entry, Subject
    from audit.trail.recorder import record_access_many
    from audit.trail.vocabulary import Event
    from domain.households.models import Household

    homes = list(Household.objects.order_by("?").values_list("pk", flat=True)[:ACTS])
    with acting_as(person(user, roles_in_force(user), terminal="T-1", session="")):
        record_access_many(Entry(Event.READ_HOUSEHOLD_SHOWN, [Subject("household", str(pk))]) for pk in homes)


def _cost(work: Callable[[], object]) -> float:
    from ops.bench.database.clocks import cpu_seconds_of_all

    before = cpu_seconds_of_all()
    work()
    return cpu_seconds_of_all() - before

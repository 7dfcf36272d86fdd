"""Each night: whose records were seen on a day, for how many there is a reason, and the rest in order of oddity."""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import log

from django.db import transaction

from accounts.models import User
from audit.detection.models import AccessDay, UnexplainedAccess
from audit.detection.sharing import shared
from audit.detection.signals.base import Day
from audit.detection.sweeping import acted_on, gathered
from audit.trail.entries import Subject


def compare(on: date) -> int:
    """Rows of AccessDay and UnexplainedAccess of a day. Again: the same rows. Returns how many people had accesses.

    Raises TrailUnavailable.
    """
    with shared():
        days = ((user, gathered(user, on)) for user in acted_on(on))
        return sum(_compare(user, day) for user, day in days if day)


def _compare(user: User, day: Day) -> int:
    shown = list(day.shown())
    if not shown or day.unexplained is None:
        return 0
    first = {subject: event.occurred_at for event, subject in reversed(shown)}
    times = Counter(subject for _, subject in shown)
    rows = [
        UnexplainedAccess(
            username=user.username,
            day=day.on,
            kind=subject.kind,
            subject=subject.id,
            seen_at=first[subject],
            times=times[subject],
            rank=rank(day, subject, times[subject]),
        )
        for subject in sorted(day.unexplained)
    ]
    opened, without = day.households(first), day.households(day.unexplained)
    related = day.households(subject for subject in first if subject in (day.related or {})) - without
    values = {"accesses": len(opened), "explained": len(opened) - len(without), "related": len(related)}
    with transaction.atomic():
        AccessDay.objects.update_or_create(username=user.username, day=day.on, defaults=values)
        UnexplainedAccess.objects.filter(username=user.username, day=day.on).delete()
        UnexplainedAccess.objects.bulk_create(rows)
    return 1


def rank(day: Day, subject: Subject, times: int) -> float:
    """Odder first: special records, then what was opened again and again, then days with many without a reason."""
    special = 3.0 * (subject in day.watched) + 3.0 * (subject in (day.related or {})) + 5.0 * (subject in day.canaries)
    return special + log(1 + times) + log(1 + len(day.households(day.unexplained or ())))

"""The nights, each day once: a night that was killed, or never came, is made up by the next one, or in an hour of the day.

A day counts as done when all that a night does with it was done; half of it is done again, which changes no row and tells nothing
twice. Habits are learnt from all log-ins at once, and need no making up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from audit.detection.calendar import local
from audit.detection.models import NightlyLook
from audit.detection.nightly import compare
from audit.detection.registry import WATCH_FAILED
from audit.detection.sweeping import ask_again, ask_weeks
from audit.review.models import OFFICE
from audit.review.raising import Finding, raise_alert
from audit.trail.counting import latest_recorded
from audit.trail.recorder import TrailUnavailable
from tenants.core.context import require_prefecture
from web.dates import to_wareki
from web.moments import start_of

MOST_DAYS = 31
"""A month can be made up: whoever closes its review has what its nights would have said. Beyond, people are told instead."""

LONGEST_TOLD = timedelta(days=400)
"""Nobody is told of days before that, however old a row somebody put there."""

_ONE = timedelta(days=1)


def catch_up(now: datetime, *, with_late: bool = False) -> int:
    """Look at every day that no night has looked at, the oldest first; returns how many are done now. `with_late`: also at those with
    something that reached the trail after their look.

    Raises TrailUnavailable: the rest waits. Raises ExceptionGroup when all had their turn: what failed waits as well.
    """
    wanted, late = owed(now)
    if late:
        _give_up(late, now)
    failed: list[Exception] = []
    done = 0
    for day in sorted({*wanted, *(_reopened(now) if with_late else ())}):
        recorded = latest_recorded(start_of(day), start_of(day + _ONE)).get(day)
        if errors := _look(day):
            failed += errors
        else:
            NightlyLook.objects.update_or_create(day=day, defaults={"recorded_until": recorded})
            done += 1
    if failed:
        raise ExceptionGroup("watch.nights", failed)
    return done


def owed(now: datetime) -> tuple[list[date], list[date]]:
    """Days over and not looked at: those that are made up, and those for which it is too late."""
    yesterday = local(now).date() - _ONE
    earliest = yesterday - timedelta(days=MOST_DAYS - 1)
    known = set(NightlyLook.objects.values_list("day", flat=True))
    begun = min(known, default=max(earliest, local(require_prefecture().created_at).date()))
    begun = max(begun, yesterday - LONGEST_TOLD)
    days = [begun + n * _ONE for n in range((yesterday - begun).days + 1)]
    left = [day for day in days if day not in known]
    return [day for day in left if day >= earliest], [day for day in left if day < earliest]


def _reopened(now: datetime) -> list[date]:
    """Days of the last 31 with an event that was recorded after their look: it waited out an outage in the outbox."""
    today = local(now).date()
    earliest = today - timedelta(days=MOST_DAYS)
    looks = NightlyLook.objects.filter(day__gte=earliest, is_given_up=False).values_list("day", "recorded_until")
    latest = latest_recorded(start_of(earliest), start_of(today))
    return [day for day, until in looks if day in latest and (until is None or latest[day] > until)]


def _look(day: date) -> list[Exception]:
    """One that fails holds up neither the others of this day nor the days after it. Raises TrailUnavailable."""
    after = start_of(day + _ONE)
    works: tuple[Callable[[], object], ...] = (
        lambda: compare(day),
        lambda: ask_again(day),
        lambda: ask_weeks(after),
    )
    failed = []
    for work in works:
        try:
            work()
        except TrailUnavailable:
            raise
        except Exception as error:  # whatever one person's login wrote there
            failed.append(error)
    return failed


def _give_up(days: list[date], now: datetime) -> None:
    """One alert that names them."""
    words = "、".join(_in_words(first, last) for first, last in _runs(days))
    sentence = f"{words}の閲覧は、夜間の照合が{MOST_DAYS}日より長く止まっていたため、理由との照合をしていません。人が確かめてください。"
    key = f"{WATCH_FAILED}:nights:{days[-1]}"
    with transaction.atomic():
        NightlyLook.objects.bulk_create([NightlyLook(day=day, is_given_up=True) for day in days])
        raise_alert(Finding(key, WATCH_FAILED, OFFICE, "", now, sentence, {"日数": len(days)}))


def _runs(days: list[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == _ONE:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _in_words(first: date, last: date) -> str:
    return to_wareki(first) if first == last else f"{to_wareki(first)}から{to_wareki(last)}まで"

"""Which days of 情報提供等記録 are still to be fetched: from the start of use on, in windows, so that none is missing.

What was fetched is read from the batches themselves: cut off anywhere, the next run asks for the windows that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import QuerySet

from domain.linkage.models import Batch

DAYS = 60
"""Days back that the list of every hour covers, and the length of an earlier window."""

AT_ONCE = 6
"""Earlier windows of one run, which is every hour: a first connection does not hold up the answers that wait."""

Window = tuple[date, date]
"""First and last day, both asked for. The last is not over yet when it is asked, so the next window begins with it."""


def recent(today: date) -> Window:
    return today - timedelta(days=DAYS), today


def recent_under_way(today: date) -> bool:
    return _lists(Batch.State.PREPARED, Batch.State.SENT).filter(covers_until__gt=recent(today)[0]).exists()


def earlier(today: date, first: date | None, years: int) -> list[Window]:
    """The oldest windows that were neither fetched nor are under way, at most AT_ONCE.

    `first`: the day from which records are wanted, None: the first day that was ever fetched. What is older than `years`, the
    term of keeping, would be deleted at once and is not asked for.
    """
    asked = _lists(Batch.State.PREPARED, Batch.State.SENT, Batch.State.COLLECTED)
    covered = sorted(set(asked.exclude(covers_from=None).values_list("covers_from", "covers_until")))
    begins = first or min((start for start, _ in covered if start), default=None)
    if begins is None:
        return []
    begins = max(begins, today - timedelta(days=366 * years))
    found = _cut(_gaps(begins, recent(today)[0], [(start, end) for start, end in covered if start and end]))
    return [window for window, _ in zip(found, range(AT_ONCE), strict=False)]


def _gaps(first: date, end: date, covered: Iterable[Window]) -> Iterator[Window]:
    """Days from `first` to before `end` that no window holds, as stretches whose end is the first day that is held again."""
    for start, until in covered:
        if start > first:
            yield first, min(start, end)
        first = max(first, until)
        if first >= end:
            return
    yield first, end


def _cut(stretches: Iterable[Window]) -> Iterator[Window]:
    for first, end in stretches:
        while first < end:
            until = min(first + timedelta(days=DAYS), end)
            yield first, until
            first = until


def _lists(*states: Batch.State) -> QuerySet[Batch]:
    return Batch.objects.filter(kind=Batch.Kind.LIST, state__in=states)

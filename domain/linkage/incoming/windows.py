"""Which days of 情報提供等記録 are still to be fetched: from the start of use on, in windows, so that none is missing.

What was given is read from the batches themselves, for each kind of list: cut off anywhere, the next run asks for what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from domain.linkage.models import Batch

DAYS = 60
"""Days back that the list of every hour covers, and the length of an earlier window."""

AT_ONCE = 6
"""Earlier windows under way at a time, and so of one run, which is every hour: they hold up neither the answers that wait nor the
list of the last days."""

Window = tuple[date, date]
"""First and last day, both asked for. The last is not over yet when it is asked, so the next window begins with it."""


def recent(today: date) -> Window:
    return today - timedelta(days=DAYS), today


def recent_under_way(today: date) -> bool:
    return _lists(Batch.State.PREPARED, Batch.State.SENT).filter(covers_until__gt=recent(today)[0]).exists()


def is_recent(batch: Batch) -> bool:
    """Whether a list was one of the last days when it was asked for; else it was one of an earlier window."""
    return batch.covers_until is None or batch.covers_until > recent(timezone.localdate(batch.created_at))[0]


def earlier(kind: str, today: date, first: date | None, years: int, refused: Iterable[Window] = ()) -> list[Window]:
    """The windows of one kind of list that were neither given, nor `refused` for good, nor are under way, the oldest first.

    `first`: the day from which records are wanted, None: the first day that was ever asked for. What is older than `years`, the
    term of keeping, would be deleted at once and is not asked for.
    """
    asked = _lists(Batch.State.PREPARED, Batch.State.SENT, Batch.State.COLLECTED).exclude(covers_from=None)
    begins = first or asked.aggregate(first=Min("covers_from"))["first"]
    if begins is None:
        return []
    given = asked.filter(lists__contains=[kind]).values_list("covers_from", "covers_until")
    covered = sorted({*((start, end) for start, end in given if start and end), *refused})
    begins = max(begins, today - timedelta(days=366 * years))
    return list(_cut(_gaps(begins, recent(today)[0], covered)))


def next_of(found: Iterable[Window], today: date) -> list[Window]:
    """As many of these windows as there is room for: those never asked for, then the least recently asked; of equals the oldest.

    So windows whose answers go wrong every time hold up no other for longer than their turn.
    """
    asked = Batch.objects.filter(kind=Batch.Kind.LIST, covers_from__isnull=False).order_by()
    rows = list(asked.values_list("covers_from", "covers_until").annotate(last=Max("created_at")))

    def turn(window: Window) -> tuple[float, Window]:
        whole = [last.timestamp() for first, until, last in rows if first <= window[0] and window[1] <= until]
        return max(whole, default=0.0), window

    under_way = _lists(Batch.State.PREPARED, Batch.State.SENT).filter(covers_until__lte=recent(today)[0]).count()
    return sorted(set(found), key=turn)[: max(0, AT_ONCE - under_way)]


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

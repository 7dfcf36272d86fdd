"""Dated status rows (状況履歴): which one holds on a day, without cutting where nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from domain.rules.errors import CaseError
from domain.rules.payment_cases import StatusPeriod

_ANY_DAY = date.min


def joined(statuses: Iterable[StatusPeriod]) -> tuple[StatusPeriod, ...]:
    """Rows in order of time, neighbours that say the same made one; CaseError where two rows overlap or end early."""
    result: list[StatusPeriod] = []
    for status in sorted(statuses, key=lambda each: each.starts_on):
        if status.ends_on is not None and status.ends_on < status.starts_on:
            raise CaseError(f"状況履歴の終わりが始まりより前です: {status.starts_on}〜{status.ends_on}")
        last = result[-1] if result else None
        if last is None:
            result.append(status)
        elif last.ends_on is None or status.starts_on <= last.ends_on:
            raise CaseError(f"状況履歴の期間が重なっています: {status.starts_on} からの行")
        elif _same(last, status) and status.starts_on == last.ends_on + timedelta(days=1):
            result[-1] = replace(last, ends_on=status.ends_on)
        else:
            result.append(status)
    return tuple(result)


def status_on(statuses: Sequence[StatusPeriod], day: date) -> StatusPeriod | None:
    """The row in force on `day`."""
    return next((status for status in statuses if status.holds_on(day)), None)


def with_category_of(statuses: Sequence[StatusPeriod], day: date) -> tuple[StatusPeriod, ...]:
    """Every row with the category that holds on `day` (支給日); where none holds, that of the last row before, or the first."""
    rows = joined(statuses)
    known = [row for row in rows if row.starts_on <= day] or list(rows[:1])
    return joined(replace(row, category=known[-1].category) for row in rows)


def _same(one: StatusPeriod, other: StatusPeriod) -> bool:
    return replace(one, starts_on=_ANY_DAY, ends_on=None) == replace(other, starts_on=_ANY_DAY, ends_on=None)

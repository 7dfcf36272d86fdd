"""Pupils of a print: their status rows, and the order in which a school hands papers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.households.models import Pupil, StatusPeriod
from domain.reports.wording import status_on

_DEPARTMENTS = {value: place for place, value in enumerate(StatusPeriod.Department.values)}


def periods_of(pupil_ids: Iterable[int]) -> Mapping[int, Sequence[StatusPeriod]]:
    """状況履歴 of each pupil in order of time."""
    periods: dict[int, list[StatusPeriod]] = defaultdict(list)
    for period in StatusPeriod.objects.filter(pupil__in=list(pupil_ids)).order_by("pupil_id", "starts_on"):
        periods[period.pupil_id].append(period)
    return periods


def in_class_order(pupils: Mapping[int, int], day: date) -> list[int]:
    """`pupils`: row of a document → its pupil. The rows by 学部, 学年, 組, 出席番号, 学籍番号 as of `day`."""
    periods = periods_of(pupils.values())
    numbers = dict(Pupil.objects.filter(pk__in=pupils.values()).values_list("pk", "student_number"))
    keys = {pupil: _place(status_on(periods.get(pupil, ()), day), numbers[pupil]) for pupil in numbers}
    return sorted(pupils, key=lambda row: (keys[pupils[row]], row))


def _place(period: StatusPeriod | None, number: str) -> tuple[Any, ...]:
    if period is None:
        return (len(_DEPARTMENTS), 0, "", "", number)
    seat = period.seat.zfill(5) if period.seat else ""
    return (_DEPARTMENTS[period.department], period.grade, period.class_name, seat, number)

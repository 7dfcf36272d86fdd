"""状況履歴 of a pupil for the year of a roster.

The first period of the year starts on 1 April, or on the 転入学日 when that is later. The 転出日 is the last day of
attendance: 転出済 holds from the day after. A corrected roster corrects these periods; later periods of the same year that
somebody else wrote (a determination's 支弁区分) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.households.importing import values
from domain.households.importing.stored import year_start
from domain.households.models import Pupil, StatusPeriod
from domain.households.roster.rows import PupilRow

Attendance = StatusPeriod.Attendance


@dataclass(slots=True)
class StatusPlan:
    """Periods of one pupil to write; `differing` says in what the `changed` ones differ.

    `assumed`: the attendance before leaving was not written anywhere.
    """

    new: list[StatusPeriod] = field(default_factory=list)
    changed: list[StatusPeriod] = field(default_factory=list)
    gone: list[StatusPeriod] = field(default_factory=list)
    differing: list[tuple[StatusPeriod, values.Differences]] = field(default_factory=list)
    assumed: bool = False

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def plan_periods(pupil: Pupil, row: PupilRow, stored: Sequence[StatusPeriod], fiscal_year: int) -> StatusPlan:
    """Compare the periods that the row asks for with those stored for the year."""
    plan = StatusPlan()
    before, plan.assumed = _attendance_before(row, stored)
    by_day = {period.starts_on: period for period in stored}
    wanted = dict(_wanted(row, before, fiscal_year))
    for day, facts in wanted.items():
        period = by_day.get(day)
        if period is None:
            plan.new.append(StatusPeriod(pupil=pupil, starts_on=day, **facts))
        elif changed := values.differences(period, facts):
            values.assign(period, {name: new for name, (_, new) in changed.items()})
            plan.changed.append(period)
            plan.differing.append((period, changed))
    first = min(wanted, default=None)
    plan.gone = [period for period in stored if period.starts_on not in wanted and _is_void(period, first)]
    return plan


def _wanted(row: PupilRow, attendance: str, fiscal_year: int) -> Iterator[tuple[date, values.Values]]:
    start = max(row.enrolled_on, year_start(fiscal_year))
    if row.left_on is None or start <= row.left_on:
        yield start, values.of_status(row, attendance)
    if row.left_on is not None:
        yield row.left_on + timedelta(days=1), values.of_status(row, Attendance.LEFT)


def _attendance_before(row: PupilRow, stored: Sequence[StatusPeriod]) -> tuple[str, bool]:
    """就学状況 before leaving: the roster's word; for 転出済 what was registered, else what aid and bedding tell."""
    if row.attendance != Attendance.LEFT:
        return row.attendance, False
    known = [period.attendance for period in stored if period.attendance != Attendance.LEFT]
    if known:
        return known[0], False
    if row.placement_grant:
        return Attendance.INSTITUTION, False
    if row.bedding_cost:
        return Attendance.BOARDER, False
    return Attendance.COMMUTER, True


def _is_void(period: StatusPeriod, first: date | None) -> bool:
    """A 転出 taken back or moved, or a start of an earlier roster that was too early."""
    if period.attendance == Attendance.LEFT:
        return True
    return period.category is None and first is not None and period.starts_on < first

"""From records to the case that the rules pay."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from domain.households.declines import decline_of
from domain.households.models import Household, Pupil, StatusPeriod
from domain.payments.calculation.facts import Used
from domain.payments.models import Expense, PaymentRound
from domain.rules import Attendance, CarJourney, Category, Department, ExpenseLine, PaymentCase
from domain.rules import StatusPeriod as CasePeriod

_DEPARTMENTS = {
    StatusPeriod.Department.KINDERGARTEN: Department.KINDERGARTEN,
    StatusPeriod.Department.ELEMENTARY: Department.ELEMENTARY,
    StatusPeriod.Department.JUNIOR_HIGH: Department.JUNIOR_HIGH,
    StatusPeriod.Department.SENIOR_HIGH: Department.HIGH,
    StatusPeriod.Department.ADVANCED: Department.HIGH_ADVANCED,
}
_ATTENDANCES = {
    StatusPeriod.Attendance.COMMUTER: Attendance.COMMUTER,
    StatusPeriod.Attendance.BOARDER: Attendance.BOARDER,
    StatusPeriod.Attendance.INSTITUTION: Attendance.INSTITUTION,
    StatusPeriod.Attendance.LEFT: Attendance.TRANSFERRED_OUT,
}


def payment_case(
    pupil: Pupil,
    round_: PaymentRound,
    periods: Sequence[StatusPeriod],
    expenses: Sequence[Expense],
    used: Used,
    entered_on: datetime.date | None = None,
) -> PaymentCase:
    """The case of one pupil's expenses in one round; keys are our own row ids. `entered_on`: first day at any school of ours."""
    fiscal_year = round_.fiscal_year
    return PaymentCase(
        pupil=str(pupil.pk),
        fiscal_year=fiscal_year,
        statuses=_statuses(pupil.member.household, periods, fiscal_year),
        expenses=tuple(_line(expense) for expense in expenses),
        carried=used.carried(),
        paid_once=tuple(used.journeys),
        entered_on=entered_on,
        paid_on=round_.pay_on,
    )


def _line(expense: Expense) -> ExpenseLine:
    return ExpenseLine(
        key=str(expense.pk),
        item=expense.item,
        used_on=expense.used_on,
        amount=expense.amount,
        count_no=expense.trip,
        purpose=expense.purpose,
        times=expense.times,
        received=expense.received,
        before_entry=expense.before_entry,
        car=_car(expense),
    )


def _car(expense: Expense) -> CarJourney | None:
    if expense.car_metres is None or expense.car_days is None or expense.car_legs is None:
        return None
    return CarJourney(expense.car_metres, expense.car_days, expense.car_legs)


def _statuses(home: Household, periods: Sequence[StatusPeriod], fiscal_year: int) -> tuple[CasePeriod, ...]:
    """Each row holds until the day before the next one; rows that ended before the year are left out."""
    first = datetime.date(fiscal_year, 4, 1)
    rows = [_status(home, period) for period in periods]
    ends = [row.starts_on - datetime.timedelta(days=1) for row in rows[1:]]
    closed = [replace(row, ends_on=end) for row, end in zip(rows, ends, strict=False)]
    return tuple(row for row in [*closed, *rows[-1:]] if row.ends_on is None or row.ends_on >= first)


def _status(home: Household, period: StatusPeriod) -> CasePeriod:
    return CasePeriod(
        starts_on=period.starts_on,
        ends_on=None,
        department=_DEPARTMENTS[StatusPeriod.Department(period.department)],
        grade=period.grade,
        category=None if period.category is None else Category(period.category),
        attendance=_ATTENDANCES[StatusPeriod.Attendance(period.attendance)],
        physical_multiple=period.physical_multiple,
        welfare=home.on_welfare,
        decline=decline_of(home),
        home_visit=period.home_visit,
        institution_aid=period.institution_aid,
    )

"""A made-up season of work in a prefecture's database, day by day, and the accesses it causes.

Reads no explainer: accesses follow from the work itself (a 調書 taken in hand, receipts typed, a move recorded), with some that
no record explains (a guardian on the telephone), and in some people's weeks a colleague who browses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone

from accounts.models import User
from audit.detection.calendar import TOKYO
from audit.trail.entries import Subject
from domain.households.models import Pupil, School, StatusPeriod
from domain.payments.models import Expense
from domain.statements.models import Statement, StatementStep

YEAR = 2025
STATEMENTS_A_DAY, DAYS_AT_SCHOOL = 1.2, 15
RECEIPTS_A_DAY = 1.5
MOVES_A_DAY = 0.15
TELEPHONE = 0.03
BROWSED_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Access:
    """One opening of a record; `is_work`: the simulation knows whether work was behind it."""

    user: User
    subject: Subject
    is_work: bool


@dataclass(slots=True)
class Desk:
    """One school, its clerk, and what lies on the desk: household → the last day it is worked on."""

    clerk: User
    school: School
    pupils: list[Pupil]
    in_hand: dict[int, date] = field(default_factory=dict)
    statements: dict[int, date] = field(default_factory=dict)
    browses: bool = False


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Django's clock stands: creation times of the made-up season are those of the season."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def a_day(chance: np.random.Generator, desk: Desk, day: date) -> list[Access]:
    """What the clerk does on a working day, written to the database, and every record opened for it."""
    with clock_at(datetime.combine(day, time(10), TOKYO)):
        opened = [*_statements(chance, desk, day), *_receipts(chance, desk, day), *_moves(chance, desk, day)]
    follow = [home for home, last in desk.in_hand.items() if last >= day and chance.random() < 0.25]
    work = [Access(desk.clerk, Subject("household", str(home)), True) for home in [*opened, *follow]]
    calls = chance.binomial(len(work), TELEPHONE)
    told = [_anybody(chance, desk, is_work=True) for _ in range(calls)]
    browsed = [_anybody(chance, desk, is_work=False) for _ in range(BROWSED_A_DAY if desk.browses else 0)]
    return [*work, *told, *browsed]


def _statements(chance: np.random.Generator, desk: Desk, day: date) -> list[int]:
    """調書 taken in hand, and those finished and forwarded to the board."""
    done = [pk for pk, until in desk.statements.items() if until <= day]
    for pk in done:
        Statement.objects.filter(pk=pk).update(state="forwarded")
        StatementStep.objects.create(statement_id=pk, from_state="computed", to_state="forwarded", by="見本")
        del desk.statements[pk]
    fresh = [
        pupil for pupil in desk.pupils if not Statement.objects.filter(household=pupil.member.household_id).exists()
    ]
    opened = []
    for pupil in fresh[: int(chance.poisson(STATEMENTS_A_DAY))]:
        home = pupil.member.household_id
        row = Statement.objects.create(household_id=home, fiscal_year=YEAR, school=desk.school)
        desk.statements[row.pk] = desk.in_hand[home] = day + timedelta(days=int(chance.poisson(DAYS_AT_SCHOOL)))
        opened.append(home)
    return opened


def _receipts(chance: np.random.Generator, desk: Desk, day: date) -> list[int]:
    homes = []
    for _ in range(int(chance.poisson(RECEIPTS_A_DAY))):
        pupil = desk.pupils[int(chance.integers(len(desk.pupils)))]
        Expense.objects.create(
            school=desk.school,
            pupil=pupil,
            fiscal_year=YEAR,
            item="school_lunch",
            used_on=day,
            amount=int(chance.integers(100, 5000)),
            evidence=f"{Expense.objects.count()}",
            created_by="見本",
        )
        homes.append(pupil.member.household_id)
        desk.in_hand[homes[-1]] = max(desk.in_hand.get(homes[-1], day), day + timedelta(days=3))
    return homes


def _moves(chance: np.random.Generator, desk: Desk, day: date) -> list[int]:
    homes = []
    for _ in range(int(chance.poisson(MOVES_A_DAY))):
        pupil = desk.pupils[int(chance.integers(len(desk.pupils)))]
        period = pupil.periods.order_by("-starts_on")[0]
        if period.starts_on < day:
            StatusPeriod.objects.create(
                pupil=pupil,
                starts_on=day,
                department=period.department,
                grade=period.grade,
                attendance=period.attendance,
            )
            homes.append(pupil.member.household_id)
            desk.in_hand[homes[-1]] = day + timedelta(days=20)
    return homes


def _anybody(chance: np.random.Generator, desk: Desk, *, is_work: bool) -> Access:
    pupil = desk.pupils[int(chance.integers(len(desk.pupils)))]
    return Access(desk.clerk, Subject("household", str(pupil.member.household_id)), is_work)


def homes_of_school(school: School) -> list[Pupil]:
    return list(Pupil.objects.filter(school=school).select_related("member").order_by("pk"))

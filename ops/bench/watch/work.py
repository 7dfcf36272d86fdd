"""A made-up season of work in a prefecture's database, day by day, and the accesses it causes.

Reads no explainer: accesses follow from the work itself (a 調書 taken in hand, receipts typed, a move recorded, an answer of an
inquiry compared), with some that no record explains (a guardian on the telephone), and in some people's weeks a colleague who
browses. April and May are busy.
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
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School, StatusPeriod
from domain.linkage.models import Inquiry
from domain.payments.models import Expense
from domain.statements.models import Statement, StatementStep

YEAR = 2025
STATEMENTS_A_DAY, DAYS_AT_SCHOOL = 1.2, 15
RECEIPTS_A_DAY = 1.5
MOVES_A_DAY = 0.15
REVIEWS_A_DAY, ANSWERS_A_DAY = 6, 4
REVIEWED = "見本 審査"
TELEPHONE = 0.03
BROWSED_A_DAY = 5
BUSY = {4: 1.6, 5: 1.3}
"""How much more there is to do in these months."""

SEEN = {
    "household": Event.READ_HOUSEHOLD_SHOWN,
    "statement": Event.READ_STATEMENT_SHOWN,
    "pupil": Event.READ_PUPIL_SHOWN,
    "member": Event.READ_LINKAGE_SHOWN,
}
"""The page that shows a subject of each kind."""


@dataclass(frozen=True, slots=True)
class Access:
    """One opening of a record; `is_work`: the simulation knows whether work was behind it."""

    user: User
    subject: Subject
    is_work: bool

    @property
    def page(self) -> Event:
        return SEEN[self.subject.kind]


@dataclass(slots=True)
class Desk:
    """One person and what lies on the desk: subject → the last day it is worked on. `school` None: of the board."""

    user: User
    pupils: list[Pupil]
    school: School | None = None
    in_hand: dict[Subject, date] = field(default_factory=dict)
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
    """What the person does on a working day, written to the database, and every record opened for it."""
    busy = BUSY.get(day.month, 1.0)
    with clock_at(datetime.combine(day, time(10), TOKYO)):
        if desk.school is None:
            opened = [*_reviews(chance, desk, day, busy), *_answers(chance, desk, day, busy)]
        else:
            opened = [
                *_statements(chance, desk, desk.school, day, busy),
                *_receipts(chance, desk, desk.school, day, busy),
                *_moves(chance, desk, day),
            ]
    follow = [subject for subject, last in desk.in_hand.items() if last >= day and chance.random() < 0.25]
    work = [Access(desk.user, subject, True) for subject in [*opened, *follow]]
    calls = chance.binomial(len(work), TELEPHONE)
    told = [_anybody(chance, desk, is_work=True) for _ in range(calls)]
    browsed = [_anybody(chance, desk, is_work=False) for _ in range(BROWSED_A_DAY if desk.browses else 0)]
    return [*work, *told, *browsed]


def _statements(chance: np.random.Generator, desk: Desk, school: School, day: date, busy: float) -> list[Subject]:
    """調書 taken in hand, and those finished and forwarded to the board."""
    for pk in [pk for pk, until in desk.statements.items() if until <= day]:
        Statement.objects.filter(pk=pk).update(state="forwarded")
        StatementStep.objects.create(statement_id=pk, from_state="computed", to_state="forwarded", by="見本")
        del desk.statements[pk]
    taken = set(Statement.objects.filter(school=school).values_list("household_id", flat=True))
    fresh = list(dict.fromkeys(p.member.household_id for p in desk.pupils if p.member.household_id not in taken))
    opened = []
    for home in fresh[: int(chance.poisson(STATEMENTS_A_DAY * busy))]:
        row = Statement.objects.create(household_id=home, fiscal_year=YEAR, school=school)
        subject = Subject("statement", str(row.pk))
        desk.statements[row.pk] = desk.in_hand[subject] = day + timedelta(days=int(chance.poisson(DAYS_AT_SCHOOL)))
        opened += [Subject("household", str(home)), subject]
    return opened


def _receipts(chance: np.random.Generator, desk: Desk, school: School, day: date, busy: float) -> list[Subject]:
    opened = []
    for _ in range(int(chance.poisson(RECEIPTS_A_DAY * busy))):
        pupil = _one_of(chance, desk)
        Expense.objects.create(
            school=school,
            pupil=pupil,
            fiscal_year=YEAR,
            item="school_lunch",
            used_on=day,
            amount=int(chance.integers(100, 5000)),
            evidence=f"{Expense.objects.count()}",
            created_by="見本",
        )
        opened.append(_keep(desk, Subject("pupil", str(pupil.pk)), day + timedelta(days=3)))
    return opened


def _moves(chance: np.random.Generator, desk: Desk, day: date) -> list[Subject]:
    opened = []
    for _ in range(int(chance.poisson(MOVES_A_DAY))):
        pupil = _one_of(chance, desk)
        period = pupil.periods.order_by("-starts_on")[0]
        if period.starts_on < day:
            StatusPeriod.objects.create(
                pupil=pupil,
                starts_on=day,
                department=period.department,
                grade=period.grade,
                attendance=period.attendance,
            )
            opened.append(_keep(desk, Subject("household", str(pupil.member.household_id)), day + timedelta(days=20)))
    return opened


def _reviews(chance: np.random.Generator, desk: Desk, day: date, busy: float) -> list[Subject]:
    """What the schools forwarded, the oldest first, by whoever takes it; now and then the household's page beside it."""
    reviewed = StatementStep.objects.filter(by=REVIEWED).values("statement")
    waiting = Statement.objects.filter(state="forwarded").exclude(pk__in=reviewed).order_by("pk")
    opened = []
    for row in waiting[: int(chance.poisson(REVIEWS_A_DAY * busy))]:
        StatementStep.objects.create(statement=row, from_state="forwarded", to_state="forwarded", by=REVIEWED)
        opened.append(_keep(desk, Subject("statement", str(row.pk)), day + timedelta(days=7)))
        if chance.random() < 0.3:
            opened.append(Subject("household", str(row.household_id)))
    return opened


def _answers(chance: np.random.Generator, desk: Desk, day: date, busy: float) -> list[Subject]:
    """Answers that came this morning and have to be compared by a person."""
    opened = []
    for _ in range(int(chance.poisson(ANSWERS_A_DAY * busy))):
        member = _one_of(chance, desk).member
        Inquiry.objects.update_or_create(
            member=member,
            fiscal_year=YEAR,
            kind="tax",
            base_date=date(2025, 1, 1),
            defaults={"base_address": "見本", "state": "answered", "match": "review", "answered_at": timezone.now()},
        )
        opened.append(_keep(desk, Subject("member", str(member.pk)), day + timedelta(days=5)))
    return opened


def _keep(desk: Desk, subject: Subject, until: date) -> Subject:
    """It stays on the desk until a day, or longer where it lay there already."""
    desk.in_hand[subject] = max(desk.in_hand.get(subject, until), until)
    return subject


def _one_of(chance: np.random.Generator, desk: Desk) -> Pupil:
    return desk.pupils[int(chance.integers(len(desk.pupils)))]


def _anybody(chance: np.random.Generator, desk: Desk, *, is_work: bool) -> Access:
    return Access(desk.user, Subject("household", str(_one_of(chance, desk).member.household_id)), is_work)

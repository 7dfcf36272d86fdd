"""The made-up people, schools and households that the season of work happens to. Every name is put together by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from accounts import services as accounts
from accounts.models import User
from accounts.roles import Role
from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from domain.statements.models import Statement
from ops.bench.watch.work import YEAR, Desk, clock_at
from web.text import fold_name

HOUSEHOLDS = 80
HIDDEN = 0.003
"""Households under 支援措置. About 110,000 people of all of Japan were (a newspaper's figure of 2018), one in 1,100; families with
children are assumed to be so three times as often (仮定)."""

SIBLINGS = 0.15
_FIRST, _LAST = "山川田中小大松高石木林森水金西東南北上下", "本村田川野山島崎原井"
_GIVEN_FIRST, _GIVEN_LAST = (
    "一健和誠翔悠陽結美由恵真大優春夏秋冬千百咲拓直隆光明智里沙理",
    "郎彦介太斗人子美香奈菜衣希音花乃樹平司之",
)
SURNAMES = [first + last for first in _FIRST for last in _LAST]
GIVEN = [first + last for first in _GIVEN_FIRST for last in _GIVEN_LAST]


def name(chance: np.random.Generator) -> str:
    """Some surnames are common, most are rare, as in life: the n-th weighs 1/(n + 10)."""
    weights = 1 / (np.arange(len(SURNAMES)) + 10)
    surname = SURNAMES[int(chance.choice(len(SURNAMES), p=weights / weights.sum()))]
    return f"{surname} {_given(chance)}"


def _given(chance: np.random.Generator) -> str:
    return GIVEN[int(chance.integers(len(GIVEN)))]


def school_desk(chance: np.random.Generator, number: int) -> Desk:
    """A school with its clerk; the pupils of last year, whom the year's roster of April advances, and this year's new ones."""
    with clock_at(datetime.fromisoformat("2024-04-01T09:00:00+09:00")):
        school = School.objects.create(code=f"B{number:02}", name=f"サンプル計測校{number}")
        clerk = _person(chance, f"bench{number:02}", Role.SCHOOL_CLERK, school.code)
        drawn = _Drawn()
        for place in range(HOUSEHOLDS):
            _household(chance, school, f"B{number:02}{place:03}", drawn)
        drawn.save()
    with clock_at(datetime.fromisoformat("2025-04-05T09:00:00+09:00")):
        _advance(school)
    pupils = list(Pupil.objects.filter(school=school).select_related("member__household").order_by("pk"))
    return Desk(clerk, pupils, school)


def board_desk(chance: np.random.Generator, number: int, schools: list[Desk]) -> Desk:
    """A person of the board: every school's pupils."""
    with clock_at(datetime.fromisoformat("2024-04-01T09:00:00+09:00")):
        officer = _person(chance, f"board{number:02}", Role.BOARD_OFFICER)
    return Desk(officer, [pupil for desk in schools for pupil in desk.pupils])


def decided_already(schools: list[Desk]) -> None:
    """The year's 調書 are all decided: what a school has after the summer."""
    with clock_at(datetime.fromisoformat("2025-07-15T09:00:00+09:00")):
        homes = {pupil.member.household_id: desk.school for desk in schools for pupil in desk.pupils}
        Statement.objects.bulk_create(
            Statement(household_id=home, fiscal_year=YEAR, school=school, state=Statement.State.NOTICED)
            for home, school in homes.items()
        )


def _person(chance: np.random.Generator, username: str, role: Role, school_code: str = "") -> User:
    user = accounts.create_user(username, name(chance))
    accounts.assign_role(user, role, school_code=school_code)
    return User.objects.get(pk=user.pk)


@dataclass(slots=True)
class _Drawn:
    """Saved together: row by row it would take as long as the days that follow."""

    homes: list[Household] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)
    periods: list[StatusPeriod] = field(default_factory=list)

    def save(self) -> None:
        Household.objects.bulk_create(self.homes)
        Member.objects.bulk_create(self.members)
        Pupil.objects.bulk_create(self.pupils)
        StatusPeriod.objects.bulk_create(self.periods)


def _household(chance: np.random.Generator, school: School, number: str, drawn: _Drawn) -> None:
    guardian = name(chance)
    surname = guardian.split()[0]
    home = Household(
        number=number, guardian_name=guardian, guardian_kana="みほん", address=f"見本町{number}", winter_zone=6,
        living_cost_grade="1-1", address_hidden=bool(chance.random() < HIDDEN), maintained_by=school,
    )  # fmt: skip
    drawn.homes.append(home)
    first = Member(
        household=home, key="01", atena_number=f"{number}g", name=guardian, kana="ミホン", born=date(1980, 5, 5),
        name_key=fold_name(guardian), is_guardian=True,
    )  # fmt: skip
    drawn.members.append(first)
    for child in range(2 if chance.random() < SIBLINGS else 1):
        _pupil(chance, school, home, surname, child, drawn)


def _pupil(
    chance: np.random.Generator, school: School, home: Household, surname: str, child: int, drawn: _Drawn
) -> None:
    own = f"{surname} {_given(chance)}"
    grade = int(chance.integers(1, 7))
    enrolled = date(2025 - grade + 1, 4, 1)
    member = Member(
        household=home, key=f"{child + 2:02}", atena_number=f"{home.number}{child}", name=own, kana="ミホン",
        born=date(2019 - grade, 5, 5), name_key=fold_name(own),
    )  # fmt: skip
    drawn.members.append(member)
    pupil = Pupil(
        school=school,
        member=member,
        student_number=f"{home.number[3:]}{child}",
        name=own,
        kana="みほん",
        enrolled_on=enrolled,
    )
    drawn.pupils.append(pupil)
    if grade > 1:
        drawn.periods.append(_period(pupil, enrolled, grade - 1))


def _advance(school: School) -> None:
    """進級: the row of the new year that everybody has, with this year's first roster."""
    last = {row.pupil_id: row.grade for row in StatusPeriod.objects.filter(pupil__school=school).order_by("starts_on")}
    StatusPeriod.objects.bulk_create(
        _period(pupil, date(2025, 4, 1), last.get(pupil.pk, 0) + 1) for pupil in Pupil.objects.filter(school=school)
    )


def _period(pupil: Pupil, starts_on: date, grade: int) -> StatusPeriod:
    return StatusPeriod(
        pupil=pupil, starts_on=starts_on, department=StatusPeriod.Department.ELEMENTARY, grade=grade,
        attendance=StatusPeriod.Attendance.COMMUTER,
    )  # fmt: skip

"""The made-up people, schools and households that the season of work happens to. Every name is put together by chance."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from accounts import services as accounts
from accounts.models import User
from accounts.roles import Role
from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from ops.bench.watch.work import Desk, clock_at
from web.text import fold_name

HOUSEHOLDS = 80
HIDDEN = 0.01
"""Households under 支援措置."""

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
        for place in range(HOUSEHOLDS):
            _household(chance, school, f"B{number:02}{place:03}")
    with clock_at(datetime.fromisoformat("2025-04-05T09:00:00+09:00")):
        _advance(school)
    pupils = list(Pupil.objects.filter(school=school).select_related("member__household").order_by("pk"))
    return Desk(clerk, pupils, school)


def board_desk(chance: np.random.Generator, number: int, schools: list[Desk]) -> Desk:
    """A person of the board: every school's pupils."""
    with clock_at(datetime.fromisoformat("2024-04-01T09:00:00+09:00")):
        officer = _person(chance, f"board{number:02}", Role.BOARD_OFFICER)
    return Desk(officer, [pupil for desk in schools for pupil in desk.pupils])


def _person(chance: np.random.Generator, username: str, role: Role, school_code: str = "") -> User:
    user = accounts.create_user(username, name(chance))
    accounts.assign_role(user, role, school_code=school_code)
    return User.objects.get(pk=user.pk)


def _household(chance: np.random.Generator, school: School, number: str) -> None:
    guardian = name(chance)
    surname = guardian.split()[0]
    home = Household.objects.create(
        number=number, guardian_name=guardian, guardian_kana="みほん", address=f"見本町{number}", winter_zone=6,
        living_cost_grade="1-1", address_hidden=bool(chance.random() < HIDDEN), maintained_by=school,
    )  # fmt: skip
    Member.objects.create(
        household=home, key="01", atena_number=f"{number}g", name=guardian, kana="ミホン", born=date(1980, 5, 5),
        name_key=fold_name(guardian), is_guardian=True,
    )  # fmt: skip
    for child in range(2 if chance.random() < SIBLINGS else 1):
        _pupil(chance, school, home, surname, child)


def _pupil(chance: np.random.Generator, school: School, home: Household, surname: str, child: int) -> None:
    own = f"{surname} {_given(chance)}"
    grade = int(chance.integers(1, 7))
    enrolled = date(2025 - grade + 1, 4, 1)
    member = Member.objects.create(
        household=home, key=f"{child + 2:02}", atena_number=f"{home.number}{child}", name=own, kana="ミホン",
        born=date(2019 - grade, 5, 5), name_key=fold_name(own),
    )  # fmt: skip
    pupil = Pupil.objects.create(
        school=school,
        member=member,
        student_number=f"{home.number[3:]}{child}",
        name=own,
        kana="みほん",
        enrolled_on=enrolled,
    )
    if grade > 1:
        _period(pupil, enrolled, grade - 1)


def _advance(school: School) -> None:
    """進級: the row of the new year that everybody has, with this year's first roster."""
    for pupil in Pupil.objects.filter(school=school):
        last = pupil.periods.order_by("-starts_on").first()
        _period(pupil, date(2025, 4, 1), last.grade + 1 if last else 1)


def _period(pupil: Pupil, starts_on: date, grade: int) -> None:
    StatusPeriod.objects.create(
        pupil=pupil, starts_on=starts_on, department=StatusPeriod.Department.ELEMENTARY, grade=grade,
        attendance=StatusPeriod.Attendance.COMMUTER,
    )  # fmt: skip

"""Records for tests, made the short way: schools, households, members, pupils, people."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts import services as accounts
from accounts.access import roles_in_force
from accounts.actors import person
from accounts.models import User
from accounts.roles import Role
from audit.trail.actors import acting_as
from domain.households.models import Household, Member, Pupil, School, StatusPeriod

YEAR = 2025
_serial = itertools.count(1)


def school(code: str = "S01") -> School:
    return School.objects.get_or_create(code=code, defaults={"name": f"サンプル支援学校{code}"})[0]


def household(**values: Any) -> Household:
    n = next(_serial)
    defaults = {
        "number": f"H{n:05}",
        "guardian_name": "見本 太郎",
        "guardian_kana": "みほん たろう",
        "address": "サンプル市見本町1-1",
        "winter_zone": 6,
        "living_cost_grade": "1-1",
        "bank_code": "0000",
        "bank_name": "ミホンギンコウ",
        "branch_code": "001",
        "branch_name": "ホンテン",
        "account_type": "1",
        "account_number": f"{n:07}",
        "account_holder": "ミホン タロウ",
    }
    return Household.objects.create(**(defaults | values))


def member(home: Household, **values: Any) -> Member:
    n = next(_serial)
    defaults = {
        "key": f"{home.members.count() + 1:02}",
        "atena_number": f"T{n:09}",
        "name": "見本 花子",
        "kana": "ミホン ハナコ",
        "born": datetime.date(1985, 6, 1),
        "is_guardian": False,
    }
    return Member.objects.create(household=home, **(defaults | values))


def pupil(at: Member, where: School | None = None, **values: Any) -> Pupil:
    n = next(_serial)
    status = {
        "department": StatusPeriod.Department.ELEMENTARY,
        "grade": 3,
        "attendance": StatusPeriod.Attendance.COMMUTER,
    } | values.pop("status", {})
    defaults = {
        "student_number": f"P{n:05}",
        "name": at.name,
        "kana": "みほん はなこ",
        "enrolled_on": datetime.date(YEAR, 4, 1),
    }
    made = Pupil.objects.create(school=where or school(), member=at, **(defaults | values))
    StatusPeriod.objects.create(pupil=made, starts_on=made.enrolled_on, **status)
    return made


def family(where: School | None = None, **values: Any) -> Household:
    """Two parents and one pupil of the 小学部."""
    home = household(**values)
    member(
        home, is_guardian=True, relation="父", name="見本 太郎", kana="ミホン タロウ", born=datetime.date(1984, 1, 5)
    )
    member(home, relation="母")
    child = member(
        home,
        relation="子",
        name="見本 一郎",
        kana="ミホン イチロウ",
        born=datetime.date(2016, 5, 5),
        stage=Member.Stage.ELEMENTARY,
        special_needs=True,
    )
    pupil(child, where)
    return home


def staff(role: Role, username: str = "", school_code: str = "") -> User:
    """A person with one role (no password, no device: for services, not for log-in)."""
    user = accounts.create_user(username or f"mihon-{role.value}{next(_serial)}", f"見本 {role.label}")
    training = datetime.date.today() if role is Role.NUMBER_HANDLER else None  # noqa: DTZ011
    accounts.assign_role(user, role, school_code=school_code, training_on=training)
    return User.objects.get(pk=user.pk)


@contextmanager
def acting(user: User) -> Iterator[User]:
    with acting_as(person(user, roles_in_force(user), terminal="T-TEST", session="")):
        yield user

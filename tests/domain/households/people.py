"""Browsers of people who are logged in, and households for them to look at."""

from __future__ import annotations

from itertools import count
from typing import Any

from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

HOST = "kou.localhost"
_serial = count(1)


def browser_of(*roles: Any, host: str = HOST) -> Any:
    """Logged in with a one-time password; roles as `make_person` takes them."""
    browser = client_of(host)
    sign_in(browser, make_person(f"person-{next(_serial)}", *roles))
    return browser


def make_home(school: School, n: int, **facts: Any) -> Household:
    """世帯 n with a father and a pupil who attends the school."""
    values = {
        "number": f"H29-{n:06d}", "guardian_name": f"見本　太郎{n}", "guardian_kana": f"みほん　たろう{n:03d}",
        "address": f"奈良市見本町{n}丁目", "winter_zone": 6, "living_cost_grade": "1-2", "maintained_by": school,
        "postal_code": "0000001", "phone": "000-0000-0001",
    }  # fmt: skip
    household = Household.objects.create(**(values | facts))
    father = _member(household, n, "1", f"見本　太郎{n}")
    child = _member(household, n, "2", f"見本　髙子{n}")
    pupil = Pupil.objects.create(
        school=school,
        member=child,
        student_number=f"S{n:05d}",
        name=child.name,
        kana=child.kana,
        enrolled_on="2021-04-01",
    )
    StatusPeriod.objects.create(
        pupil=pupil, starts_on="2025-04-01", department="elementary", grade=5, attendance="commuter"
    )
    assert father.pk
    return household


def _member(household: Household, n: int, key: str, name: str) -> Member:
    from web.text import fold_name

    return Member.objects.create(
        household=household, key=key, atena_number=f"T{n:08d}{key}", name=name, kana="ミホン　タカコ", born="1985-05-06",
        name_key=fold_name(name), kana_key=fold_name("ミホン　タカコ"), is_guardian=key == "1",
    )  # fmt: skip

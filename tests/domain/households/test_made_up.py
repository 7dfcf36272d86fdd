"""What an おとりの世帯 is called and where it seems to live: put together from the prefecture's own, never out of the source."""

from __future__ import annotations

import re

from accounts.roles import Role
from domain.households.models import CanaryHousehold, Household, Member, Pupil, School
from tests.domain.households.people import make_home
from tests.platform.accounts.sign_in import make_person
from web.text import fold_name

FAMILIES = [f"{a}{b}" for a in "赤青黒緑紫" for b in "原川島田野村"]
"""Thirty surnames that stand in no list."""


def a_town(school: School) -> None:
    for n, surname in enumerate(FAMILIES, 1):
        home = make_home(school, n, guardian_name=f"{surname}　父{n}", guardian_kana=f"あか{n}　ちち{n}")
        home.members.filter(key="1").update(name=f"{surname}　父{n}", name_key=fold_name(f"{surname}　父{n}"))
        Pupil.objects.filter(member__household=home).update(name=f"{surname}　子{n}", kana=f"アカ{n}　コ{n}")


def parts_of(made: CanaryHousehold) -> tuple[str, str, str]:
    surname, parent = made.guardian_name.split("　")
    return surname, parent, made.child_name.removeprefix(f"{surname}　")


def test_its_names_are_the_prefectures_own_and_no_household_has_both(school: School) -> None:
    from domain.households.canaries import place

    a_town(school)
    keeper = make_person("canary-keeper", Role.SECURITY_MANAGER)
    placed = [place(school, keeper) for _ in range(8)]
    for made in placed:
        surname, parent, child = parts_of(made)
        assert surname in FAMILIES
        assert re.fullmatch(r"父\d+", parent)
        assert re.fullmatch(r"子\d+", child)
        assert re.fullmatch(r"あか\d+　こ\d+", made.child_kana)
        assert not Member.objects.filter(name=made.guardian_name).exists()
        assert not Household.objects.filter(address=made.address).exists()
    assert len({made.guardian_name for made in placed}) > 1


def test_one_from_before_the_rosters_is_named_anew_from_theirs(school: School) -> None:
    from domain.households import canaries

    assert canaries.seed()
    before = CanaryHousehold.objects.get()
    assert before.guardian_name.split()[0] not in FAMILIES
    a_town(school)
    canaries.after_roster(is_first=False)
    after = CanaryHousehold.objects.get()
    assert (after.pk, parts_of(after)[0] in FAMILIES) == (before.pk, True)
    assert after.address.startswith("奈良市見本町")
    canaries.after_roster(is_first=False)
    assert CanaryHousehold.objects.get().guardian_name == after.guardian_name, "once is enough"


def test_the_address_of_a_hidden_household_serves_for_none(school: School) -> None:
    from domain.households.canaries import place

    make_home(school, 1, address="奈良市秘密町1丁目", address_hidden=True)
    assert "秘密町" not in place(school, make_person("canary-keeper", Role.SECURITY_MANAGER)).address

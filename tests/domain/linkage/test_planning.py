"""Who is registered and asked: no more than the category needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.domain.linkage.numbers import give_numbers, replace_numbers
from tests.domain.linkage.world import AFTER_MOVING, HOME, YEAR, World, child, father, mother


def _plan() -> Any:
    from domain.linkage.services import plan_inquiries

    return plan_inquiries(YEAR)


def _asked(household: Any = None) -> list[tuple[str, str]]:
    from domain.linkage.models import Inquiry

    found = Inquiry.objects.filter(member__household=household) if household else Inquiry.objects.all()
    return sorted(found.values_list("member__key", "kind"))


EVERYBODY = [("01", "resident"), ("02", "resident"), ("03", "resident")]


@pytest.mark.parametrize(
    ("facts", "aid", "expected"),
    [
        ({}, False, [("01", "resident"), ("01", "tax"), ("02", "resident"), ("02", "tax"), ("03", "resident")]),
        ({"decline": "partial"}, False, EVERYBODY),
        ({"decline": "full"}, False, []),
        ({"on_welfare": True}, False, sorted([*EVERYBODY, ("01", "welfare")])),
        ({"on_welfare": True, "decline": "partial"}, False, EVERYBODY),
        ({}, True, [("01", "resident"), ("01", "tax"), ("02", "resident"), ("02", "tax"), ("03", "resident")]),
    ],
)
def test_what_is_not_needed_is_not_asked(
    world: World, facts: dict[str, Any], aid: bool, expected: list[tuple[str, str]]
) -> None:
    household = world.household(father(), mother(), child(), aid=aid, **facts)
    _plan()
    assert _asked(household) == expected


def test_sixteen_is_counted_as_the_law_counts(world: World) -> None:
    """Born on 1 January one is a year older on 31 December (民法143条)."""
    older = replace(child(), key="04", born=date(2009, 1, 1))
    younger = replace(child(), key="05", born=date(2009, 1, 2), pupil=False)
    world.household(father(), older, younger)
    _plan()
    assert ("04", "tax") in _asked()
    assert ("05", "tax") not in _asked()


def test_a_household_of_aided_pupils_alone_is_not_asked_for_tax(world: World) -> None:
    """The category is then the prefecture's setting; with a parent in the household its own category needs the income."""
    from domain.households.models import StatusPeriod

    grown = replace(child(), born=date(2008, 5, 1))
    alone = world.household(grown, aid=True)
    _plan()
    assert _asked(alone) == [(grown.key, "resident")]
    StatusPeriod.objects.filter(pupil__member__household=alone).update(institution_aid=False)
    _plan()
    assert (grown.key, "tax") in _asked(alone)


def test_a_household_without_pupil_in_the_year_is_left_alone(world: World) -> None:
    left = world.household(father(), child())
    left.members.get(key="03").enrolments.update(left_on=date(2025, 3, 31))
    _plan()
    assert _asked() == []


def test_the_address_of_the_base_date_is_frozen(world: World) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child(), address=AFTER_MOVING, year_end_address=HOME)
    _plan()
    assert set(Inquiry.objects.values_list("base_date", "base_address")) == {(date(2024, 12, 31), HOME)}


def test_planning_again_follows_the_facts_until_it_is_sent(world: World) -> None:
    from domain.linkage.models import Inquiry

    household = world.household(father(), child())
    assert _plan().waiting == {"resident": 2, "tax": 1}
    household.on_welfare = True
    household.save()
    again = _plan()
    assert (again.withdrawn, again.waiting) == (1, {"resident": 2, "welfare": 1})
    Inquiry.objects.filter(kind="welfare").update(state="answered")
    household.on_welfare = False
    household.save()
    assert _plan().withdrawn == 0
    assert ("01", "welfare") in _asked()


def test_who_is_spared_is_counted_by_reason(world: World) -> None:
    world.household(father(), mother(), child())
    world.household(father(), child(), decline="full")
    assert _plan().not_needed == {"年齢が下限未満（税情報は不要）": 1, "完全辞退": 2}


def test_only_members_with_a_number_are_registered(world: World) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.services import plan_registrations

    household = world.household(father(), mother(), child())
    keys = dict(household.members.values_list("pk", "key"))
    give_numbers({member: number for member, number in world.numbers.items() if keys[member] != "02"})
    assert plan_registrations() == 2
    assert plan_registrations() == 0
    states = dict(Registration.objects.values_list("member__key", "state"))
    assert states == {"01": "verified", "02": "draft", "03": "verified"}


def test_a_corrected_number_is_told_and_asked_again(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry, InquiryStep, Registration
    from integrations.atena_adapters.individual_numbers import sample_number
    from tests.domain.linkage.world import swapped

    household = world.household(*swapped(father(), mother()), child())
    link = start("nara")
    link.whole()
    assert Inquiry.objects.get(member__key="01", kind="tax").match_detail["swapped_with"] == "02"
    members = dict(household.members.values_list("key", "pk"))
    replace_numbers({members["01"]: sample_number(7, 1), members["02"]: sample_number(7, 2)})
    assert link.change().state == "succeeded"
    link.whole()
    assert set(Inquiry.objects.values_list("state", "match")) == {("answered", "matched")}
    assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}
    assert InquiryStep.objects.filter(note__startswith="個人番号が訂正された").count() == 4

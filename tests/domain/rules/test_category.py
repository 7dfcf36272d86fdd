from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    CaseError,
    Category,
    Decline,
    IncomeAbsence,
    IncomeFacts,
    Pack,
    Reason,
    RuleMissing,
    Standing,
    assess,
    load_pack,
)
from domain.rules.assessment.category import boundary_of
from domain.rules.yearpack.model import SpecialAction, SpecialCase, SpecialRule
from tests.domain.rules.building import family, household, member, oracle

SAMPLE = load_pack("R07-former-standard", ("sample-operator",))
FLOOR = oracle("06_income_floor")


@pytest.mark.parametrize("row", oracle("02_class_boundaries")["expected"], ids=lambda row: f"{row['C']}/{row['m']}")
def test_boundaries_are_strict_below_and_inclusive_above(base: Pack, row: dict[str, Any]) -> None:
    annual = 12 * Fraction(row["m"])
    assert boundary_of(base.boundaries, row["C"], annual).category == row["class"]


@given(st.integers(0, 10**8), st.integers(1, 10**8), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_category_is_the_definition_in_exact_fractions(income: int, top: int, bottom: int) -> None:
    need = Fraction(top, bottom)
    found = boundary_of(SAMPLE.boundaries, income, need).category
    expected = 1 if income < need * Fraction(3, 2) else 2 if income < need * Fraction(5, 2) else 3
    assert found == expected


@pytest.mark.parametrize(("given_", "expected"), list(zip(FLOOR["inputs"], FLOOR["expected"], strict=True)))
def test_income_is_floored_at_zero_for_the_household(
    base: Pack, given_: dict[str, int], expected: dict[str, int]
) -> None:
    facts = IncomeFacts(total=given_["A"], social_insurance=given_["B"])
    case = household(member("a", 40, facts), member("b", 9, special_needs=True))
    found = assess(base, case)
    assert found.income == expected["C"]
    assert boundary_of(base.boundaries, expected["C"], 12 * Fraction(given_["m"])).category == expected["class"]


def test_one_members_deductions_reduce_anothers_income(base: Pack) -> None:
    case = household(
        member("a", 40, IncomeFacts(1_000_000, retirement=200_000, forestry=30_000)),
        member("b", 38, IncomeFacts(social_insurance=100_000, life_insurance=20_000, earthquake_insurance=3_000)),
    )
    assert assess(base, case).income == 1_107_000


def test_single_parent_deduction_is_kept_but_not_deducted(base: Pack) -> None:
    case = household(member("a", 40, IncomeFacts(1_000_000, single_parent_deduction=350_000)))
    assert assess(base, case).income == 1_000_000


@pytest.mark.parametrize("reason", [IncomeAbsence.NOT_ASKED, IncomeAbsence.UNDECLARED])
def test_not_asked_and_undeclared_are_not_zero(base: Pack, reason: IncomeAbsence) -> None:
    found = assess(base, household(member("a", 40, reason), member("b", 9, special_needs=True)))
    assert (found.category, found.reason, found.income) == (None, Reason.MISSING, None)
    assert found.missing[0].name == "members/a/income"
    assert reason.label in found.missing[0].message
    with pytest.raises(RuleMissing) as stopped:
        found.require()
    assert stopped.value.id == "RULES-MISSING"


def test_children_nobody_asked_count_as_none_only_where_the_board_says_so(base: Pack, sample: Pack) -> None:
    child = member("b", 9, IncomeAbsence.NOT_ASKED, special_needs=True)
    case = household(member("a", 40, IncomeFacts(1)), child)
    assert not assess(base, case).complete
    assert assess(sample, case).income == 1
    youth = household(member("a", 40, IncomeFacts(1)), member("b", 16, IncomeAbsence.NOT_ASKED))
    assert not assess(sample, youth).complete


@pytest.mark.parametrize(
    ("change", "category", "reason"),
    [
        ({"decline": Decline.FULL}, None, Reason.FULL_DECLINE),
        ({"decline": Decline.FULL, "welfare": True}, None, Reason.FULL_DECLINE),
        ({"decline": Decline.PARTIAL}, Category.III, Reason.PARTIAL_DECLINE),
        ({"welfare": True}, Category.I, Reason.WELFARE),
        ({"provisional": True}, Category.III, Reason.PROVISIONAL),
    ],
)
def test_special_categories_need_no_income(
    sample: Pack, change: dict[str, Any], category: Category | None, reason: Reason
) -> None:
    case = replace(household(member("a", 40, IncomeAbsence.NOT_ASKED), member("b", 9, special_needs=True)), **change)
    found = assess(sample, case).require()
    assert (found.category, found.reason, found.income) == (category, reason, None)
    assert [pupil.category for pupil in found.pupils] == [category]


@pytest.mark.parametrize("change", [{"welfare": True}, {"provisional": True}])
def test_settings_that_are_not_public_stop(base: Pack, change: dict[str, bool]) -> None:
    found = assess(base, family([40, 9], **change))
    assert found.category is None
    assert found.missing[0].name == f"special/{next(iter(change))}"


def test_pupil_in_an_institution_has_a_category_of_its_own(sample: Pack) -> None:
    case = household(
        member("a", 40), member("b", 9, special_needs=True), member("c", 14, special_needs=True, institution=True)
    )
    found = assess(sample, case)
    assert found.category is Category.I
    assert {pupil.key: pupil.category for pupil in found.pupils} == {"b": Category.I, "c": Category.III}


def test_household_of_institution_pupils_only_is_not_computed(sample: Pack) -> None:
    case = household(member("c", 14, IncomeAbsence.NOT_ASKED, special_needs=True, institution=True))
    found = assess(sample, case)
    assert (found.category, found.reason) == (Category.III, Reason.INSTITUTION)


def _with_special(pack: Pack, case: SpecialCase, action: SpecialAction) -> Pack:
    rule = SpecialRule(case, action, None, pack.ages.origin)
    return replace(pack, special={**pack.special, case: rule})


def test_provisional_may_forbid_payment_or_judge_normally(sample: Pack) -> None:
    case = family([40, 9], 10**7, provisional=True)
    forbidden = assess(_with_special(sample, SpecialCase.PROVISIONAL, SpecialAction.NO_PAYMENT), case).require()
    assert (forbidden.category, forbidden.reason, forbidden.income) == (None, Reason.PROVISIONAL, None)
    judged = assess(_with_special(sample, SpecialCase.PROVISIONAL, SpecialAction.JUDGE), case).require()
    assert (judged.category, judged.reason, judged.income) == (Category.III, Reason.COMPUTED, 10**7)
    assert "special" in {step.component for step in judged.steps}


def test_institution_pupils_may_be_judged_with_their_household(sample: Pack) -> None:
    pack = _with_special(sample, SpecialCase.INSTITUTION, SpecialAction.JUDGE)
    case = household(member("a", 40), member("c", 14, special_needs=True, institution=True))
    assert [pupil.category for pupil in assess(pack, case).pupils] == [Category.I]


def test_ages_may_be_taken_at_the_start_of_the_fiscal_year(sample: Pack) -> None:
    child = replace(member("b", 11), born=date(2013, 2, 1), special_needs=True)
    case = household(member("a", 30), child)
    april = assess(replace(sample, ages=replace(sample.ages, on="fiscal_year_start")), case)
    taken = [
        [step.inputs["age"] for step in each.steps if step.component == "class1"]
        for each in (assess(sample, case), april)
    ]
    assert taken == [[30, 11], [30, 12]]


def test_standing_is_the_weakest_row_used(base: Pack, sample: Pack) -> None:
    assert assess(base, family([40, 9])).standing is Standing.UNCONFIRMED
    assert assess(sample, family([40, 9])).standing is Standing.OPERATOR
    assert assess(base, family([40, 9], decline=Decline.FULL)).standing is Standing.PUBLISHED


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"fiscal_year": 2024}, "年度"),
        ({"base_date": family([40]).base_date.replace(day=30)}, "前年末日"),
        ({"living_cost_grade": "4-1"}, "級地"),
        ({"winter_zone": 7}, "地区"),
        ({"members": ()}, "世帯構成員"),
        ({"members": (member("a", 40), member("a", 9))}, "重複"),
        ({"members": (member("a", -1),)}, "生年月日"),
    ],
)
def test_senseless_cases_are_refused(base: Pack, change: dict[str, Any], word: str) -> None:
    with pytest.raises(CaseError, match=word):
        assess(base, replace(family([40, 9]), **change))


ages = st.lists(st.integers(0, 90), min_size=1, max_size=7)


@given(ages, st.integers(0, 2 * 10**7), st.integers(0, 10**6))
def test_more_income_never_lowers_the_category(people: list[int], income: int, more: int) -> None:
    poorer, richer = (assess(SAMPLE, family(people, amount)).category for amount in (income, income + more))
    assert poorer is not None
    assert richer is not None
    assert poorer <= richer


@given(ages, st.integers(0, 2 * 10**7), st.randoms(use_true_random=False))
def test_order_of_members_does_not_matter(people: list[int], income: int, random: Any) -> None:
    case = family(people, income)
    shuffled = list(case.members)
    random.shuffle(shuffled)
    one, other = assess(SAMPLE, case), assess(SAMPLE, replace(case, members=tuple(shuffled)))
    assert (one.income, one.annual_need, one.category) == (other.income, other.annual_need, other.category)


@given(ages)
def test_boundary_is_strict_to_the_yen(people: list[int]) -> None:
    need = assess(SAMPLE, family(people)).annual_need
    assert need is not None
    edge = -(-3 * need // 2)
    assert assess(SAMPLE, family(people, int(edge) - 1)).category is Category.I
    assert assess(SAMPLE, family(people, int(edge))).category is Category.II

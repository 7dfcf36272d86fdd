"""What holds for every household: made by hypothesis, under all shipped packs."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    Assessment,
    Category,
    Decline,
    Disability,
    HouseholdCase,
    IncomeAbsence,
    IncomeFacts,
    MemberFacts,
    SchoolStage,
    assess,
    canonical,
    case_from_json,
    case_to_json,
    explain,
    is_intact,
    load_pack,
)
from domain.rules.canonical import canonical_text
from domain.rules.cases import GRADES
from tests.domain.rules.schema import faults

PACKS = {
    "R07": load_pack("R07-former-standard", ("sample-operator",)),
    "R07 as published": load_pack("R07-former-standard"),
    "R08": load_pack("R08-current-standard"),
    "H21": load_pack("H21-livelihood-model"),
}
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "assessment-receipt.schema.json").read_text(encoding="utf-8"))

yen = st.integers(0, 20_000_000)
small = st.one_of(st.just(0), st.integers(0, 400_000))
incomes = st.one_of(
    st.builds(IncomeFacts, yen, small, small, small, small, small, small), st.sampled_from(list(IncomeAbsence))
)


@st.composite
def members(draw: st.DrawFn, number: int) -> MemberFacts:
    born = date(draw(st.integers(1925, 2008)), draw(st.integers(1, 12)), draw(st.integers(1, 28)))
    return MemberFacts(
        key=f"サンプル{number}",
        born=born,
        income=draw(incomes),
        school_stage=draw(st.sampled_from(list(SchoolStage))),
        special_needs=draw(st.booleans()),
        guardian=draw(st.booleans()),
        institution=draw(st.booleans()),
        disability=draw(st.sampled_from([*Disability, None])),
        materials_cost=draw(st.none() | small),
        commuting_cost=draw(st.none() | small),
    )


@st.composite
def cases(draw: st.DrawFn, year: int) -> HouseholdCase:
    count = draw(st.integers(1, 8))
    people = [draw(members(number)) for number in range(count)]
    return HouseholdCase(
        fiscal_year=year,
        base_date=date(year - 1, 12, 31),
        living_cost_grade=draw(st.sampled_from(GRADES)),
        winter_zone=draw(st.integers(1, 6)),
        members=tuple(people),
        decline=draw(st.sampled_from(list(Decline))),
        welfare=draw(st.booleans()),
        provisional=draw(st.booleans()),
        single_parent=draw(st.sampled_from([True, False, None])),
        housing_area=draw(st.sampled_from(["", "奈良県", "どこにもない県"])),
    )


def plain_case(data: st.DataObject, year: int) -> HouseholdCase:
    """A household whose category is computed: all amounts known, no special case."""
    case = data.draw(cases(year))
    people = tuple(
        replace(
            each,
            income=each.income if isinstance(each.income, IncomeFacts) else IncomeFacts(),
            special_needs=number == 0,
            institution=False,
        )
        for number, each in enumerate(case.members)
    )
    return replace(case, members=people, decline=Decline.NONE, welfare=False, provisional=False)


by_pack = pytest.mark.parametrize("name", PACKS)


@by_pack
@given(data=st.data())
def test_every_receipt_is_intact_fits_the_schema_and_comes_out_again(name: str, data: st.DataObject) -> None:
    pack = PACKS[name]
    assessment = assess(pack, data.draw(cases(pack.fiscal_year)))
    receipt: Any = assessment.receipt()
    assert is_intact(receipt)
    unsealed = {part: value for part, value in receipt.items() if part != "digest"}
    assert assessment.receipt_text() == (canonical_text(unsealed), receipt["digest"])
    assert list(faults(SCHEMA, receipt, SCHEMA)) == []
    sent = json.loads(canonical(receipt))
    assert canonical(assess(pack, case_from_json(sent["case"])).receipt()) == canonical(receipt)
    assert len([line for part in explain(receipt).parts for line in part.lines]) == len(receipt["steps"]) + len(
        receipt["result"]["missing"]
    )


@by_pack
@given(data=st.data())
def test_steps_of_the_need_add_up_to_it(name: str, data: st.DataObject) -> None:
    pack = PACKS[name]
    found = assess(pack, plain_case(data, pack.fiscal_year))
    if not found.complete:
        return
    apart = ("income", "income_member", "need_monthly")
    yearly = sum(Fraction(step.value) for step in found.steps if step.unit == "円/年" and step.component not in apart)
    month = next(step for step in found.steps if step.component == "need_monthly")
    assert yearly == Fraction(month.inputs["annual_exact"])
    assert found.monthly_need == Fraction(month.value)


@by_pack
@given(data=st.data(), more=st.integers(0, 5_000_000))
def test_more_income_never_lowers_the_category_under_any_pack(name: str, data: st.DataObject, more: int) -> None:
    pack = PACKS[name]
    case = plain_case(data, pack.fiscal_year)
    first = case.members[0]
    assert isinstance(first.income, IncomeFacts)
    richer = replace(first, income=replace(first.income, total=first.income.total + more))
    poor, rich = assess(pack, case), assess(pack, replace(case, members=(richer, *case.members[1:])))
    assert poor.annual_need == rich.annual_need
    if poor.complete:
        assert (poor.category or 0) <= (rich.category or 0)


@by_pack
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_order_of_members_does_not_matter_under_any_pack(name: str, data: st.DataObject, random: Any) -> None:
    pack = PACKS[name]
    case = data.draw(cases(pack.fiscal_year))
    shuffled = list(case.members)
    random.shuffle(shuffled)
    one, other = assess(pack, case), assess(pack, replace(case, members=tuple(shuffled)))
    assert (one.income, one.annual_need, one.category, one.standing) == (
        other.income,
        other.annual_need,
        other.category,
        other.standing,
    )
    assert {each.name for each in one.missing} == {each.name for each in other.missing}


@by_pack
@given(data=st.data())
def test_boundaries_are_strict_to_the_yen_under_any_pack(name: str, data: st.DataObject) -> None:
    pack = PACKS[name]
    case = plain_case(data, pack.fiscal_year)
    rest = tuple(replace(each, income=IncomeFacts()) for each in case.members[1:])

    def assessed(income: int) -> Assessment:
        first = replace(case.members[0], income=IncomeFacts(income))
        return assess(pack, replace(case, members=(first, *rest)))

    def category(income: int) -> Category | None:
        return assessed(income).category

    need = assessed(0).annual_need
    if need is None:
        return
    for below, under, at in ((Fraction(3, 2), Category.I, Category.II), (Fraction(5, 2), Category.II, Category.III)):
        edge = below * need
        least = -(-edge.numerator // edge.denominator)
        if least:
            assert (category(least - 1), category(least)) == (under, at)


@by_pack
@given(data=st.data())
def test_a_case_survives_json_but_for_statuses_that_do_not_bind(name: str, data: st.DataObject) -> None:
    pack = PACKS[name]
    case = data.draw(cases(pack.fiscal_year))
    again = case_from_json(case_to_json(case))
    assert again.members == case.members
    assert case_to_json(again) == case_to_json(case)
    one, other = assess(pack, case), assess(pack, again)
    assert (one.category, one.reason, one.annual_need) == (other.category, other.reason, other.annual_need)


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt.pop("engine"),
        lambda receipt: receipt.update(more=1),
        lambda receipt: receipt.update(digest="sha256:x"),
        lambda receipt: receipt["result"].update(category=4),
        lambda receipt: receipt["result"].update(income=-1),
        lambda receipt: receipt["result"].update(income=True),
        lambda receipt: receipt["steps"][0].update(standing="sure"),
        lambda receipt: receipt["steps"][0].pop("source"),
        lambda receipt: receipt["case"]["members"][0].update(age=1.5),
        lambda receipt: receipt["case"]["members"][0].pop("birth_date"),
        lambda receipt: receipt["case"].update(members=[]),
    ],
)
def test_the_schema_finds_what_is_wrong(change: Any) -> None:
    people = (MemberFacts("a", date(1984, 1, 1), IncomeFacts(1)),)
    case = HouseholdCase(2025, date(2024, 12, 31), "1-1", 6, people)
    receipt = copy.deepcopy(assess(PACKS["R07"], case).receipt())
    assert list(faults(SCHEMA, receipt, SCHEMA)) == []
    change(receipt)
    assert list(faults(SCHEMA, receipt, SCHEMA)) != []

"""The shipped packs against published totals.

What proves what: oracle 04's households without 母子加算 prove the read rows of 旧保護基準; those with it are regression, since 母子加算
was solved from them, and the one row that does not match is the page's own outlier.  Oracle 05 is one author's provisional model:
regression of the engine, no proof of the formula.  Oracle 11's contradicting row is computed but not held against the page.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.rules import Disability, MemberFacts, Pack, Standing, assess, load_pack
from domain.rules.assessment.wire import case_from_json, case_to_json
from domain.rules.cases import HouseholdCase
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from domain.rules.yearpack.places import legal_basis_on, place_on
from tests.domain.rules.building import NOTHING, oracle, stage_of

R08 = "R08-current-standard"
RAW: dict[str, Any] = read_folder(FOLDER / R08)
BOARD = {"source": "board", "standing": "operator"}
MODELS = oracle("04_old_standard_models")["expected"]


def person(key: str, age: int, **more: Any) -> MemberFacts:
    return MemberFacts(key, date(2000, 1, 1), NOTHING, **{"school_stage": stage_of(age), "stated_age": age, **more})


def household_of(year: int, people: list[MemberFacts], grade: str = "1-1", **more: Any) -> HouseholdCase:
    return HouseholdCase(year, date(year - 1, 12, 31), grade, 6, tuple(people), **more)


def overlaid(**sections: Any) -> Pack:
    """R08 with a board's own rows."""
    head = {"title": "試験", "fiscal_year": 2026, "extends": [R08]}
    overlay = {"pack": head, "sources": {"board": "試験"}, **sections}
    return build_pack(R08, {R08: copy.deepcopy(RAW), "board": overlay})


def switches(**on: bool) -> list[dict[str, Any]]:
    return [{"name": name, "on": value, **BOARD} for name, value in on.items()]


@pytest.mark.parametrize("row", MODELS, ids=lambda row: f"{row['household']} {row['grade']}")
def test_model_households_of_2009(row: dict[str, Any]) -> None:
    people = [person(f"m{number}", age) for number, age in enumerate(row["ages"])]
    case = household_of(2009, people, row["grade"], single_parent=row["household"].startswith("母子"))
    found = assess(load_pack("H21-livelihood-model"), case)
    assert found.monthly_need == row["rounded_10"]
    assert (found.monthly_need == row["published"]) is row["match"]


def test_nothing_can_be_paid_by_the_model_of_2009() -> None:
    pack = load_pack("H21-livelihood-model")
    assert not pack.items
    assert not pack.ledgers


def test_regression_third_party_model_of_the_new_form() -> None:
    model = oracle("05_dw_appendix_p1")
    given, expected = model["inputs"], model["expected"]
    rent = {"area": "試験県", "level": "1", "cells": {"3-5": given["住宅扶助"]}, **BOARD}
    pack = overlaid(
        tables={"housing_limit": {"rows": [rent]}},
        switches=switches(
            disability=False, disability_each=True, child_raising=True, education=True, housing_limit=True
        ),
    )
    child = person("c", 9, special_needs=True, disability=Disability.GRADE_1_2)
    case = household_of(2026, [person("a", 45), person("b", 44), child], given["grade"], housing_area="試験県")
    found = assess(pack, case)
    assert str(found.monthly_need) == expected["m_exact"]
    class1 = [step for step in found.steps if step.component == "class1"]
    assert [step.inputs["result"] for step in class1 if "result" in step.inputs] == [expected["class1_after_shrink"]]
    need = found.annual_need
    assert need is not None
    assert need * 3 / 2 == int(expected["class1_below_annual"])
    assert need * 5 / 2 == int(expected["class3_from_annual"])


@pytest.mark.parametrize(
    "row", oracle("11_r5r8_single_totals")["expected"], ids=lambda row: f"{row['grade']} {row['from']}"
)
def test_single_totals_of_the_current_standard(row: dict[str, Any]) -> None:
    day = {"R8.4": "2026-04-01", "R8.10": "2026-10-01"}[row["from"]]
    pack = overlaid(
        as_of={"on": day, **BOARD}, switches=switches(transitional=True, winter=False, year_end=False, education=False)
    )
    found = assess(pack, household_of(2026, [person("a", 30)], row["grade"]))
    assert found.monthly_need == row["total"]
    if row["match"]:
        assert row["total"] == row["published"]


def test_transitional_additions_fall_as_the_special_addition_rises() -> None:
    """R8.10 = max(0, R8.4 − 1,000) up to five people."""
    tables = [overlaid(as_of={"on": day, **BOARD}).tables for day in ("2026-04-01", "2026-10-01")]
    before, after = (each["transitional"].cells for each in tables)
    rise = [each["special_addition"].find(("1",)) for each in tables]
    assert rise[0] is not None
    assert rise[1] is not None
    step = rise[1].amount - rise[0].amount
    assert len(before) > 3000
    assert [key for key, cell in before.items() if after[key].amount != max(0, cell.amount - step)] == []


def test_the_current_standard_answers_and_says_it_is_unconfirmed() -> None:
    pack = load_pack(R08)
    people = [person("a", 40, guardian=True), person("b", 9, special_needs=True)]
    found = assess(pack, household_of(2026, people)).require()
    assert found.standing is Standing.UNCONFIRMED
    month = {step.component: step.value for step in found.steps}
    assert month["special_addition"] == 12 * 2 * 1500  # 前年12月末: the version of 令和7.10
    assert "transitional" not in month


def test_parts_of_the_new_form_that_are_known_to_exist_are_counted() -> None:
    pack = load_pack(R08)

    def annual(single_parent: bool = False, **facts: int) -> int:
        people = [person("a", 40), person("b", 9, special_needs=True, **facts)]
        return int(assess(pack, household_of(2026, people, single_parent=single_parent)).annual_need or 0)

    assert annual(materials_cost=5000) - annual() == 5000
    assert annual(commuting_cost=7000) - annual() == 7000
    assert annual(single_parent=True) - annual() == 12 * 18800


def test_what_nobody_was_asked_stops_the_new_form_and_is_named() -> None:
    pack = load_pack(R08)
    asked = person("b", 9, special_needs=True)
    unknown = replace(asked, materials_cost=None, commuting_cost=None)
    found = assess(pack, household_of(2026, [person("a", 40), unknown], single_parent=None))
    assert not found.complete
    assert {each.name for each in found.missing} == {
        "single_parent", "members/b/materials_cost", "members/b/commuting_cost"
    }  # fmt: skip
    assert all(each.kind == "fact" for each in found.missing)
    written = case_to_json(found.case)
    assert written["single_parent"] is None
    assert case_to_json(case_from_json(written)) == written
    grown_ups = replace(person("a", 40), materials_cost=None, commuting_cost=None, disability=None)
    assert assess(pack, household_of(2026, [grown_ups, asked])).complete  # asked of nobody else


def test_what_is_absent_stops_when_switched_on() -> None:
    pack = overlaid(switches=switches(lunch=True))
    found = assess(pack, household_of(2026, [person("a", 40), person("b", 9)]))
    assert [each.name for each in found.missing] == ["lunch/elementary"]
    assert found.category is None


def test_places_and_legal_bases_are_shipped_with_their_days() -> None:
    for name in ("R07-former-standard", R08):
        pack = load_pack(name)
        assert place_on(pack, "272159", date(2024, 12, 31)).grade == "1-1"
        assert "38の項" in legal_basis_on(pack, "my_number_use", date(2025, 4, 1)).text
        assert "26の項" in legal_basis_on(pack, "my_number_use", date(2024, 3, 31)).text


@pytest.mark.parametrize("name", ["R07-former-standard", "H21-livelihood-model"])
def test_solved_figures_say_that_they_prove_nothing(name: str) -> None:
    pack = load_pack(name)
    tables = ("year_end", "education", "lunch", "single_parent")
    cells = [cell for each in tables if each in pack.tables for cell in pack.tables[each].cells.values()]
    solved = [cell for cell in cells if "逆算" in cell.origin.source or "残差" in cell.origin.source]
    assert solved
    assert all("証明にならない" in cell.origin.source for cell in solved)
    assert all(cell.origin.standing in (Standing.DERIVED, Standing.UNCONFIRMED) for cell in solved)

"""Each part of the need formula by itself, with figures that are easy to add up in the head."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from domain.rules import Disability, IncomeFacts, PackError, SchoolStage, Standing, assess, is_intact
from domain.rules.yearpack.places import inquiry_age_on, legal_basis_on, place_on
from tests.domain.rules.building import household, member
from tests.domain.rules.formulas import ROW, component, monthly, pack_with, table

FLAT = {"flat": table(["level"], {"cells": {"1": 1000}})}
ADULTS = [member("a", 40), member("b", 38)]


def child(key: str, age: int = 9, **more: Any) -> Any:
    return member(key, age, **more)


REDUCED = {
    "by_age": table(["grade", "age"], {"grade": "1-1", "cells": {"0-": 45520}}),
    "rate": table(["size"], {"cells": {"1": 100, "2": 87, "3-": 75}}, parts=100),
}


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ({"mode": "ceil", "unit": 10}, "102420"),  # 3 × 45,520 × 0.75 = 102,420
        ({"mode": "floor", "unit": 1000}, "102000"),
        ({"mode": "half_up", "unit": 1000}, "102000"),
        (None, "102420"),
    ],
)
def test_reduction_by_household_size_on_the_sum(rounding: dict[str, Any] | None, expected: str) -> None:
    shape = {"reduction": "rate", **({"rounding": rounding} if rounding else {})}
    pack = pack_with(REDUCED, component("per_member", "by_age", **shape))
    assert monthly(pack, household(*ADULTS, child("c"))) == expected


def test_rounding_is_of_the_sum_of_the_component_not_of_each_line() -> None:
    shape = {"multiplier": "1/3", "rounding": {"mode": "ceil", "unit": 10}}
    pack = pack_with(REDUCED, component("per_member", "by_age", **shape))
    assert monthly(pack, household(*ADULTS)) == "30350"  # 91,040 / 3 = 30,346.66…


def test_without_rounding_the_fraction_is_kept() -> None:
    pack = pack_with(FLAT, component("per_household", "flat", multiplier="1/3"))
    found = assess(pack, household(*ADULTS))
    assert found.monthly_need == Fraction(1000, 3)
    assert is_intact(found.receipt())
    assert sum(Fraction(step.value) for step in found.steps if step.component == "flat") == Fraction(4000)


def test_an_absent_reduction_rate_stops() -> None:
    tables = {**REDUCED, "rate": table(["size"], {"cells": {"1": 100}}, parts=100)}
    found = assess(pack_with(tables, component("per_member", "by_age", reduction="rate")), household(*ADULTS))
    assert [each.name for each in found.missing] == ["rate/2"]
    assert "tables.rate" in found.missing[0].message


def test_months_are_those_of_the_zone() -> None:
    tables = {**FLAT, "months": table(["zone"], {"cells": {"1-2": 7, "3-4": 6, "5-6": 5}})}
    pack = pack_with(tables, component("per_household", "flat", months="months"))
    yearly = [assess(pack, household(*ADULTS, zone=zone)).annual_need for zone in range(1, 7)]
    assert yearly == [7000, 7000, 6000, 6000, 5000, 5000]
    steps = assess(pack, household(*ADULTS, zone=3)).steps
    assert [(step.frame.table, step.row, step.value) for step in steps if step.unit == "月"] == [("months", "3-4", 6)]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"stages": ["elementary"]}, 1),
        ({"ages": "0-17"}, 3),
        ({"ages": "18-"}, 2),
        ({"special_needs": True}, 2),
        ({"guardian": True}, 1),
        ({"disabled": True}, 1),
        ({"ages": "0-17", "special_needs": True, "disabled": True}, 1),
    ],
)
@pytest.mark.parametrize("kind", ["per_member", "per_head"])
def test_components_are_for_those_they_name(kind: str, who: dict[str, Any], expected: int) -> None:
    people = [
        member("a", 40, guardian=True),
        member("b", 38),
        child("c", 9, special_needs=True),
        child("d", 14, special_needs=True, disability=Disability.GRADE_3),
        child("e", 17),
    ]
    pack = pack_with(FLAT, component(kind, "flat", **who))
    assert monthly(pack, household(*people)) == str(1000 * expected)


def test_addition_of_each_disabled_child_is_by_degree() -> None:
    tables = {"add": table(["level", "disability"], {"level": "1", "cells": {"grade_1_2": 300, "grade_3": 200}})}
    pack = pack_with(tables, component("per_member", "add", disabled=True, ages="0-19"))
    people = [child("c", disability=Disability.GRADE_1_2), child("d", 14, disability=Disability.GRADE_3)]
    assert monthly(pack, household(*ADULTS, *people)) == "500"
    assert monthly(pack, household(member("a", 40, disability=Disability.GRADE_3), *people)) == "500"


@pytest.mark.parametrize("kind", ["per_member", "per_head"])
def test_a_disability_nobody_was_asked_for_is_not_counted_as_none(kind: str) -> None:
    pack = pack_with(FLAT, component(kind, "flat", disabled=True, ages="0-19"))
    found = assess(pack, household(member("a", 40, disability=None), child("c", disability=None), child("d", 14)))
    assert [each.name for each in found.missing] == ["members/c/disability"]


PARENTS = {"parent": table(["level", "children"], {"level": "1", "cells": {"1": 100, "2": 150, "+": 20}})}


@pytest.mark.parametrize(("children", "expected"), [(0, "0"), (1, "100"), (2, "150"), (3, "170"), (5, "210")])
def test_single_parent_addition_is_by_the_number_of_children(children: int, expected: str) -> None:
    pack = pack_with(PARENTS, component("per_children", "parent", ages="0-17", only_single_parent=True))
    people = [member("a", 40), *(child(f"c{number}", 5 + number) for number in range(children))]
    assert monthly(pack, household(*people, single_parent=True)) == expected
    assert monthly(pack, household(*people)) == "0"


def test_a_guardians_deduction_makes_a_single_parent_only_where_the_pack_says_so() -> None:
    parts = component("per_children", "parent", ages="0-17", only_single_parent=True)
    facts = IncomeFacts(single_parent_deduction=300_000)
    case = household(member("a", 40, facts, guardian=True), child("c"))
    assert monthly(pack_with(PARENTS, parts), case) == "0"
    implied = pack_with(PARENTS, parts, need={"single_parent_by_deduction": ROW})
    assert monthly(implied, case) == "100"
    assert "single_parent" in {step.component for step in assess(implied, case).steps}
    other = household(member("a", 40, guardian=True), child("c", income=facts))
    assert monthly(implied, other) == "0"


def test_annual_facts_of_members_count_once_a_year() -> None:
    parts = component("per_member_fact", fact="materials_cost", times_a_year=1, stages=["elementary", "junior_high"])
    pack = pack_with({}, parts)
    people = [
        replace(child("c"), materials_cost=10_000),
        replace(child("d", 14), materials_cost=2_000),
        replace(child("e", 17), materials_cost=500),
    ]
    assert assess(pack, household(*ADULTS, *people)).annual_need == 12_000
    assert monthly(pack, household(*ADULTS, *people)) == "1000"


def test_commuting_costs_are_for_compulsory_education_with_special_needs() -> None:
    who: dict[str, Any] = {"stages": ["elementary", "junior_high"], "special_needs": True}
    pack = pack_with({}, component("per_member_fact", fact="commuting_cost", times_a_year=1, **who))
    people = [
        replace(child("c", special_needs=True), commuting_cost=12_000),
        replace(child("d", 14), commuting_cost=6_000),
        replace(child("e", 17, special_needs=True, school_stage=SchoolStage.HIGH), commuting_cost=6_000),
    ]
    assert monthly(pack, household(*ADULTS, *people)) == "1000"


EXCLUSIVE = {
    "one": table(["level"], {"cells": {"1": 300}}),
    "other": table(["level", "children"], {"level": "1", "cells": {"1": 250, "+": 100}}),
}


@pytest.mark.parametrize(("children", "expected", "loser"), [(1, "300", "other"), (2, "350", "one")])
def test_of_additions_that_exclude_each_other_the_higher_counts(children: int, expected: str, loser: str) -> None:
    exclusions = [{"id": "both", "components": ["one", "other"], **ROW}]
    parts = component("per_household", "one"), component("per_children", "other", ages="0-17")
    pack = pack_with(EXCLUSIVE, *parts, need={"exclusions": exclusions})
    people = [child(f"c{number}") for number in range(children)]
    found = assess(pack, household(*ADULTS, *people))
    assert str(found.monthly_need) == expected
    assert [step.component for step in found.steps if step.row == "exclusions/both"] == [loser]
    assert is_intact(found.receipt())
    assert monthly(pack, household(*ADULTS)) == "300"


def test_switched_off_parts_neither_count_nor_stop_and_are_told() -> None:
    tables = {**FLAT, "absent": table(["level"])}
    parts = component("per_household", "flat"), component("per_household", "absent", on=False, title="未定の要素")
    pack = pack_with(tables, *parts)
    found = assess(pack, household(*ADULTS))
    assert (str(found.monthly_need), found.missing) == ("1000", ())
    assert [step.value for step in found.steps if step.component == "left_out"] == ["未定の要素"]
    switched = pack_with(tables, *parts, switches=[{"name": "absent", "on": True, **ROW}])
    assert [each.name for each in assess(switched, household(*ADULTS)).missing] == ["absent/1"]
    off = pack_with(tables, *parts, switches=[{"name": "flat", "on": False, **ROW, "standing": "unconfirmed"}])
    result = assess(off, household(*ADULTS))
    assert result.annual_need == 0
    assert result.standing is Standing.UNCONFIRMED
    assert [step.value for step in result.steps if step.component == "switch"] == ["切"]


def test_a_switch_makes_the_single_parent_deduction_count() -> None:
    case = household(member("a", 40, IncomeFacts(1_000_000, single_parent_deduction=300_000)))
    parts = component("per_household", "flat")
    assert assess(pack_with(FLAT, parts), case).income == 1_000_000
    on = [{"name": "single_parent_deduction", "on": True, **ROW}]
    assert assess(pack_with(FLAT, parts, switches=on), case).income == 700_000


def test_the_floor_may_be_each_members() -> None:
    case = household(member("a", 40, IncomeFacts(1_000)), member("b", 38, IncomeFacts(social_insurance=400)))
    parts = component("per_household", "flat")
    assert assess(pack_with(FLAT, parts), case).income == 600
    rule = {"adds": ["total"], "deducts": ["social_insurance"], "floor": {"per": "member", **ROW}, **ROW}
    found = assess(pack_with(FLAT, parts, income=rule), case)
    assert found.income == 1_000
    assert [step.row for step in found.steps if step.component == "income"] == ["floor/member"]


DATED = table(
    ["level"],
    {"from": "2023-10-01", "cells": {"1": 1000}},
    {"from": "2025-10-01", "cells": {"1": 1500}},
    {"from": "2026-10-01", "cells": {"1": 2500}},
)


@pytest.mark.parametrize(("day", "expected"), [("2025-09-30", "1000"), ("2025-10-01", "1500"), ("2030-01-01", "2500")])
def test_dated_rows_are_read_in_the_version_of_the_day(day: str, expected: str) -> None:
    pack = pack_with({"dated": DATED}, component("per_household", "dated"), as_of={"on": day, **ROW})
    assert monthly(pack, household(*ADULTS)) == expected
    steps = assess(pack, household(*ADULTS)).steps
    assert [step.value for step in steps if step.component == "as_of"] == [day]


def test_before_the_first_version_the_row_is_absent() -> None:
    pack = pack_with({"dated": DATED}, component("per_household", "dated"), as_of={"on": "2023-09-30", **ROW})
    assert [each.name for each in assess(pack, household(*ADULTS)).missing] == ["dated/1"]
    assert [cell.amount for cell in pack.tables["dated"].later] == [1000, 1500, 2500]


def test_a_table_by_area_asks_for_the_area() -> None:
    row = {"area": "サンプル県", "level": "*", "cells": {"1": 100, "2": 200, "3-5": 300, "6-": 400}}
    pack = pack_with({"rent": table(["area", "level", "size"], row)}, component("per_household", "rent"))
    assert monthly(pack, household(*ADULTS, child("c"), housing_area="サンプル県")) == "300"
    assert [each.kind for each in assess(pack, household(*ADULTS)).missing] == ["fact"]
    absent = assess(pack, household(*ADULTS, housing_area="別の県")).missing
    assert [each.name for each in absent] == ["rent/別の県/1/2"]


PLACES = [
    {"code": "99201", "name": "旧市", "grade": "2-1", "zone": "VI", "from": "2000-01-01", "until": "2020-03-31"},
    {"code": "99202", "name": "新市", "grade": "1-2", "zone": "V", "from": "2020-04-01"},
]


def _places(**changes: Any) -> list[dict[str, Any]]:
    return [{**ROW, **PLACES[0], "successor": "99202", **changes}, {**ROW, **PLACES[1]}]


def test_places_follow_mergers() -> None:
    pack = pack_with(FLAT, component("per_household", "flat"), municipalities=_places())
    assert place_on(pack, "99201", date(2020, 3, 31)).grade == "2-1"
    assert (place_on(pack, "99201", date(2020, 4, 1)).name, place_on(pack, "99202", date(2024, 1, 1)).zone) == (
        "新市",
        5,
    )
    for code, day in (("99201", date(1999, 1, 1)), ("99202", date(2020, 3, 31)), ("99999", date(2024, 1, 1))):
        with pytest.raises(Exception, match="municipalities"):
            place_on(pack, code, day)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (_places(successor="99203"), "引き継ぐ"),
        (_places(until="2020-03-30"), "引き継ぐ"),
        ([*_places(), {**ROW, **PLACES[0], "from": "2010-01-01"}], "重なって"),
        ([*_places(), {**ROW, **PLACES[0], "from": "2020-06-01", "until": "2021-01-01"}], "ありません"),
        (_places(code="99-01"), "団体コード"),
        (_places(grade="4-1"), "級地"),
        (_places(zone="VII"), "地区"),
        (_places(until="1999-01-01"), "until"),
    ],
)
def test_places_are_checked_as_a_whole(rows: list[dict[str, Any]], word: str) -> None:
    with pytest.raises(PackError, match=word):
        pack_with(FLAT, component("per_household", "flat"), municipalities=rows)


def test_legal_basis_is_the_one_of_the_day() -> None:
    rows = [
        {"id": "x", "text": "新", "from": "2024-05-27", **ROW},
        {"id": "x", "text": "旧", "until": "2024-05-26", **ROW},
    ]
    pack = pack_with(FLAT, component("per_household", "flat"), legal_basis=rows)
    assert [legal_basis_on(pack, "x", date(2024, 5, day)).text for day in (26, 27)] == ["旧", "新"]
    with pytest.raises(Exception, match="legal_basis"):
        legal_basis_on(pack, "y", date(2024, 5, 1))
    with pytest.raises(PackError, match="重なって"):
        pack_with(FLAT, component("per_household", "flat"), legal_basis=[*rows, {"id": "x", "text": "別", **ROW}])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "per_children"}, "児童の数"),
        ({"ages": "0-17"}, "世帯員の条件"),
        ({"kind": "per_member", "ages": "17-0"}, "ages"),
        ({"kind": "per_member_fact", "fact": "rent", **ROW}, "fact"),
        ({"multiplier": "0.5"}, "分数"),
        ({"reduction": "nowhere"}, "表"),
        ({"reduction": "by_age"}, "逓減率"),
        ({"rounding": {"mode": "ceil", "unit": 0}}, "unit"),
        ({"times_a_year": 0}, "times_a_year"),
        ({"colour": "red"}, "知らない項目"),
    ],
)
def test_faulty_components_are_refused(change: dict[str, Any], word: str) -> None:
    with pytest.raises(PackError, match=word):
        pack_with({**FLAT, **REDUCED}, {**component("per_household", "flat"), **change})


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"switches": [{"name": "moon", "on": True, **ROW}]}, "moon"),
        ({"switches": [{"name": "flat", "on": True, **ROW}] * 2}, "同じ行"),
        ({"need": {"exclusions": [{"id": "x", "components": ["flat"], **ROW}]}}, "二つ以上"),
        ({"need": {"exclusions": [{"id": "x", "components": ["flat", "moon"], **ROW}]}}, "二つ以上"),
        ({"as_of": {"on": "tomorrow", **ROW}}, "日付"),
    ],
)
def test_faulty_rules_around_the_components_are_refused(more: dict[str, Any], word: str) -> None:
    with pytest.raises(PackError, match=word):
        pack_with(FLAT, component("per_household", "flat"), **more)


def test_dated_rows_need_the_day_of_the_pack() -> None:
    with pytest.raises(PackError, match="as_of"):
        pack_with({"dated": DATED}, component("per_household", "dated"))


def test_two_components_of_one_name_are_refused() -> None:
    with pytest.raises(PackError, match="同じ id"):
        pack_with(FLAT, component("per_household", "flat"), component("per_household", "flat"))


def test_the_age_of_asking_is_the_one_of_the_day() -> None:
    rows = [
        {"full_years": 16, "until": "2026-03-31", **ROW},
        {"full_years": 18, "from": "2026-04-01", **ROW},
    ]
    pack = pack_with(FLAT, component("per_household", "flat"), inquiry_age=rows)
    assert [inquiry_age_on(pack, day).full_years for day in (date(2026, 3, 31), date(2026, 4, 1))] == [16, 18]
    assert inquiry_age_on(pack, date(2026, 4, 1)).origin.standing
    with pytest.raises(Exception, match="inquiry_age"):
        inquiry_age_on(replace(pack, inquiry_age=()), date(2026, 4, 1))
    with pytest.raises(Exception, match="期間が重なって"):
        pack_with(FLAT, component("per_household", "flat"), inquiry_age=[*rows, {"full_years": 20, **ROW}])

"""需要額 against published limits and model households.

What proves what: oracle 03's limits are 30 × a whole number − 1, which proves the strict upper boundary and that the monthly
need is a whole yen (not whether the total or each component is rounded).  The decomposition is no proof: 期末一時 and the child
parts were solved from these very limits, so their agreement to the yen is regression only.  Oracle 04's totals were not used to
make the 1-1 rows of 第1類, 第2類 and 冬季Ⅵ: there they are proof; its 母子 rows are regression (their additions were solved).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from domain.rules import Pack, Standing, assess
from domain.rules.assessment.need import annual_total, home_of, measure
from domain.rules.exact import Rounding, RoundingMode
from tests.domain.rules.building import BASE_DATE, family, household, member, oracle

LIMITS = oracle("03_neyagawa_r7_limits")["expected"]
MODELS = oracle("04_old_standard_models")["expected"]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: str(row["ages"]))
def test_proof_published_limits_are_thirty_times_whole_yen_less_one(row: dict[str, Any]) -> None:
    assert (row["published_limit_incl"] + 1) % 30 == 0
    assert (row["published_limit_incl"] + 1) // 30 == row["m_monthly"]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: str(row["ages"]))
def test_regression_limits_come_out_to_the_yen(base: Pack, row: dict[str, Any]) -> None:
    at_limit = assess(base, family(row["ages"], row["published_limit_incl"]))
    above = assess(base, family(row["ages"], row["published_limit_incl"] + 1))
    assert at_limit.monthly_need == row["m_monthly"]
    assert at_limit.category == row["class_at_limit"]
    assert above.category == row["class_at_limit_plus_1"]


def test_regression_child_parts_are_the_solved_ones(base: Pack) -> None:
    derived = oracle("03_neyagawa_r7_limits")["derived"]
    tables = base.tables
    small = (
        tables["housing"].find(("1",)),
        tables["education"].find(("elementary",)),
        tables["lunch"].find(("elementary",)),
    )
    large = tables["education"].find(("junior_high",)), tables["lunch"].find(("junior_high",))
    assert sum(cell.amount for cell in small if cell) == derived["child_part_monthly_elementary"]
    assert sum(cell.amount for cell in large if cell) == derived["child_part_monthly_junior_high"]
    assert all(cell is not None and cell.origin.standing is Standing.DERIVED for cell in (*small, *large))


@pytest.mark.parametrize("row", MODELS, ids=lambda row: f"{row['household']} {row['grade']}")
def test_model_households_of_the_old_standard(base: Pack, row: dict[str, Any]) -> None:
    parts = tuple(part for part in base.need.components if part.id in ("class1", "class2", "winter"))
    rule = replace(base.need, components=parts, monthly_rounding=None)
    case = household(*(member(f"m{i}", age) for i, age in enumerate(row["ages"])), grade=row["grade"])
    annual = annual_total(rule, measure(rule, home_of(case, BASE_DATE)).lines) + 12 * row["additions"]
    rounded = Rounding(RoundingMode.HALF_UP, 10).apply(annual, 12)
    assert rounded == row["rounded_10"]
    assert (rounded == row["published"]) is row["match"]


def test_monthly_total_stays_exact_where_the_pack_does_not_round(base: Pack) -> None:
    exact = replace(base, need=replace(base.need, monthly_rounding=None))
    assert assess(exact, family([40, 35, 14, 9])).monthly_need == 247322 - Fraction(1, 6)


def test_disability_addition_is_for_all_pupils_but_one(sample: Pack) -> None:
    def annual(pupils: int) -> Fraction:
        children = [member(f"c{i}", 9, special_needs=i < pupils) for i in range(3)]
        need = assess(sample, household(member("a", 40), *children)).annual_need
        assert need is not None
        return need

    cell = sample.tables["disability"].find(("1",))
    assert cell is not None
    assert annual(1) == annual(0)
    assert annual(2) - annual(1) == annual(3) - annual(2) == 12 * cell.amount


def test_two_pupils_stop_where_the_addition_is_not_public(base: Pack) -> None:
    case = household(member("a", 40), member("b", 9, special_needs=True), member("c", 14, special_needs=True))
    found = assess(base, case)
    assert found.category is None
    assert [each.name for each in found.missing] == ["disability/1"]
    assert "障害者加算" in found.missing[0].message


def test_each_further_person_adds_the_extra_amount(base: Pack) -> None:
    table = base.tables["class2"]
    four, six = table.find(("1-1", 4)), table.find(("1-1", 6))
    assert four is not None
    assert six is not None
    assert six.amount - four.amount == 2 * table.further[("1-1",)].cell.amount
    assert six.row == "1-1/4+2"


@pytest.mark.parametrize("grade", ["1-1", "1-2", "2-1", "2-2", "3-1", "3-2"])
@pytest.mark.parametrize("zone", range(1, 7))
def test_every_grade_and_zone_has_a_need(base: Pack, grade: str, zone: int) -> None:
    found = assess(base, family([75, 62, 45, 30, 16, 14, 9, 4, 1], grade=grade, zone=zone)).require()
    assert found.annual_need
    assert found.standing is Standing.UNCONFIRMED  # the day ages are taken on is an open question


def test_a_colder_zone_and_a_higher_grade_never_need_less(base: Pack) -> None:
    def need(grade: str, zone: int) -> Fraction:
        found = assess(base, family([40, 35, 9], grade=grade, zone=zone)).annual_need
        assert found is not None
        return found

    by_zone = [need("1-1", zone) for zone in range(1, 7)]
    by_grade = [need(grade, 6) for grade in ("1-1", "1-2", "2-1", "2-2", "3-1", "3-2")]
    assert by_zone == sorted(by_zone, reverse=True)
    assert by_grade == sorted(by_grade, reverse=True)

"""The pages of docs/algorithms and the examples of docs/receipt-format.md are true."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.rules import (
    Disability,
    IncomeAbsence,
    IncomeFacts,
    MemberFacts,
    Pack,
    Reason,
    SchoolStage,
    case_to_json,
)
from domain.rules.cases import HouseholdStatus
from domain.rules.commands.running import DONE, run
from domain.rules.exact import RoundingMode
from domain.rules.standing import Standing
from domain.rules.yearpack.formula import ComponentKind
from domain.rules.yearpack.model import SpecialCase
from tests.domain.rules.building import BASE_DATE, household, member

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "algorithms"
RULE_PAGES = (
    *("need", "income", "ages", "category", "special-cases", "packs", "single-parent", "switches", "as-of", "places"),
    *(
        "accepting",
        "explaining",
        "legal-basis",
        "need-reduction",
        "need-months",
        "need-exclusions",
        "impact",
        "impact-costs",
        "replay",
    ),
)
FORMAT = (ROOT / "docs" / "receipt-format.md").read_text(encoding="utf-8")


def text(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ComponentKind)
def test_every_component_kind_has_a_page(kind: ComponentKind) -> None:
    name = f"need-{kind.value.replace('_', '-')}"
    assert kind.value in text(name)
    assert f"({name}.md)" in text("need")


@pytest.mark.parametrize("name", RULE_PAGES)
def test_every_rule_has_a_page_in_the_index(name: str) -> None:
    assert text(name)
    assert f"({name}.md)" in text("README")


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_pages_have_all_parts_and_name_real_tests(path: Path) -> None:
    if path.stem == "README":
        return
    page = path.read_text(encoding="utf-8")
    for part in ("Inputs", "Order", "Rounding", "Article", "Guarantees"):
        assert f"## {part}\n\n" in page, part
    named = re.findall(r"`(test_\w+)`", page)
    tests = "".join(each.read_text(encoding="utf-8") for each in Path(__file__).parent.glob("test_*.py"))
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_closed_sets_are_explained() -> None:
    assert [each for each in SpecialCase if f"`{each.value}`" not in text("special-cases")] == []
    assert [each for each in Standing if f"`{each.value}` {each.label}" not in text("packs")] == []


def test_rounding_modes_of_the_pack_are_the_documented_ones(base: Pack) -> None:
    assert base.need.monthly_rounding is not None
    assert base.need.monthly_rounding.mode is RoundingMode.HALF_UP
    assert "half-up to 1 円" in text("need")


@pytest.mark.parametrize("command", ["assess"])
def test_examples_give_the_printed_results(command: str) -> None:
    asked, printed = (
        re.search(rf"<!-- {kind}: {command} -->\n```json\n(.*?)```", FORMAT, re.DOTALL)
        for kind in ("example", "result")
    )
    assert asked is not None
    assert printed is not None
    code, answer = run([command], asked.group(1))
    assert code == DONE
    found = json.loads(answer)
    result = {name: value for name, value in found.items() if name not in ("trace", "receipt", "steps", "pack")}
    assert result == json.loads(printed.group(1))


def test_names_of_the_household_format_are_explained() -> None:
    case = household(
        MemberFacts("a", BASE_DATE, IncomeFacts(1, 1, 1, 1, 1, 1, 1), SchoolStage.HIGH, True, True, True, 0),
        replace(member("b", 9, IncomeAbsence.NONE), disability=Disability.GRADE_3, materials_cost=1, commuting_cost=1),
        single_parent=True,
        housing_area="x",
        welfare=True,
    )
    written: Any = case_to_json(case)
    names = {*written, *(name for each in written["members"] for name in each)}
    assert [name for name in sorted(names) if f"`{name}`" not in FORMAT] == []
    for choices in (HouseholdStatus, SchoolStage, Disability, IncomeAbsence, Reason):
        assert [each.value for each in choices if f"`{each.value}`" not in FORMAT] == []


@pytest.mark.parametrize("command", ["receipt"])
def test_names_of_a_receipt_are_explained(command: str) -> None:
    asked = re.search(r"<!-- example: assess -->\n```json\n(.*?)```", FORMAT, re.DOTALL)
    assert asked is not None
    receipt = json.loads(run([command], asked.group(1))[1])
    assert [name for name in {*receipt, *receipt["steps"][0]} if f"`{name}`" not in FORMAT] == []

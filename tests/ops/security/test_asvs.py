"""docs/asvs.md: complete, honest in form, and every test it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "asvs.md"
STATUSES = {"met", "partly", "not met", "n/a"}

# ASVS 5.0.0 numbers that the product sets itself: (chapter and section, from, to).
WANTED = [
    ("1.2", 1, 5), ("1.2", 10, 10), ("1.3", 1, 12), ("1.5", 1, 2), ("2.1", 1, 3), ("2.2", 1, 3), ("2.3", 1, 5), ("2.4", 1, 1),
    ("3.2", 1, 2), ("3.3", 1, 4), ("3.4", 1, 6), ("3.5", 1, 5), ("5.1", 1, 1), ("5.2", 1, 6), ("5.3", 1, 3), ("5.4", 1, 3),
    ("6.1", 1, 1), ("6.1", 3, 3), ("6.2", 1, 12), ("6.3", 1, 8), ("6.4", 1, 4), ("6.4", 6, 6), ("6.5", 1, 6), ("6.5", 8, 8),
    ("6.7", 2, 2), ("7.1", 1, 2), ("7.2", 1, 4), ("7.3", 1, 2), ("7.4", 1, 5), ("7.5", 1, 3), ("8.1", 1, 4), ("8.2", 1, 4),
    ("8.3", 1, 2), ("8.4", 1, 2), ("11.1", 1, 2), ("11.2", 1, 3), ("11.3", 1, 4), ("11.4", 1, 4), ("11.5", 1, 1), ("11.6", 1, 1),
    ("12.1", 1, 2), ("12.2", 1, 1), ("12.3", 1, 4), ("13.2", 1, 5), ("13.3", 1, 2), ("13.3", 4, 4), ("13.4", 1, 5),
    ("14.1", 1, 2), ("14.2", 1, 4), ("14.2", 6, 7), ("14.3", 1, 3), ("15.1", 1, 2), ("15.2", 1, 1), ("15.3", 1, 1),
    ("15.3", 3, 4), ("15.4", 2, 2), ("16.1", 1, 1), ("16.2", 1, 5), ("16.3", 1, 4), ("16.4", 1, 3), ("16.5", 1, 4),
]  # fmt: skip


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)]


def test_one_row_for_each_requirement() -> None:
    wanted = [f"{section}.{n}" for section, first, last in WANTED for n in range(first, last + 1)]
    assert sorted(row[0] for row in rows()) == sorted(wanted)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_says_what_shows_it(row: list[str]) -> None:
    _, requirement, status, tests, remark = row
    assert requirement
    assert status in STATUSES
    assert tests or remark, "neither a test nor a reason"
    if status != "met":
        assert remark, "what is missing?"
    for named in re.findall(r"`([^`]+::[^`]+)`", tests):
        path, _, function = named.partition("::")
        assert function in functions_of(path), named
    for page in re.findall(r"\]\(([^)]+)\)", remark):
        assert (PAGE.parent / page).exists(), page


def test_the_figures_on_top_are_those_of_the_rows() -> None:
    counted = {status: sum(row[2] == status for row in rows()) for status in STATUSES}
    applicable = sum(counted.values()) - counted["n/a"]
    assert (
        f"**{counted['met']} of {applicable} applicable requirements are met, {counted['partly']} partly, "
        f"{counted['not met']} not; {counted['n/a']} do not apply.**"
    ) in PAGE.read_text(encoding="utf-8")


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

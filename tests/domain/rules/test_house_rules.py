"""What the code of the room may not contain: figures, clocks, files, frameworks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.rules import available_packs, load_pack

ROOT = Path(__file__).parents[3]
RULES = ROOT / "domain" / "rules"

NOT_YEN = {
    "domain/rules/yearpack/tables.py": {130: "highest age an open band is expanded to"},
    "domain/rules/payment/grouping.py": {1000: "metres of a kilometre"},
}
"""Reasoned exceptions of domain/rules."""
LENGTHS_AND_COUNTS = (
    "max_length",
    "max_digits",
    "chunk",
    "size",
    "limit",
    "timeout",
    "status",
    "seconds",
    "expires",
    "per_page",
    "width",
)
"""Keyword or constant names, elsewhere in domain/, whose figures are no yen."""


def yen_like(tree: ast.AST, least: int) -> Iterator[ast.Constant]:
    """Integer literals of at least `least` that are no calendar years and no named length or count."""
    excused: set[ast.AST] = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.keyword):
            names = [node.arg or ""]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if any(word in name.lower() for name in names for word in LENGTHS_AND_COUNTS):
            excused |= set(ast.walk(node))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or type(node.value) is not int or node in excused:
            continue
        if node.value >= least and not 1868 <= node.value <= 2100:
            yield node


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.py")), ids=lambda path: path.name)
def test_no_yen_literal_in_the_rules(path: Path) -> None:
    allowed = NOT_YEN.get(path.relative_to(ROOT).as_posix(), {})
    found = [node for node in yen_like(ast.parse(path.read_text(encoding="utf-8")), 100) if node.value not in allowed]
    assert [(node.lineno, node.value) for node in found] == []


def pack_figures() -> set[int]:
    """Amounts of every shipped pack that no one writes for another reason: no multiples of 500."""
    found: set[int] = set()
    for info in available_packs():
        name, overlays = (info.extends[0], (info.name,)) if info.extends else (info.name, ())
        pack = load_pack(name, overlays)
        found |= {cell.amount for table in pack.tables.values() for cell in (*table.cells.values(), *table.later)}
        found |= {cap.annual or 0 for layer in pack.caps.layers for _, cap in layer}
    return {figure for figure in found if figure >= 1000 and figure % 500}


def domain_modules() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted((ROOT / "domain").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_no_figure_of_a_pack_anywhere_in_domain() -> None:
    """Elsewhere a round figure may be a length or a count; no module of domain/ may contain a figure of a pack."""
    figures = pack_figures()
    assert len(figures) > 500
    found = [
        (path.relative_to(ROOT).as_posix(), node.lineno, node.value)
        for path, tree in domain_modules()
        for node in yen_like(tree, 1000)
        if node.value in figures
    ]
    assert found == []


WRITTEN_YEN = re.compile(r"[0-9０-９][0-9０-９,，]+[ 　]*(円|万円|千円|yen)|[0-9０-９][ 　]*(万円|千円)")


def written_yen(tree: ast.AST) -> Iterator[ast.Constant]:
    """Amounts of money spelled out in texts that people or programs read; docstrings explain and are left alone."""
    explained = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    bare = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in explained | bare else None
        if isinstance(node, ast.Constant) and isinstance(text, str) and WRITTEN_YEN.search(text):
            yield node


def test_no_amount_is_spelled_out_in_texts() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), node.lineno, node.value)
        for path, tree in domain_modules()
        for node in written_yen(tree)
    ]
    assert found == []


def test_the_search_for_written_yen_finds_it() -> None:
    source = '"""34,070円"""\nx = "上限は34,070円です"\ny = f"{x} ３４０円"\nz = "0円を下回る"\nw = "円の整数"'
    assert [node.value for node in written_yen(ast.parse(source))] == ["上限は34,070円です", " ３４０円"]


def test_the_search_for_yen_finds_yen() -> None:
    source = "x = 34070\nf(max_length=200)\ny = {'a': 100}\nBATCH_SIZE = 500\nyear = 2025\nz = True"
    assert [node.value for node in yen_like(ast.parse(source), 100)] == [34070, 100]


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.py")), ids=lambda path: path.name)
def test_no_clock_no_float_no_framework(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow", "getenv", "environ"}, node.lineno
        if isinstance(node, ast.Constant):
            assert type(node.value) is not float, node.lineno
        if isinstance(node, ast.Name):
            assert node.id not in {"float", "open"}, node.lineno
        if isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.Div) or path.name in {
                "assessing.py",
                "trace.py",
                "paying.py",
                "files.py",
                "loading.py",
            }


def test_importing_the_rules_pulls_in_no_framework() -> None:
    program = "import sys, domain.rules; print([m for m in sys.modules if m.split('.')[0] in ('django', 'pydantic', 'celery')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.py")), ids=lambda path: path.name)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300

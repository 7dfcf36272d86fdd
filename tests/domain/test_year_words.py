"""Years are told as the offices write them: 令和7年度, never 2025年度."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("audit", "domain", "platform", "tenants")
OF_FILES = {
    Path("domain/rules"): "the rules import nothing of ours; what they refuse is read by those who write packs",
    Path("platform/web/dates.py"): "makes the words",
}


def _western(path: Path) -> list[int]:
    """Lines where a bare value stands before 年度 in a formatted string."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                told = isinstance(after, ast.Constant) and str(after.value).startswith("年度")
                if told and isinstance(value, ast.FormattedValue):
                    lines.append(value.lineno)
    return lines


def _files() -> list[Path]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return [path for path in found if not any((ROOT / left) in (path, *path.parents) for left in OF_FILES)]


def test_no_message_prints_a_western_fiscal_year() -> None:
    files = _files()
    assert len(files) > 300
    bare = {str(path.relative_to(ROOT)): lines for path in files if (lines := _western(path))}
    assert bare == {}


def test_the_walk_sees_a_bare_year(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text('text = f"{year}年度の決定、{fiscal_year_label(year)}の決定"\n', encoding="utf-8")
    assert _western(page) == [1]

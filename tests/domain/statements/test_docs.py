"""docs/statements.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "statements.md"
ROOMS = ("statements", "households", "reports")


def test_the_page_names_real_tests() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    folder = Path(__file__).parents[1]
    tests = "".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (folder / room).glob("test_*.py"))
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in tests] == []

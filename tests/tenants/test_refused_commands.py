"""`manage.py` refuses the libraries' commands that delete, wherever on the line they stand, and knows all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from manage import REFUSED, refuse_deletions

ROOT = Path(__file__).parents[2]
BY_TWO_PEOPLE = {"rotate_keys", "shred_prefecture", "replay_tombstones"}
"""Commands of the product that delete, each on the word of two people (docs/keys.md)."""


@pytest.mark.parametrize(
    "line", [*sorted(REFUSED), "tenant_command flush --schema=p_x", "migrate trail zero", "migrate_schemas trail zero"]
)
def test_a_command_that_deletes_is_refused(line: str) -> None:
    with pytest.raises(SystemExit, match="何も変更していません"):
        refuse_deletions(line.split())


@pytest.mark.parametrize("line", ["upgrade", "rotate_keys scope", "migrate", "otp"])
def test_others_are_not(line: str) -> None:
    refuse_deletions(line.split())


def test_the_command_line_asks() -> None:
    done = subprocess.run([sys.executable, "manage.py", "flush"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "flush は実行できません" in done.stderr


def test_every_command_whose_name_says_that_it_takes_away_is_known() -> None:
    """A library that is brought in or grows may bring another one."""
    words = ("flush", "delete", "clear", "remove", "purge", "prune", "rename", "clone", "destroy", "shred", "drop")
    found = {name for name in get_commands() if any(word in name for word in words)}
    assert found - REFUSED - BY_TWO_PEOPLE == {"sqlflush"}, "sqlflush only shows statements"

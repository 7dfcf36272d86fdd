"""The permission matrix role × page × kind of data, as data: `views.toml`, `titles.toml` and `fields.toml` here.

`tests/platform/accounts/test_matrix.py` compares it with the resolver (a page without a row fails), and with what pages show.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from accounts.permissions import NUMBER_PERMISSIONS, ROLE_PERMISSIONS, Permission
from accounts.roles import Role

FOLDER: Final = Path(__file__).parent
PUBLIC: Final = "public"
NUMBERS: Final = frozenset({"individual_number", "unified_number"})


class Level(StrEnum):
    """How much of a kind of data a role sees."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"

    @property
    def label(self) -> str:
        return {Level.CLEAR: "表示", Level.MASKED: "伏せて表示", Level.HIDDEN: "なし"}[self]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One kind of data. `why`: the reason for the levels, in words."""

    key: str
    label: str
    why: str
    levels: dict[Role, Level]

    def level(self, role: Role) -> Level:
        return self.levels.get(role, Level.HIDDEN)


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One page. `permission` is None for what anybody may open (log-in, enrolment)."""

    host: str
    name: str
    permission: Permission | None
    fields: tuple[str, ...]
    draft: bool = True
    """False where people type what is never kept: passwords, keys, account numbers."""

    @property
    def keeps_drafts(self) -> bool:
        """Whether unsaved input of this page may be kept: never where numbers are, nor before anybody is signed in."""
        if self.permission is None or self.permission in NUMBER_PERMISSIONS or NUMBERS & set(self.fields):
            return False
        return self.draft

    @property
    def roles(self) -> list[Role]:
        return [role for role in Role if self.permission in ROLE_PERMISSIONS[role]]


@lru_cache(maxsize=1)
def fields() -> dict[str, FieldRow]:
    rows = tomllib.loads((FOLDER / "fields.toml").read_text(encoding="utf-8"))
    return {key: _field(key, row) for key, row in rows.items()}


def _field(key: str, row: dict[str, str]) -> FieldRow:
    levels = {Role(name): Level(level) for name, level in row.items() if name not in ("label", "why")}
    return FieldRow(key, row["label"], row["why"], levels)


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """What people call each page of a prefecture's host, by its address name (`titles.toml`)."""
    return tomllib.loads((FOLDER / "titles.toml").read_text(encoding="utf-8"))


def title_of(page: str) -> str:
    """What people call the page; of one that is gone (an old window or request names it), its address name."""
    return titles().get(page, page)


@lru_cache(maxsize=1)
def views() -> list[ViewRow]:
    hosts = tomllib.loads((FOLDER / "views.toml").read_text(encoding="utf-8"))
    return [
        ViewRow(
            host,
            name,
            None if row["permission"] == PUBLIC else Permission(row["permission"]),
            tuple(row["fields"]),
            row.get("draft", True),
        )
        for host, rows in hosts.items()
        for name, row in rows.items()
    ]


def row_of(host: str, name: str) -> ViewRow | None:
    """The row of a page by its address name; None for a page the matrix does not know."""
    return _by_name().get((host, name))


@lru_cache(maxsize=1)
def _by_name() -> dict[tuple[str, str], ViewRow]:
    return {(row.host, row.name): row for row in views()}

"""A revision's content as rows: pure functions from one content to the next. The structure is that of an overlay's TOML.

Each row names its source by a key of [sources] and stands as `operator`; `article` (根拠条文) may be left out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.rules.canonical import canonical

Content = dict[str, Any]
LISTS = ("rates", "caps", "special", "welfare_pay", "institution_pay", "inquiry_age", "accepted")
VALUES = {
    "rates": frozenset({"not_covered", "source", "standing", "article"}),
    "caps": frozenset({"annual", "no_cap", "on", "source", "standing", "article"}),
    "special": frozenset({"action", "category", "source", "standing", "article"}),
    "welfare_pay": frozenset({"pays", "source", "standing", "article"}),
    "institution_pay": frozenset({"pays", "source", "standing", "article"}),
    "inquiry_age": frozenset({"full_years", "source", "standing", "article"}),
    "accepted": frozenset({"reason", "by", "on"}),
}
"""Names of a row that say what is true; all others say for whom (its key). Rates have one name more per ledger."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a figure comes from: words of the source, and the article (may be empty)."""

    source: str
    article: str = ""


def empty(title: str, fiscal_year: int, base: str) -> Content:
    """Content of a new revision."""
    return {"pack": {"title": title, "fiscal_year": fiscal_year, "extends": [base]}, "sources": {}}


def is_empty(content: Mapping[str, Any]) -> bool:
    """Whether it says nothing about any figure."""
    return not set(content) - {"pack", "sources"}


def put_row(
    content: Content, section: str, row: Mapping[str, Any], basis: Basis, ledgers: Sequence[str] = ()
) -> Content:
    """With a row of a list section; a row of the same key is replaced."""
    made = copy.deepcopy(content)
    full = {**row, **_origin(made, basis)}
    key = key_of(section, full, ledgers)
    rows = [each for each in made.get(section, []) if key_of(section, each, ledgers) != key]
    made[section] = [*rows, full]
    return _tidy(made)


def put_cell(content: Content, table: str, leading: Mapping[str, str], cell: str, amount: int, basis: Basis) -> Content:
    """With one amount (円) of a table; an amount of the same leading keys and cell is replaced."""
    made = _without_cell(copy.deepcopy(content), table, leading, cell)
    rows = made.setdefault("tables", {}).setdefault(table, {}).setdefault("rows", [])
    rows.append({**leading, "cells": {cell: amount}, **_origin(made, basis)})
    return _tidy(made)


def accept(content: Content, names: Sequence[str], reason: str, by: str, on: str) -> Content:
    """With unconfirmed rows accepted: who, when (ISO date), why. Accepting again replaces."""
    made = copy.deepcopy(content)
    rows = [each for each in made.get("accepted", []) if each["row"] not in names]
    made["accepted"] = [*rows, *({"row": name, "reason": reason, "by": by, "on": on} for name in names)]
    return made


def remove(content: Content, key: bytes, ledgers: Sequence[str] = ()) -> Content:
    """Without the own row of this key (`own_rows`); unchanged when there is none."""
    made = copy.deepcopy(content)
    for section in LISTS:
        if section in made:
            made[section] = [row for row in made[section] if key_of(section, row, ledgers) != key]
    for table in list(made.get("tables", {})):
        for row in list(made["tables"][table]["rows"]):
            leading = _leading(row)
            for cell in list(row["cells"]):
                if cell_key(table, leading, cell) == key:
                    made = _without_cell(made, table, leading, cell)
    return _tidy(made)


def key_of(section: str, row: Mapping[str, Any], ledgers: Sequence[str] = ()) -> bytes:
    """What a row is for, as bytes that are equal for equal keys."""
    values = VALUES[section] | (set(ledgers) if section == "rates" else set())
    named = {
        name: sorted(value) if _is_set(name, value) else value for name, value in row.items() if name not in values
    }
    return canonical([section, named])


def cell_key(table: str, leading: Mapping[str, str], cell: str) -> bytes:
    """As `key_of`, for one amount of a table."""
    return canonical(["tables", table, dict(leading), cell])


def _is_set(name: str, value: object) -> bool:
    return isinstance(value, list) and name != "counts"


def _leading(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if name not in ("cells", "source", "standing", "article")}


def _without_cell(made: Content, table: str, leading: Mapping[str, str], cell: str) -> Content:
    rows = made.get("tables", {}).get(table, {}).get("rows", [])
    for row in rows:
        if _leading(row) == dict(leading):
            row["cells"].pop(cell, None)
    return made


def _origin(made: Content, basis: Basis) -> dict[str, str]:
    """`source` as a key of [sources], made where the words are new."""
    sources: dict[str, str] = made.setdefault("sources", {})
    key = next((key for key, words in sources.items() if words == basis.source), "")
    if not key:
        taken = set(sources)
        key = next(name for name in (f"s{number}" for number in range(1, len(taken) + 2)) if name not in taken)
        sources[key] = basis.source
    origin = {"source": key, "standing": "operator"}
    return origin | ({"article": basis.article} if basis.article else {})


def _tidy(made: Content) -> Content:
    """Without empty rows, sections and sources that no row names."""
    tables = made.get("tables", {})
    for table in list(tables):
        tables[table]["rows"] = [row for row in tables[table]["rows"] if row["cells"]]
        if not tables[table]["rows"]:
            del tables[table]
    for section in [*LISTS, "tables"]:
        if section in made and not made[section]:
            del made[section]
    used = set(_sources_in({name: part for name, part in made.items() if name != "sources"}))
    made["sources"] = {key: words for key, words in made.get("sources", {}).items() if key in used}
    return made


def _sources_in(part: object) -> list[str]:
    if isinstance(part, Mapping):
        named = part.get("source")
        inner = [source for value in part.values() for source in _sources_in(value)]
        return [named, *inner] if isinstance(named, str) else inner
    if isinstance(part, list):
        return [source for value in part for source in _sources_in(value)]
    return []

"""Small packs for tests of the formula: one table or two, figures that are easy to add up in the head."""

from __future__ import annotations

import copy
from typing import Any

from domain.rules import HouseholdCase, Pack, assess
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack

RAW: dict[str, Any] = read_folder(FOLDER / "R07-former-standard")
NAME = "R07-former-standard"
ROW = {"source": "test", "standing": "operator"}


def table(keys: list[str], *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A table of operator rows."""
    return {"title": "表", "keys": keys, "rows": [{**ROW, **row} for row in rows], **more}


def component(kind: str, of: str = "", **more: Any) -> dict[str, Any]:
    """A component named like its table."""
    own = {"table": of} if of else ROW
    times = {} if "months" in more else {"times_a_year": 12}
    return {"id": of or str(more["fact"]), "title": "要素", "kind": kind, **own, **times, **more}


def raw_with(tables: dict[str, Any], *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The base pack with another need, exact to the fraction."""
    raw: dict[str, Any] = copy.deepcopy(RAW)
    raw["sources"]["test"] = "試験"
    raw["tables"] |= tables
    raw["need"] = {"title": "試験", "components": list(components), **ROW, **more.pop("need", {})}
    return {**raw, **more}


def pack_with(tables: dict[str, Any], *components: dict[str, Any], **more: Any) -> Pack:
    """As `raw_with`, loaded."""
    return build_pack(NAME, {NAME: raw_with(tables, *components, **more)})


def monthly(pack: Pack, case: HouseholdCase) -> str:
    """需要額(月額) as it is written."""
    found = assess(pack, case)
    assert not found.missing, found.missing
    return str(found.monthly_need)

"""Tables of a pack: rows keyed by several keys, each cell with its source and standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.rules.cases import GRADES, ZONES, SchoolStage
from domain.rules.standing import Standing

OLDEST = 130
"""Highest age an open age band is expanded to."""

LEVELS = ("1", "2", "3")
KEY_TITLES = {"grade": "級地", "level": "級地(級)", "zone": "地区", "stage": "学種", "age": "年齢", "size": "世帯人員"}
Key = str | int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: source text, standing, article (根拠条文, may be empty)."""

    source: str
    standing: Standing
    article: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount (円) of a table; `row` is its printed key."""

    table: str
    row: str
    amount: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Further:
    """Amount for each person beyond the largest household size listed."""

    beyond: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by key tuple in the order of `keys`; `further` holds the each-further-person cells by the leading keys."""

    name: str
    title: str
    keys: tuple[str, ...]
    cells: Mapping[tuple[Key, ...], Cell]
    further: Mapping[tuple[Key, ...], Further]

    def find(self, key: tuple[Key, ...]) -> Cell | None:
        """The cell for `key`, or None when the pack does not have it."""
        cell = self.cells.get(key)
        if cell is not None or not self.further:
            return cell
        further, size = self.further.get(key[:-1]), key[-1]
        if further is None or not isinstance(size, int) or size <= further.beyond:
            return None
        base = self.cells[(*key[:-1], further.beyond)]
        more = size - further.beyond
        return replace(base, row=f"{base.row}+{more}", amount=base.amount + more * further.cell.amount)

    def describe(self, key: tuple[Key, ...]) -> str:
        """Japanese name of the row `key`, whether or not it exists."""
        parts = "・".join(f"{KEY_TITLES[name]} {value}" for name, value in zip(self.keys, key, strict=True))
        return f"{self.title}[{parts}]" if parts else self.title


def expand_key(name: str, text: str) -> list[Key]:
    """Every single key value a written one stands for: "6-11" → 6..11, "70-" → 70..OLDEST; ValueError if senseless."""
    if name == "age":
        low, dash, high = text.partition("-")
        first, last = int(low), int(high) if high else OLDEST if dash else int(low)
        if first > last:
            raise ValueError(text)
        return list(range(first, last + 1))
    if name in ("size", "zone"):
        number = int(text)
        if number < 1 or (name == "zone" and number not in ZONES):
            raise ValueError(text)
        return [number]
    allowed: dict[str, tuple[str, ...]] = {
        "grade": GRADES,
        "level": LEVELS,
        "stage": tuple(stage.value for stage in SchoolStage),
    }
    if text not in allowed[name]:
        raise ValueError(text)
    return [text]

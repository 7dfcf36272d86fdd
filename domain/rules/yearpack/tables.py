"""Tables of a pack: rows keyed by several keys, each cell with its source and standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.rules.cases import GRADES, ZONES, Disability, SchoolStage
from domain.rules.standing import Standing

OLDEST = 130
"""Highest age an open age band is expanded to."""

MOST_PEOPLE = 40
"""Largest household an open band of sizes is expanded to."""

LEVELS = ("1", "2", "3")
KEY_TITLES = {
    "grade": "級地",
    "level": "級地(級)",
    "zone": "地区",
    "area": "都道府県・市",
    "stage": "学種",
    "disability": "障害の程度",
    "age": "年齢",
    "size": "世帯人員",
    "children": "児童の数",
}
PERSONAL = frozenset({"age", "stage", "disability"})
"""Keys that only a member has."""
COUNTED = frozenset({"size", "children"})
"""Keys a table may go beyond with an amount for each further person ("+")."""
ANY = "*"
Key = str | int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The board's word for an unconfirmed row: why, who, when."""

    reason: str
    by: str
    on: date

    def to_json(self) -> dict[str, str]:
        """Plain mapping for receipts."""
        return {"reason": self.reason, "by": self.by, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: source text, standing, article (根拠条文, may be empty).

    `accepted`: the board has taken an unconfirmed row as its own; the standing is then `operator`.
    """

    source: str
    standing: Standing
    article: str = ""
    accepted: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount (円) of a table; `row` is its printed key, with the day it holds from where the law gives one."""

    table: str
    row: str
    amount: int
    origin: Origin

    @property
    def name(self) -> str:
        """Name of the row in the whole pack."""
        return f"{self.table}/{self.row}"


@dataclass(frozen=True, slots=True)
class Further:
    """Amount for each person beyond the largest household size listed."""

    beyond: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by key tuple in the order of `keys`; `further` holds the each-further-person cells by the leading keys.

    `parts`: what one unit of the figures is a part of (100 = percent), 1 for 円 and months.  `later`: rows whose day of
    entry into force lies after the version the pack reads; kept to be shown, never read.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    cells: Mapping[tuple[Key, ...], Cell]
    further: Mapping[tuple[Key, ...], Further]
    parts: int = 1
    later: tuple[Cell, ...] = ()

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
    """Every single key value a written one stands for: "6-11" → 6..11, "70-" → 70..OLDEST, "*" → all of a closed list.

    ValueError if senseless.
    """
    if name in NUMBERS:
        return list(_numbers(text, *NUMBERS[name]))
    if name == "area":
        return [text]
    allowed = CLOSED[name]
    if text == ANY:
        return list(allowed)
    if text not in allowed:
        raise ValueError(text)
    return [text]


NUMBERS = {"age": (0, OLDEST), "size": (1, MOST_PEOPLE), "children": (1, MOST_PEOPLE), "zone": (ZONES[0], ZONES[-1])}
CLOSED: dict[str, tuple[str, ...]] = {
    "grade": GRADES,
    "level": LEVELS,
    "stage": tuple(stage.value for stage in SchoolStage),
    "disability": tuple(each.value for each in Disability if each is not Disability.NONE),
}


def _numbers(text: str, least: int, most: int) -> range:
    if text == ANY:
        return range(least, most + 1)
    low, dash, high = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= len(str(most)) for part in (low, high or low)):
        raise ValueError(text)
    first, last = int(low), int(high) if high else most if dash else int(low)
    if first > last or first < least or last > most:
        raise ValueError(text)
    return range(first, last + 1)

"""The run before beside this one: by item, and by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.payments.causes import in_words
from domain.payments.items import Items


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One 経費項目 of a round; `amounts` by ledger; `difference` to the run before, None where there was none. 円"""

    title: str
    pupils: int
    amounts: list[int]
    total: int
    difference: int | None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Pupils whose payment changed since the run before, by cause. 円"""

    title: str
    pupils: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def item_rows(
    items: Items, now: Mapping[str, Any], before: Mapping[str, Any] | None, names: Sequence[str]
) -> list[ItemRow]:
    """Items of either run in display order; `now` and `before` as `figures` keeps them."""
    old = before["items"] if before else {}
    codes = [*items.known, *now["items"], *old]
    shown = [code for code in dict.fromkeys(codes) if code in now["items"] or code in old]
    return [
        _item_row(items.title(code), now["items"].get(code), old.get(code), names, compared=bool(before))
        for code in shown
    ]


def cause_rows(causes: Sequence[Mapping[str, Any]]) -> list[CauseRow]:
    return [CauseRow(in_words(each["causes"]), each["pupils"], each["before"], each["after"]) for each in causes]


def _item_row(
    title: str, now: Mapping[str, Any] | None, old: Mapping[str, Any] | None, names: Sequence[str], *, compared: bool
) -> ItemRow:
    new = now or {"pupils": 0, "ledgers": {}, "total": 0}
    before = old["total"] if old else 0
    amounts = [new["ledgers"].get(name, 0) for name in names]
    return ItemRow(title, new["pupils"], amounts, new["total"], new["total"] - before if compared else None)

"""経費項目 of a year, as the rules name them, and the 年度定義 (packs) a round of the year may use."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from domain.payments.errors import PackUnknown
from domain.rules import ExpenseItem, PackInfo, available_packs, load_pack


def base_packs(fiscal_year: int) -> list[PackInfo]:
    """The packs of a year, without overlays."""
    return [pack for pack in available_packs() if pack.fiscal_year == fiscal_year and not pack.extends]


@lru_cache(maxsize=8)
def items_of(fiscal_year: int) -> Mapping[str, ExpenseItem]:
    """By code, in display order. Raises PackUnknown."""
    packs = base_packs(fiscal_year)
    if not packs:
        raise PackUnknown(fiscal_year)
    items = load_pack(packs[0].name).items.values()
    return {item.code: item for item in sorted(items, key=lambda item: item.order)}


def payable_items(fiscal_year: int) -> Mapping[str, ExpenseItem]:
    """Items a pupil of a 特別支援学校 may have: without those of 特別支援学級 only. Raises PackUnknown."""
    return {code: item for code, item in items_of(fiscal_year).items() if not item.class_only}


@lru_cache(maxsize=8)
def codes_by_title(fiscal_year: int) -> Mapping[str, str]:
    """Code of each item by its name without width and spaces, as the expenses sheet gives it."""
    return {_folded(item.title): item.code for item in items_of(fiscal_year).values()}


def title_of(fiscal_year: int, code: str) -> str:
    """Japanese name of an item; the code itself where the year does not know it."""
    item = items_of(fiscal_year).get(code)
    return item.title if item else code


def _folded(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split())

"""What was typed for a row, into the content: from a form or from a workbook, by the same way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from domain.rules.exact import parse_fraction
from domain.yearpacks.content import Basis, Content, put_cell, put_row
from domain.yearpacks.lacking import Row

UNKNOWN = "?"
AGES = re.compile(r"\d{1,3}(?:-(?:\d{1,3})?)?")


class Unreadable(Exception):
    """`field` is the name of the entry; the message says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def fraction_text(typed: str, field: str) -> str:
    """ "1/2", "1", "0" as a pack writes it; "" for blank. Wide digits are fine. Raises Unreadable."""
    text = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("⁄", "/")
    if text in ("", UNKNOWN):
        return ""
    try:
        share = parse_fraction(text)
    except ValueError:
        raise Unreadable(field, "割合は、1、1/2、0 のような整数か分数で入力してください。") from None
    if share > 1:
        raise Unreadable(field, "割合は1以下にしてください（例: 1/2）。")
    return str(share)


def rate_values(shares: Mapping[str, Sequence[str]], not_covered: bool) -> dict[str, Any]:
    """Values of a row of rates. A category of which nothing was typed stays absent; beside a typed ledger blank is 0.

    `shares`: ledger → what was typed for Ⅰ, Ⅱ, Ⅲ (`fraction_text`). Raises Unreadable.
    """
    typed = any(any(texts) for texts in shares.values())
    if not_covered:
        if typed:
            raise Unreadable("not_covered", "対象外とするときは、割合を空欄にしてください。")
        return {"not_covered": True}
    if not typed:
        raise Unreadable("", "割合を入力するか、対象外を選んでください。")
    known = [any(texts[place] for texts in shares.values()) for place in range(3)]
    return {
        ledger: [(texts[place] or "0") if known[place] else UNKNOWN for place in range(3)]
        for ledger, texts in shares.items()
        if any(texts)
    }


def cap_values(annual: int | None, no_cap: bool, on: str) -> dict[str, Any]:
    """Values of a row of caps. Raises Unreadable."""
    if no_cap:
        if annual is not None:
            raise Unreadable("annual", "限度額なしのときは、年額を空欄にしてください。")
        return {"no_cap": True}
    if annual is None:
        raise Unreadable("annual", "年額を円で入力するか、限度額なしを選んでください。")
    return {"annual": annual, "on": on or "expense"}


def special_values(action: str, category: int | None) -> dict[str, Any]:
    """Values of a row of special cases. Raises Unreadable."""
    if action == "category" and category is None:
        raise Unreadable("category", "定める区分（Ⅰ・Ⅱ・Ⅲ）を選んでください。")
    if action != "category" and category is not None:
        raise Unreadable("category", "区分は「区分を定める」のときだけ選んでください。")
    return {"action": action} | ({"category": category} if category is not None else {})


def age_range(typed: str) -> str:
    """The written range of a table's last key: 6, 6-11, 70-. Raises Unreadable."""
    text = unicodedata.normalize("NFKC", typed).replace("〜", "-").replace("~", "-").strip()
    if not AGES.fullmatch(text):
        raise Unreadable("cell", "6-11、70- のように入力してください。")
    first, _, last = text.partition("-")
    if last and int(last) < int(first):
        raise Unreadable("cell", f"小さい年齢を先に、{int(last)}-{int(first)} のように入力してください。")
    return text


def fill(content: Content, row: Row, values: Mapping[str, Any], basis: Basis, ledgers: Sequence[str]) -> Content:
    """The content with the row filled; an own row for the same cases is replaced."""
    if row.section == "tables":
        key = row.key
        return put_cell(content, key["table"], key["leading"], key["cell"], int(values["amount"]), basis)
    return put_row(content, row.section, {**row.key, **values}, basis, ledgers)

"""なぜこの支給額か: a receipt of a payment (kubun-receipt/1) as lines that unfold, in plain Japanese."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.rules import Component, Standing
from domain.rules.explained import accepted_text
from domain.rules.payment.wording import PURPOSES, Ledgers, Step, Titles, how_paid, status_text
from web.components import ReceiptLine
from web.dates import to_wareki


@dataclass(frozen=True, slots=True)
class Part:
    """One item of the receipt; `total` 円 of all its months."""

    title: str
    total: int
    lines: Sequence[ReceiptLine]


def parts(receipt: Mapping[str, Any], titles: Titles, ledgers: Ledgers) -> list[Part]:
    """By item, in the order of the receipt's steps, each month's calculation below it."""
    by_item: dict[str, list[Step]] = {}
    for step in receipt.get("steps", ()):
        by_item.setdefault(step["item"], []).append(step)
    return [
        Part(titles(item), sum(step["paid"] for step in steps), [_line(step, titles, ledgers) for step in steps])
        for item, steps in by_item.items()
    ]


def held(receipt: Mapping[str, Any], titles: Titles) -> list[tuple[str, str]]:
    """保留: 「項目 月」 and why, for each group of expenses that could not be computed."""
    result = receipt.get("result") or {}
    reasons = {each["name"]: each["message"] for each in result.get("missing", ())}
    return [
        (f"{titles(each['item'])} {month_text(each['month'])}", reasons.get(each["row"], each["row"]))
        for each in result.get("stopped", ())
    ]


def month_text(month: str) -> str:
    """「2025-06」 → 令和7年6月."""
    day = datetime.date.fromisoformat(f"{month}-01")
    return to_wareki(day).removesuffix("1日")


def _line(step: Step, titles: Titles, ledgers: Ledgers) -> ReceiptLine:
    purpose = PURPOSES.get(step["purpose"], "")
    label = "　".join(part for part in (month_text(step["month"]), purpose, status_text(step)) if part)
    return ReceiptLine(label, step["paid"], "。".join(how_paid(step, titles, ledgers)), "", list(_grounds(step)))


def _grounds(step: Step) -> Iterator[ReceiptLine]:
    """根拠: each row used with its article, source and how firm it is."""
    for row in step["rows"]:
        words = [Component(row["component"]).label, row["article"], row["source"]]
        accepted = accepted_text(row)
        sure = f"確かさ {Standing(row['standing']).label}" + (f"　{accepted}" if accepted else "")
        yield ReceiptLine("根拠", None, "　".join(word for word in words if word), sure)

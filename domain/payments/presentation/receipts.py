"""なぜこの支給額か: a receipt of a payment (kubun-receipt/1) as lines that unfold, in plain Japanese."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.rules import Component, Department, Standing, Unpaid
from web.components import ReceiptLine
from web.dates import to_wareki

Step = Mapping[str, Any]
Titles = Callable[[str], str]
"""Code of an item → its name."""
Ledgers = Mapping[str, str]
"""Name of a ledger → its title, in the order of the round."""

PURPOSES = {"accompanying": "付添中", "fetching": "付添いのため"}


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
    label = "　".join(part for part in (month_text(step["month"]), purpose, _status(step)) if part)
    return ReceiptLine(label, step["paid"], "。".join(_how(step, titles, ledgers)), "", list(_grounds(step)))


def _status(step: Step) -> str:
    if step["department"] is None:
        return ""
    category = f"・区分{'ⅠⅡⅢ'[step['category'] - 1]}" if step["category"] else ""
    return f"{Department(step['department']).label}{step['grade']}年{category}"


def _how(step: Step, titles: Titles, ledgers: Ledgers) -> Iterator[str]:
    """From the expense to the ledgers, each step with its figures."""
    if step["rolled_from"]:
        yield f"{titles(step['rolled_from'])}の限度額を超えた分 {step['expense']:,}円"
    else:
        yield f"使用額 {step['expense']:,}円（{len(step['expenses'])}件）"
    yield from (f"自家用車 {row['value'].partition(': ')[2]}" for row in step["rows"] if row["component"] == "own_car")
    if any(row["component"] == "before_entry" for row in step["rows"]):
        yield "就学前に購入（就学前支給）"
    if step["deducted"]:
        yield f"他の制度の支給 {step['deducted']:,}円を差引き"
    if step["unpaid"] and step["rate"] is None:
        yield f"支給なし：{Unpaid(step['unpaid']).label}"
        return
    if step["cap"]:
        yield from _cap(step)
    shares = "＋".join(f"{ledgers[name]} {share_text(share)}" for name, share in _shares(step, ledgers))
    paid = "、".join(f"{ledgers[name]} {step['ledgers'][name]:,}円" for name, _ in _shares(step, ledgers))
    yield f"支給割合 {shares or '0'}"
    if step["unpaid"]:
        yield f"支給なし：{Unpaid(step['unpaid']).label}"
    elif paid:
        yield paid
    if step["rolled"]:
        yield f"限度額を超えた {step['rolled']:,}円は別の経費項目へ"


def _cap(step: Step) -> Iterator[str]:
    cap = step["cap"]
    if cap["none"]:
        return
    basis = "使用額" if cap["on"] == "expense" else "支給額"
    left = max(0, cap["annual"] - step["used_before"])
    used = f"、これまでに {step['used_before']:,}円" if step["used_before"] else ""
    yield f"限度額 年{cap['annual']:,}円（{basis}に対して{used}、残り {left:,}円）"
    if step["eligible"] != step["expense"] - step["deducted"]:
        yield f"対象額 {step['eligible']:,}円"


def _shares(step: Step, ledgers: Ledgers) -> list[tuple[str, str]]:
    rate = step["rate"] or {}
    return [(name, rate[name]) for name in ledgers if rate.get(name, "0") != "0"]


def share_text(share: str) -> str:
    """「1」 → 全額, 「1/2」 → 2分の1."""
    if share == "1":
        return "全額"
    numerator, _, denominator = share.partition("/")
    return f"{denominator}分の{numerator}" if denominator else share


def _grounds(step: Step) -> Iterator[ReceiptLine]:
    """根拠: each row used with its article, source and how firm it is."""
    for row in step["rows"]:
        words = [Component(row["component"]).label, row["article"], row["source"]]
        sure = f"確かさ {Standing(row['standing']).label}"
        yield ReceiptLine("根拠", None, "　".join(word for word in words if word), sure)

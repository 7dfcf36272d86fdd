"""How a step of a payment's receipt is told: from the expense to the ledgers, each with its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.rules.payment.groups import Unpaid
from domain.rules.payment_cases import Department

Step = Mapping[str, Any]
Titles = Callable[[str], str]
"""Code of an item → its name."""
Ledgers = Mapping[str, str]
"""Name of a ledger → its title, in the order of the pack."""

PURPOSES = {"accompanying": "付添中", "fetching": "付添いのため"}


def status_text(step: Step) -> str:
    """小学部3年・区分Ⅱ; "" where no status is known."""
    if step["department"] is None:
        return ""
    category = f"・区分{roman(step['category'])}" if step["category"] else ""
    return f"{Department(step['department']).label}{step['grade']}年{category}"


def roman(category: int) -> str:
    """Ⅰ, Ⅱ or Ⅲ."""
    return "ⅠⅡⅢ"[category - 1]


def how_paid(step: Step, titles: Titles, ledgers: Ledgers) -> Iterator[str]:
    """Sentences without their full stop."""
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
    """ "1" → 全額, "1/2" → 2分の1."""
    if share == "1":
        return "全額"
    numerator, _, denominator = share.partition("/")
    return f"{denominator}分の{numerator}" if denominator else share

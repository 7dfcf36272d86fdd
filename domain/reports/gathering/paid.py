"""What the receipt of a payment says of one item: how the amount came to be, and the cap of the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from domain.reports.wording import share_text
from domain.rules import Unpaid

Step = Mapping[str, Any]


def by_item(steps: Iterable[Step]) -> dict[str, list[Step]]:
    """The steps of a receipt by 経費項目."""
    items: dict[str, list[Step]] = {}
    for step in steps:
        items.setdefault(step["item"], []).append(step)
    return items


def how_paid(steps: Sequence[Step], ledger: str, spent: int, eligible: int) -> str:
    """使用額の2分の1; with a cap 対象額 6,000円の全額（限度額 年10,000円）. Shares in the order of the months."""
    shares = dict.fromkeys(Fraction(step["rate"][ledger]) for step in steps if step["ledgers"].get(ledger))
    if not shares:
        return unpaid_reason(steps)
    base = "使用額" if eligible == spent else f"対象額 {eligible:,}円"
    text = base + "・".join(share_text(share) for share in shares)
    cap = cap_of(steps)
    return f"{text}（限度額 年{cap:,}円）" if cap is not None and eligible != spent else text


def unpaid_reason(steps: Iterable[Step]) -> str:
    """支給対象外, 限度額に達している, …: why nothing is paid."""
    reasons = dict.fromkeys(step["unpaid"] for step in steps if step["unpaid"])
    return "、".join(Unpaid(reason).label for reason in reasons)


def cap_of(steps: Iterable[Step]) -> int | None:
    """限度額 of the year in 円; None where the rules say that there is none."""
    caps = [step["cap"]["annual"] for step in steps if step["cap"]]
    return caps[-1] if caps else None

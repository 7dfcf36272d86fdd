"""A payment told to a guardian: sentences without terms of the trade, each with the yen it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol

from domain.rules.payment.groups import Component, Unpaid
from domain.rules.payment.wording import PURPOSES, Step, share_text


class Called(Protocol):
    """What codes are called (`explaining.Words`)."""

    def item(self, code: str) -> str:
        """Name of an item."""

    def month(self, text: str) -> str:
        """A month in words."""


def plain(receipt: Mapping[str, Any], total: int, words: Called) -> Iterator[str]:
    """What is paid in all, then month by month how it came to be, then what is not in it."""
    yield whole(total)
    yield from only_differences(receipt)
    for step in receipt["steps"]:
        yield told(step, words)
    for line in receipt.get("settlement", ()):
        yield settled(line, words)
    yield from waiting(receipt["result"], words)


def whole(total: int) -> str:
    """What is paid in all."""
    return f"今回の就学奨励費の支給額は、{total:,}円です。"


def only_differences(receipt: Mapping[str, Any]) -> Iterator[str]:
    """Where nothing but 追給・戻入 is paid."""
    if receipt.get("settlement") and not receipt["steps"]:
        yield "前に支給した額と正しい額との差だけの支給です。"


def waiting(result: Mapping[str, Any], words: Called) -> Iterator[str]:
    """What is not in it."""
    of = dict.fromkeys(f"{words.month(each['month'])}の{words.item(each['item'])}" for each in result["stopped"])
    if of:
        yield f"{'、'.join(of)}は、学校または教育委員会が確かめているため、今回の額に入っていません。"


def told(step: Step, words: Called) -> str:
    """6月の学校給食費は、使った額5,000円の2分の1で、2,500円です。"""
    purpose = PURPOSES.get(step["purpose"], "")
    about = f"{words.item(step['item'])}（{purpose}）" if purpose else words.item(step["item"])
    return f"{words.month(step['month'])}の{about}は、{how(step, words)}"


def how(step: Step, words: Called) -> str:
    """使った額5,000円の2分の1で、2,500円です。"""
    used = f"{_used(step, words)}{step['expense']:,}円"
    if step["unpaid"]:
        return f"{used}に対して、支給はありません（{_why_nothing(step)}）。"
    net = step["expense"] - step["deducted"]
    if step["deducted"]:
        used += f"から、ほかの制度で支給された{step['deducted']:,}円を引いた{net:,}円"
    if step["eligible"] != net:
        used += f"のうち、{_limit(step)}{step['eligible']:,}円が対象で、その"
    else:
        used += "の"
    rolled = f"限度額を超えた{step['rolled']:,}円は、別の項目として計算します。" if step["rolled"] else ""
    return f"{used}{share(step)}{_why_less(step)}で、{step['paid']:,}円です。{rolled}"


def _why_nothing(step: Step) -> str:
    if step["unpaid"] == Unpaid.CAP_REACHED:
        return f"1年の限度額{step['cap']['annual']:,}円に達している"
    return Unpaid(step["unpaid"]).label


def _used(step: Step, words: Called) -> str:
    if step["rolled_from"]:
        return f"{words.item(step['rolled_from'])}の限度額を超えた"
    used = {row["component"] for row in step["rows"]}
    if Component.OWN_CAR.value in used:
        return "使った額（自家用車は距離から計算した額）"
    return "就学前に使った額" if Component.BEFORE_ENTRY.value in used else "使った額"


def _limit(step: Step) -> str:
    """1年の限度額10,000円のうち、これまでに使った4,000円を除いた."""
    limit = f"1年の限度額{step['cap']['annual']:,}円"
    if not step["used_before"]:
        return f"{limit}までの"
    return f"{limit}からこれまでの{step['used_before']:,}円を引いた"


def share(step: Step) -> str:
    """全額 or 2分の1, all ledgers together."""
    whole = whole_share(step)
    return share_text(str(whole))


def whole_share(step: Step) -> Fraction:
    """Share that the ledgers pay together."""
    return sum((Fraction(part) for name, part in step["rate"].items() if name != "row"), Fraction(0))


def _why_less(step: Step) -> str:
    """Why what is paid is not the bare share: the limit on what is paid, or rounding."""
    exact = step["eligible"] * whole_share(step)
    if exact == step["paid"]:
        return ""
    cap = step["cap"]
    if (
        cap
        and cap["on"] == "payment"
        and not cap["none"]
        and step["paid"] == max(0, cap["annual"] - step["used_before"])
    ):
        before = f"、これまでに{step['used_before']:,}円" if step["used_before"] else ""
        return f"（支給額の限度額 年{cap['annual']:,}円{before}）"
    rounding = next((row["value"] for row in step["rows"] if row["component"] == Component.ROUNDING.value), "")
    return f"（{rounding}）" if rounding else ""


def settled(line: Mapping[str, Any], words: Called) -> str:
    """前に支給した6月の学校給食費に、2,000円を加えて支給します（支弁区分・就学状況の変更）。"""
    return f"前に支給した{words.month(line['month'])}の{line['title']}{how_settled(line)}"


def how_settled(line: Mapping[str, Any]) -> str:
    """に、2,000円を加えて支給します（支弁区分・就学状況の変更）。"""
    if line["total"] > 0:
        return f"に、{line['total']:,}円を加えて支給します（{line['cause']}）。"
    if line["total"] < 0:
        return f"から、{-line['total']:,}円を差し引きます（{line['cause']}）。"
    return f"は、額は変わらず、費用の出どころだけが変わります（{line['cause']}）。"

"""Whether the figures of many answers can mean what the item says.

In 2019 the 所得割 of the prefecture came back for that of the municipality: right form, wrong meaning, for everybody. One
answer cannot show it (a person without income may well pay insurance), many together can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LEAST = 20
"""From so many answers on, what holds for more than half of them is no chance."""

TIMES = 5
"""A year's income is rarely this many times, or this fraction of, the year before; for half of all people never."""

INSURANCE = "社会保険料控除が総所得金額を上回る回答が半数を超えています。総所得金額ではない額（所得割など）が届いた疑いがあります。"
BEFORE = "総所得金額が前年と大きく違う回答が半数を超えています。別の意味の額が届いた疑いがあります。"

Amounts = Mapping[str, int | None]


def wrong_meaning(answers: Sequence[Amounts], before: Iterable[tuple[int, int]] = ()) -> str:
    """Why these tax answers of one delivery are suspect, in words; "" when they are plausible. Amounts 円・年額.

    `before`: (total income now, total income of the year before) of the same person, where both are known.
    """
    earning = [
        (income, insurance)
        for one in answers
        if (income := one.get("total_income")) and (insurance := one.get("social_insurance"))
    ]
    if _most(sum(insurance > income for income, insurance in earning), len(earning)):
        return INSURANCE
    pairs = [(now, then) for now, then in before if now > 0 and then > 0]
    if _most(sum(max(now, then) > TIMES * min(now, then) for now, then in pairs), len(pairs)):
        return BEFORE
    return ""


def _most(some: int, of: int) -> bool:
    return of >= LEAST and 2 * some > of

"""The reason of a move in Japanese words, for pages and workbooks."""

from __future__ import annotations

from fractions import Fraction

from domain.rules.cases import Category
from domain.rules.impact.model import Crossing, Mover, Place, Shift

CAUSES = {
    "need": "需要額が変わる",
    "income": "収入額が変わる",
    "boundary": "区分の境界が変わる",
    "special": "区分の特例が変わる",
    "missing": "算定に必要な定義または事実がない",
}
SIDES = {"need": "需要額", "income": "収入額"}


def yen(amount: Fraction | int) -> str:
    """`1,234円`; what is not a whole number is said to be rounded down (約)."""
    whole = amount.numerator // amount.denominator
    return f"{whole:,}円" if amount.denominator == 1 else f"約{whole:,}円"


def signed(amount: int) -> str:
    """`＋1,234円`, `−1,234円`."""
    return f"{'＋' if amount > 0 else '−' if amount < 0 else '±'}{abs(amount):,}円"


def shift_words(shift: Shift) -> str:
    """One component: its name and the difference a year."""
    return f"{shift.title} {signed(shift.after - shift.before)}"


def crossing_words(crossing: Crossing, *, gained: bool) -> str:
    """Which end was crossed; `gained`: the household now lies below it."""
    label = Category(crossing.category).label
    limits = f"{yen(crossing.limit_before)}→{yen(crossing.limit_after)}"
    times = f"需要額の{times_text(crossing.below_after)}倍"
    if crossing.below_before != crossing.below_after:
        times += f"（これまで{times_text(crossing.below_before)}倍）"
    return f"区分{label}の上限（{times}、{limits}）を{'下回る' if gained else '下回らなくなる'}"


def times_text(below: Fraction) -> str:
    """`1.5`, `2.5`; other fractions as they are."""
    tenths = below * 10
    if tenths.denominator == 1:
        whole, rest = divmod(tenths.numerator, 10)
        return f"{whole}.{rest}" if rest else str(whole)
    return str(below)


def reason_of(mover: Mover) -> str:
    """One sentence or two: what moved, and what was crossed thereby."""
    parts = [CAUSES[cause] for cause in mover.causes if cause not in SIDES]
    for side, title in SIDES.items():
        shifts = [shift for shift in mover.shifts if shift.side == side]
        if shifts:
            whole = sum(shift.after - shift.before for shift in shifts)
            parts.append(f"{title} {signed(whole)}/年（{'、'.join(map(shift_words, shifts))}）")
    gained = (mover.after.support or 0) > (mover.before.support or 0)
    parts += [crossing_words(each, gained=gained) for each in mover.crossings]
    if mover.before is mover.after:
        parts += [
            f"児童生徒{number}人目 {old.label}→{new.label}"
            for number, (_, old, new) in enumerate(mover.pupils, start=1)
            if old is not new
        ]
    if mover.after is Place.STOPPED and "missing" not in mover.causes:
        parts.append(CAUSES["missing"])
    return "。".join(parts)

"""需要額 and the ratio as text. For reading alone: comparisons are exact and happen in the rules."""

from __future__ import annotations

from fractions import Fraction

from web.formatting import NOTHING

CENTI = 100


def need_text(numerator: int | None, denominator: int | None) -> str:
    """需要額, 年額・円: 2,313,492, or with the exact rest 2,313,492と1/3."""
    if numerator is None:
        return NOTHING
    whole, rest = divmod(numerator, denominator or 1)
    return f"{whole:,}と{rest}/{denominator}" if rest else f"{whole:,}"


def ratio_text(income: int | None, numerator: int | None, denominator: int | None) -> str:
    """収入額 ÷ 需要額 with two decimals, the rest cut off, so that 1.50 is only shown from 1.50 on."""
    if income is None or not numerator:
        return NOTHING
    hundredths = income * (denominator or 1) * CENTI // numerator
    return f"{hundredths // CENTI:,}.{hundredths % CENTI:02}"


def multiple_text(multiple: str) -> str:
    """A boundary of the pack as people say it: "5/2" → 2.5, "7/3" → 7/3."""
    value = Fraction(multiple)
    tenths = value * 10
    return f"{tenths.numerator // 10}.{tenths.numerator % 10}" if tenths.denominator == 1 else multiple

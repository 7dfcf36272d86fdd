"""Exact arithmetic: integer yen and fractions written as text (`"1/2"`).  No float anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

MOST_DIGITS = 12
"""Digits above or below the line of a written fraction."""


class RoundingMode(StrEnum):
    """端数処理: floor 切捨て, ceil 切上げ, half_up 四捨五入."""

    FLOOR = "floor"
    CEIL = "ceil"
    HALF_UP = "half_up"


@dataclass(frozen=True, slots=True)
class Rounding:
    """Round a non-negative amount to a multiple of `unit` 円."""

    mode: RoundingMode
    unit: int

    @property
    def label(self) -> str:
        """Japanese words: 1円未満切捨て."""
        return f"{self.unit}円未満{ {'floor': '切捨て', 'ceil': '切上げ', 'half_up': '四捨五入'}[self.mode.value] }"

    def apply(self, numerator: int, denominator: int) -> int:
        """Rounded value in 円 of numerator/denominator 円."""
        step = denominator * self.unit
        if self.mode is RoundingMode.FLOOR:
            count = numerator // step
        elif self.mode is RoundingMode.CEIL:
            count = -(-numerator // step)
        else:
            count = (2 * numerator + step) // (2 * step)
        return count * self.unit


def parse_fraction(text: str) -> Fraction:
    """Exact non-negative fraction of `"1"`, `"3/2"`, ...; ValueError for anything else, decimals included."""
    top, _, bottom = text.partition("/")
    if max(len(top), len(bottom)) > MOST_DIGITS:
        raise ValueError(f"too long for a fraction: {text[:MOST_DIGITS]!r}")
    if not (top.isascii() and top.isdigit() and (not bottom or (bottom.isascii() and bottom.isdigit()))):
        raise ValueError(f"not a fraction: {text!r}")
    if "/" in text and not bottom.strip("0"):
        raise ValueError(f"not a fraction: {text!r}")
    return Fraction(int(top), int(bottom or "1"))


def plain(value: int | Fraction) -> int | str:
    """An integer, or the exact fraction as text."""
    return value.numerator if value.denominator == 1 else str(value)


def fraction_text(value: Fraction) -> str:
    """`"145798"` or `"1508495/6"`."""
    return str(value)


def part_text(value: Fraction, parts: int) -> str:
    """One of `parts` equal parts as text; a whole one without a division of fractions."""
    whole, rest = divmod(value.numerator, value.denominator * parts)
    return str(Fraction(value.numerator, value.denominator * parts)) if rest else str(whole)

"""What turns the sum of a component into its amount: 逓減率, multiplier, rounding, and 併給不可."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.rules.yearpack.formula import Component, Exclusion
from domain.rules.yearpack.tables import Cell


class Adjustment(NamedTuple):
    """What is added to a component's lines (年額, 円, mostly negative): after reduction and rounding, or by an exclusion.

    `total` → `result`: the component's sum for one time, before and after; `times` a year.
    """

    component: Component
    annual: int | Fraction
    rate: Cell | None = None
    total: int = 0
    result: int | Fraction = 0
    times: int = 0
    exclusion: Exclusion | None = None


def shaped(component: Component, total: int, times: int, rate: Cell | None) -> Adjustment:
    """`total` 円 (one time) × 逓減率 × multiplier, rounded; an absent 逓減率 leaves it (the row is missing then)."""
    top, bottom = total * component.multiplier.numerator, component.multiplier.denominator
    if rate is not None and component.reduction is not None:
        top, bottom = top * rate.amount, bottom * component.reduction.parts
    result: int | Fraction
    if component.rounding is not None:
        result = component.rounding.apply(top, bottom)
    else:
        whole, rest = divmod(top, bottom)
        result = Fraction(top, bottom) if rest else whole
    return Adjustment(component, (result - total) * times, rate, total, result, times)


def excluded(exclusion: Exclusion, totals: Mapping[str, int | Fraction]) -> Iterator[str]:
    """Components that give way: all with an amount but the highest; of equal ones the first named stays."""
    present = [each for each in exclusion.components if totals.get(each)]
    winner = max(present, key=lambda each: totals[each], default="")
    yield from (each for each in present if each != winner)

"""Counts of a day against earlier days: a negative binomial, for days differ more than chance alone makes them."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log

SHRINK_DAYS = 10
"""How many days the colleagues of the role weigh."""


def norm_of(own: Sequence[int], role: Sequence[int]) -> tuple[float, float]:
    """Mean a day, shrunk to the role's, and the size k of the distribution (small: days differ much)."""
    role_mean = sum(role) / len(role) if role else (sum(own) / len(own) if own else 1.0)
    mean = (sum(own) + SHRINK_DAYS * role_mean) / (len(own) + SHRINK_DAYS)
    both = [*own, *role]
    middle = sum(both) / len(both) if both else mean
    variance = sum((count - middle) ** 2 for count in both) / max(len(both) - 1, 1)
    surplus = variance - middle
    return max(mean, 0.5), middle**2 / surplus if surplus > 0 and middle > 0 else 1e6


LEAST_LATELY, MOST_BUSY = 5, 3.0


def season_of(role: Sequence[int], lately: Sequence[int]) -> float:
    """How much more than usual the colleagues of the role have opened within the last week (年度初め, 締切); never less than 1.

    The person's own days are not in it: nobody makes a busy season alone.
    """
    if len(lately) < LEAST_LATELY or not sum(role):
        return 1.0
    return min(max(1.0, sum(lately) / len(lately) / (sum(role) / len(role))), MOST_BUSY)


def negative_binomial_tail(count: int, mean: float, size: float) -> float:
    """P(X ≥ count) for the given mean and size."""
    share = size / (size + mean)

    def chance(k: int) -> float:
        return exp(lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * log(share) + k * log(1 - share))

    total, k = 0.0, count
    while True:
        step = chance(k)
        total, k = total + step, k + 1
        if k > mean and step <= total * 1e-6:
            return min(1.0, total)

"""Shares, AUC and their bootstrap intervals over persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import Floats

RESAMPLES = 400
MOST_DRAWN = 100_000
_SEED = 20_260_401


@dataclass(frozen=True, slots=True)
class Person:
    """p-values of one person's honest log-ins, and of those in their name: smaller is more unusual."""

    honest: Floats
    attacks: Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """`drawn`: the values of the resamples, from which the interval is."""

    value: float
    low: float
    high: float
    drawn: tuple[float, ...] = ()


def auc(people: Sequence[Person]) -> float:
    """The chance that an attack is more unusual than an honest log-in; ties count half."""
    honest, attacks = _pooled(people)
    ordered = np.sort(honest)
    below, upto = np.searchsorted(ordered, attacks, "left"), np.searchsorted(ordered, attacks, "right")
    return float((len(ordered) - (below + upto) / 2).sum() / (len(ordered) * len(attacks)))


def found_at(people: Sequence[Person], most: float) -> float:
    """The share of attacks found by the highest threshold at which at most `most` of the honest log-ins are told."""
    honest, attacks = _pooled(people)
    values = np.unique(honest)
    told = np.searchsorted(np.sort(honest), values, "right") / len(honest)
    allowed = values[told <= most]
    return float((attacks <= allowed[-1]).mean()) if len(allowed) else 0.0


def told_at(people: Sequence[Person], alpha: float) -> float:
    """The share of honest log-ins with p ≤ α."""
    return float((_pooled(people)[0] <= alpha).mean())


def bootstrap(people: Sequence[Person], measure: Callable[[Sequence[Person]], float]) -> Estimate:
    """The measure with a 95 % interval over persons drawn anew."""
    chance = np.random.default_rng(_SEED)
    drawn = [
        measure([people[place] for place in chance.integers(len(people), size=len(people))]) for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(measure(people), float(low), float(high), tuple(drawn))


def summed(parts: Sequence[Estimate]) -> Estimate:
    """The sum of estimates that know nothing of one another: every resample of one with every one of the other."""
    drawn = np.zeros(1)
    for part in parts:
        drawn = np.sort(np.add.outer(drawn, np.array(part.drawn)).ravel())
        drawn = drawn[:: max(1, len(drawn) // MOST_DRAWN)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(sum(part.value for part in parts), float(low), float(high))


def _pooled(people: Sequence[Person]) -> tuple[Floats, Floats]:
    return np.concatenate([one.honest for one in people]), np.concatenate([one.attacks for one in people])

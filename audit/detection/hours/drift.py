"""Drift: whether a person's, or the organisation's, hours have moved away from what was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from audit.detection.hours.circle import Floats

UNUSUAL = 0.05
"""Log-ins with a p-value up to this are counted: one in twenty, while nothing has moved."""

SURPRISE = 0.001
"""Drift is told when so many unusual ones would come by chance less often than this."""

LEAST = 20
"""Fewer log-ins tell nothing."""


@dataclass(frozen=True, slots=True)
class Drift:
    """`unusual` of `total` recent log-ins had p ≤ .05; `chance` of so many or more without drift."""

    unusual: int
    total: int
    chance: float

    @property
    def is_too_few(self) -> bool:
        return self.total < LEAST

    @property
    def has_moved(self) -> bool:
        return not self.is_too_few and self.chance <= SURPRISE


def drift(recent: Floats) -> Drift:
    """From the p-values of recent log-ins that were not learnt from."""
    total = len(recent)
    unusual = int((recent <= UNUSUAL).sum())
    chance = sum(comb(total, k) * UNUSUAL**k * (1 - UNUSUAL) ** (total - k) for k in range(unusual, total + 1))
    return Drift(unusual, total, min(1.0, chance))

"""The circle of a day: 48 half hours, smoothed with a von Mises kernel."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

HALF_HOURS = 48

WIDE = 8.0
"""κ while little is known: a standard deviation of about 81 minutes."""

NARROW = 30.0
"""κ later: about 42 minutes."""

SESSIONS_FOR_NARROW = 60
"""From more than this many sessions on a type of day, the narrow kernel is used there."""


@lru_cache(maxsize=8)
def kernel(kappa: float) -> Floats:
    """48 weights that sum to 1: ∝ exp(κ(cos θ − 1)), θ the angle between two half hours, by their distance."""
    angles = 2 * np.pi * np.arange(HALF_HOURS) / HALF_HOURS
    weights = np.exp(kappa * (np.cos(angles) - 1))
    weights /= weights.sum()
    weights.setflags(write=False)
    return weights


@lru_cache(maxsize=8)
def _matrix(kappa: float) -> Floats:
    return np.stack([np.roll(kernel(kappa), shift) for shift in range(HALF_HOURS)])


def smooth(counts: Floats, kappa: float) -> Floats:
    """Counts (…, 48) spread round the clock; their sum stays."""
    return np.asarray(counts @ _matrix(kappa), dtype=np.float64)


def kappa_for(sessions: float) -> float:
    return NARROW if sessions > SESSIONS_FOR_NARROW else WIDE

"""The circle of a day: 48 half hours, smoothed with a von Mises kernel."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

HALF_HOURS = 48

KAPPA = 8.0
"""Concentration of the kernel: a standard deviation of about 81 minutes. Narrower ones, also for people of whom much is known,
found no more (docs/hours.md)."""


@lru_cache(maxsize=8)
def kernel(kappa: float = KAPPA) -> Floats:
    """48 weights that sum to 1: ∝ exp(κ(cos θ − 1)), θ the angle between two half hours, by their distance."""
    angles = 2 * np.pi * np.arange(HALF_HOURS) / HALF_HOURS
    weights = np.exp(kappa * (np.cos(angles) - 1))
    weights /= weights.sum()
    weights.setflags(write=False)
    return weights


@lru_cache(maxsize=8)
def _matrix(kappa: float) -> Floats:
    return np.stack([np.roll(kernel(kappa), shift) for shift in range(HALF_HOURS)])


def smooth(counts: Floats, kappa: float = KAPPA) -> Floats:
    """Counts (…, 48) spread round the clock; their sum stays."""
    return np.asarray(counts @ _matrix(kappa), dtype=np.float64)

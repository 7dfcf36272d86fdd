"""How long sessions last: median and MAD of the logarithm, a person's own shrunk to the section's."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

LEAST_SESSIONS = 20
SHRINK_SESSIONS = 10
_CONSISTENT = 1.4826
"""MAD × 1.4826 estimates the standard deviation of a normal distribution."""

SMALLEST_SPREAD = 0.1


def habits_of(own: Sequence[int], section: Sequence[int]) -> tuple[float, float] | None:
    """(median, spread) of log seconds; None with fewer than 20 sessions of the person's own."""
    if len(own) < LEAST_SESSIONS:
        return None
    mine, theirs = _logs(own), _logs([*own, *section])
    median = _shrunk(float(np.median(mine)), float(np.median(theirs)), len(own))
    spread = _shrunk(_mad(mine), _mad(theirs), len(own))
    return median, max(spread, SMALLEST_SPREAD)


def robust_z(seconds: int, median: float, spread: float) -> float:
    """How many spreads above the median."""
    return (log(max(seconds, 1)) - median) / spread


def _shrunk(own: float, others: float, sessions: int) -> float:
    return (sessions * own + SHRINK_SESSIONS * others) / (sessions + SHRINK_SESSIONS)


def _mad(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return _CONSISTENT * float(np.median(np.abs(values - np.median(values))))


def _logs(seconds: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.log(np.maximum(np.asarray(seconds, dtype=np.float64), 1.0))

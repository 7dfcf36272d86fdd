"""Conformal p-values: how many of the organisation's own past log-ins were at least as unusual as this one."""

from __future__ import annotations

from math import ceil

import numpy as np

from audit.detection.hours.circle import Floats

_ROUNDING = 1e-9
"""Scores that differ by less are equal: the same sum in another order must not decide."""

_LEAST, _TOP = 0.01, 0.99
"""The rest is at least this much, so that the count can be read off again; above all past scores it is at least `_TOP`."""


def p_values(calibration: Floats, scores: Floats) -> Floats:
    """p = (#{calibration ≥ score} + rest) / (N + 1). `calibration` is sorted upwards; without any, every p is 1.

    The rest tells scores apart between which no past one lies: 0 at the next higher past score, growing to 1 at the next
    lower one. It stands where a random number is usually drawn, so that a log-in has one answer only. Above all past scores
    it stays at .99 to 1: nothing is surer than 1 in N + 1. Under exchangeability, without ties, P(p ≤ α) is α within
    1 / (N + 1); ties make p larger (Vovk, Gammerman and Shafer 2005).
    """
    count = len(calibration)
    if not count:
        return np.ones(np.shape(scores))
    places = np.searchsorted(calibration, scores - _ROUNDING, side="left")
    above, below = calibration[np.minimum(places, count - 1)], calibration[np.maximum(places - 1, 0)]
    between = (above - scores) / np.maximum(above - below, _ROUNDING)
    beyond = _TOP + (1 - _TOP) / (1 + np.maximum(scores - below, 0.0))
    rest = np.clip(np.where(places == count, beyond, between), _LEAST, 1.0)
    return np.asarray((count - places + np.where(places == 0, 1.0, rest)) / (count + 1), dtype=np.float64)


def at_least_as_unusual(p_value: float, basis: int) -> int:
    """How many of the `basis` past log-ins a p-value was counted from, single precision allowed for."""
    return ceil(p_value * (basis + 1) - _LEAST / 2) - 1

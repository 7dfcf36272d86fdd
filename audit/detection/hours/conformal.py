"""Conformal p-values: how many of the organisation's own past log-ins were at least as unusual as this one."""

from __future__ import annotations

import numpy as np

from audit.detection.hours.circle import Floats


def p_values(calibration: Floats, scores: Floats) -> Floats:
    """p = (1 + #{calibration ≥ score}) / (N + 1). `calibration` is sorted upwards; without any, every p is 1.

    Under exchangeability P(p ≤ α) ≤ α for every α, whatever the scores are (Vovk, Gammerman and Shafer 2005).
    """
    at_least = len(calibration) - np.searchsorted(calibration, scores - _ROUNDING, side="left")
    return np.asarray((1 + at_least) / (len(calibration) + 1), dtype=np.float64)


_ROUNDING = 1e-9
"""Scores that differ by less are equal: the same sum in another order must not decide."""

"""Scores of the log-ins a model was learnt from, each as if its session had not been among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import HALF_HOURS, Floats, Ints
from audit.detection.hours.days import CELLS
from audit.detection.hours.history import History
from audit.detection.hours.organisation import TYPES, Organisation


@dataclass(frozen=True, slots=True)
class Fitted:
    """Own weighted counts: `smoothed` (persons, 2, 48), `totals` (persons, 2); `kernels` (persons, 2, 48) by distance."""

    smoothed: Floats
    totals: Floats
    kernels: Floats


def calibration_scores(history: History, fitted: Fitted, others: Organisation, shrink: float) -> Floats:
    """−log p of every log-in of the history, its whole session left out, in the history's order."""
    if not len(history.persons):
        return np.zeros(0)
    # Log-ins of one session in one cell have one score.
    keys, first, places = np.unique(history.sessions * CELLS + history.cells, return_index=True, return_inverse=True)
    weights = np.bincount(places, weights=history.weights)
    persons, halves = history.persons[first], (keys % CELLS) % HALF_HOURS
    scored, counted = (table[(keys % CELLS) // HALF_HOURS] for table in (others.scored, others.counted))
    left, right = _pairs(keys // CELLS)
    distances = (halves[left] - halves[right]) % HALF_HOURS
    density = np.zeros(len(keys))
    all_removed = np.bincount(left, weights=(weights * counted.sum(axis=1))[right], minlength=len(keys))
    everything = fitted.totals.sum(axis=1)[persons] - all_removed + shrink
    for kind in range(TYPES):
        mass = (weights * counted[:, kind])[right]
        near = np.bincount(left, weights=mass * fitted.kernels[persons[left], kind, distances], minlength=len(keys))
        total = fitted.totals[persons, kind] - np.bincount(left, weights=mass, minlength=len(keys))
        share = (total + shrink * others.shares[persons, kind]) / everything
        smoothed = fitted.smoothed[persons, kind, halves] - near
        hour = (smoothed + shrink * others.hours[persons, kind, halves]) / (total + shrink)
        density += scored[:, kind] * share * hour
    return np.asarray(-np.log(density))[places]


def _pairs(sessions: Ints) -> tuple[Ints, Ints]:
    """All ordered pairs of rows of the same session; `sessions` is sorted."""
    sizes = np.bincount(sessions)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    own_sizes = sizes[sessions]
    left = np.repeat(np.arange(len(sessions)), own_sizes)
    within = np.arange(len(left)) - np.repeat(np.cumsum(own_sizes) - own_sizes, own_sizes)
    return left.astype(np.int64), (starts[sessions[left]] + within).astype(np.int64)

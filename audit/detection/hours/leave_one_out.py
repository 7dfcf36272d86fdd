"""The log-ins a model was learnt from, each as if it had not been among them, nor what the person did about then.

Odd hours come in runs: whoever stays late on Monday stays late on Tuesday. With only its own session left out, a log-in would
seem less unusual than the next one of its kind will be, months later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import HALF_HOURS, Floats, Ints, kernel
from audit.detection.hours.days import CELLS, day_numbers
from audit.detection.hours.history import History
from audit.detection.hours.organisation import TYPES, Organisation
from audit.detection.hours.rarity import expected

BLOCK_DAYS = 3
"""What a person did within the same three days leaves together; sessions belong to the day they began on."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Own weighted counts: `smoothed` (persons, 2, 48), `totals` (persons, 2)."""

    smoothed: Floats
    totals: Floats


def left_out(history: History, fitted: Fitted, others: Organisation, shrink: float) -> Floats:
    """What was to be expected of every log-in of the history, its block of days left out, in the history's order."""
    if not len(history.persons):
        return np.zeros(0)
    # Log-ins of one block in one cell have one score.
    keys, first, places = np.unique(blocks(history) * CELLS + history.cells, return_index=True, return_inverse=True)
    weights = np.bincount(places, weights=history.weights)
    persons, halves = history.persons[first], (keys % CELLS) % HALF_HOURS
    scored, counted = (table[(keys % CELLS) // HALF_HOURS] for table in (others.scored, others.counted))
    left, right = _pairs(keys // CELLS)
    closeness = kernel()[(halves[left] - halves[right]) % HALF_HOURS]
    found = np.zeros(len(keys))
    all_removed = np.bincount(left, weights=(weights * counted.sum(axis=1))[right], minlength=len(keys))
    everything = fitted.totals.sum(axis=1)[persons] - all_removed + shrink
    for kind in range(TYPES):
        mass = (weights * counted[:, kind])[right]
        near = np.bincount(left, weights=mass * closeness, minlength=len(keys))
        total = fitted.totals[persons, kind] - np.bincount(left, weights=mass, minlength=len(keys))
        share = (total + shrink * others.shares[persons, kind]) / everything
        smoothed = fitted.smoothed[persons, kind, halves] - near
        hour = (smoothed + shrink * others.hours[persons, kind, halves]) / (total + shrink)
        found += scored[:, kind] * expected(share, hour, np.array(kind), total)
    return np.asarray(found[places])


def blocks(history: History) -> Ints:
    """Which block of a person's days each log-in belongs to, 0 …; rising with the history."""
    firsts = np.unique(history.sessions, return_index=True)[1]
    days = day_numbers(history.seconds)[firsts][history.sessions] // BLOCK_DAYS
    begins = (np.diff(history.persons) != 0) | (np.diff(days) != 0)
    return np.concatenate([[0], np.cumsum(begins)]).astype(np.int64)


def _pairs(blocks: Ints) -> tuple[Ints, Ints]:
    """All ordered pairs of rows of the same block; `blocks` is sorted."""
    sizes = np.bincount(blocks)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    own_sizes = sizes[blocks]
    left = np.repeat(np.arange(len(blocks)), own_sizes)
    within = np.arange(len(left)) - np.repeat(np.cumsum(own_sizes) - own_sizes, own_sizes)
    return left.astype(np.int64), (starts[blocks[left]] + within).astype(np.int64)

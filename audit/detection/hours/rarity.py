"""How rare a moment is, from the share of its type of day and of its half hour within that type.

A likelihood would simply multiply the two. Misuse is told apart better when (figures: docs/hours.md, why: docs/adr/0007):
the rarity of a half hour is squared, because smoothing and shrinking always leave too much in the empty hours; on days off it
hardly counts while too few are known to tell their hours; and what is rare for the whole organisation is added a little to
what is rare for the person.
"""

from __future__ import annotations

import numpy as np

from audit.detection.hours.circle import HALF_HOURS, Floats, Ints

SQUARED_OVER = 6.0
"""A half hour of probability h counts (log h)² / 6: as much as −log h where −log h is 6 (1 in 403), less
at commoner hours, more at rarer ones."""

OFF_HOURS_COUNT = 0.25
"""How far the half hour counts on days off of which none is known; for the rest all 48 are alike."""

OFF_HOURS_KNOWN = 10.0
"""With so many log-ins on days off, their half hours count in the middle between that and fully."""

ORGANISATION_COUNTS = 1 / 6
"""How far a score is what is rare for the organisation; the rest is what is rare for the person."""


def expected(shares: Floats, hours: Floats, types: Ints, seen: Floats | float = 0.0) -> Floats:
    """What is to be expected, 0 … 1, of half hours of the types of day `types` (0 worked, 1 off), of which `seen` log-ins of the
    person are known. All arrays broadcast."""
    rare = np.log(hours) ** 2 / SQUARED_OVER
    counts = (OFF_HOURS_COUNT * OFF_HOURS_KNOWN + seen) / (OFF_HOURS_KNOWN + seen)
    off = counts * rare + (1 - counts) * np.log(HALF_HOURS)
    return np.asarray(shares * np.exp(-np.where(types == 0, rare, off)), dtype=np.float64)


def score(own: Floats, organisation: Floats) -> Floats:
    """−log of what is to be expected of the person, and of the organisation, weighed."""
    weight = ORGANISATION_COUNTS
    return np.asarray(-(1 - weight) * np.log(own) - weight * np.log(organisation), dtype=np.float64)

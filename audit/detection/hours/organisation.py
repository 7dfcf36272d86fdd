"""What the others do: the organisation's share of days off, its hours, and whether its holidays are working days."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from audit.detection.hours.circle import HALF_HOURS, Floats, smooth
from audit.detection.hours.days import DayKind, day_numbers, kinds_through
from audit.detection.hours.history import History

TYPES = 2
"""Types of day the model tells apart: 0 worked, 1 off."""

FLOOR = 0.02
"""Log-ins added to every half hour of the organisation, so that no moment is impossible."""

_YEAR = np.array([245.0, 120.0]) / 365.0
"""Working days and days off of a year: the share expected where nobody has a history."""

_HOLIDAYS_OF_DOUBT = 10.0
"""How many log-ins there should have been on holidays before they count by half; until then they are like weekends."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """`shares` (persons + 1, 2) and `hours` (persons + 1, 2, 48), both summing to 1: what the *others* do; the last row is
    for somebody without any history. `scored` (3, 2): how far each kind of day is judged as worked, and as off. `counted`
    (3, 2): how far what happens on it teaches about either; a holiday, half of both, teaches nothing about weekends."""

    shares: Floats
    hours: Floats
    scored: Floats
    counted: Floats


def organisation(history: History) -> tuple[Organisation, Floats]:
    """The organisation and the weighted counts (persons, 2, 48) by type of day it was made from."""
    worked = holidays_worked(history)
    scored = np.array([[1.0, 0.0], [0.0, 1.0], [worked, 1 - worked]])
    counted = np.array([[1.0, 0.0], [0.0, 1.0], [worked, 0.0]])
    counts = typed(weighted_counts(history), counted)
    nobody = np.zeros((1, TYPES, HALF_HOURS))
    others = counts.sum(axis=0) - np.concatenate([counts, nobody])
    others = np.maximum(others, 0.0)  # a difference of sums may fall below 0 by rounding
    hours = smooth(others) + FLOOR
    shares = others.sum(axis=2) + FLOOR * HALF_HOURS * TYPES * _YEAR
    shares /= shares.sum(axis=1, keepdims=True)
    return Organisation(shares, hours / hours.sum(axis=2, keepdims=True), scored, counted), counts


def weighted_counts(history: History) -> Floats:
    """(persons, kinds of day, 48)."""
    flat = np.zeros((history.count, len(DayKind) * HALF_HOURS))
    np.add.at(flat, (history.persons, history.cells), history.weights)
    return flat.reshape(history.count, len(DayKind), HALF_HOURS)


def typed(by_kind: Floats, memberships: Floats) -> Floats:
    """(…, kinds, 48) → (…, types, 48)."""
    return np.asarray(np.einsum("...kb,kt->...tb", by_kind, memberships), dtype=np.float64)


def holidays_worked(history: History) -> float:
    """How far this organisation's holidays are working days, 0 … 1.

    From sessions a person and day, on the logarithmic scale: 0 when holidays are like weekends, 1 when they are like
    working days. Little seen pulls it to 0: a holiday is a day off unless the organisation shows otherwise.
    """
    firsts = np.unique(history.sessions, return_index=True)[1]
    sessions = np.bincount(history.cells[firsts] // HALF_HOURS, minlength=len(DayKind)).astype(np.float64)
    days = _days_of_persons(history)
    working = (sessions[DayKind.WORKING] + 0.5) / (days[DayKind.WORKING] + 1)
    weekend = (sessions[DayKind.WEEKEND] + 0.5) / (days[DayKind.WEEKEND] + 1)
    doubt = _HOLIDAYS_OF_DOUBT / working
    holiday = (sessions[DayKind.HOLIDAY] + doubt * weekend) / (days[DayKind.HOLIDAY] + doubt)
    if working <= weekend or holiday <= weekend:
        return 0.0
    return min(1.0, log(holiday / weekend) / log(working / weekend))


def _days_of_persons(history: History) -> Floats:
    """Days of each kind between every person's first and last log-in, over all persons."""
    if not len(history.persons):
        return np.zeros(len(DayKind))
    days = day_numbers(history.seconds)
    first = int(days.min())
    kinds = kinds_through(first, int(days.max()))
    so_far = np.concatenate([np.zeros((1, len(DayKind))), np.cumsum(np.eye(len(DayKind))[kinds], axis=0)])
    present, begins = np.unique(history.persons, return_index=True)
    ends = np.append(begins[1:], len(days)) - 1
    spans = so_far[days[ends] - first + 1] - so_far[days[begins] - first]
    return np.asarray(spans.sum(axis=0), dtype=np.float64) if len(present) else np.zeros(len(DayKind))

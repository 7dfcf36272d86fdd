"""Moments in Japan as (kind of day, half hour). Japan has had no summer time since 1951, so +9 h is exact."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

import numpy as np

from audit.detection.calendar import general_day_off
from audit.detection.hours.circle import HALF_HOURS, Ints

SECONDS_A_DAY = 86_400
_TOKYO_OFFSET = 9 * 3600
_HALF_HOUR = 1800
_EPOCH = date(1970, 1, 1).toordinal()


class DayKind(IntEnum):
    """Weekends are days off everywhere. Whether holidays are, an organisation's own history says (`model`)."""

    WORKING = 0
    WEEKEND = 1
    HOLIDAY = 2
    """A national holiday or 12/29–1/3 that falls on Monday to Friday."""

    @property
    def label(self) -> str:
        return ("平日", "土日", "祝日・年末年始")[self]


CELLS = len(DayKind) * HALF_HOURS
"""A cell is kind × 48 + half hour."""


def kind_of(day: date) -> DayKind:
    if day.weekday() >= 5:
        return DayKind.WEEKEND
    return DayKind.HOLIDAY if general_day_off(day) else DayKind.WORKING


def day_numbers(seconds: Ints) -> Ints:
    """Days since 1970-01-01 in Japan."""
    return np.asarray((seconds + _TOKYO_OFFSET) // SECONDS_A_DAY, dtype=np.int64)


def cells(seconds: Ints) -> Ints:
    """The cell of each moment."""
    halves = ((seconds + _TOKYO_OFFSET) % SECONDS_A_DAY) // _HALF_HOUR
    days, places = np.unique(day_numbers(seconds), return_inverse=True)
    kinds = np.array([kind_of(_date(int(day))) for day in days], dtype=np.int64)
    return np.asarray(kinds[places] * HALF_HOURS + halves, dtype=np.int64) if len(days) else halves


def kinds_through(first: int, last: int) -> Ints:
    """The kind of every day from `first` to `last`, both included (day numbers)."""
    return np.array([kind_of(_date(day)) for day in range(first, last + 1)], dtype=np.int64)


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH)

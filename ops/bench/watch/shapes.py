"""Made-up histories of other shapes than the office's: shifts, part time, evenings, weekends, a change of duty half way.

Everything is fictitious. A rota says, for a day, which log-ins are likely: (chance, hour, spread in hours).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

import numpy as np

from audit.detection.hours.circle import Ints
from audit.detection.hours.days import SECONDS_A_DAY, DayKind, kinds_through

FIRST_DAY = 20_180
"""1 April 2025, in days since 1970."""

_MIDNIGHT = 9 * 3600

Likely = list[tuple[float, float, float]]
Rota = Callable[[int, bool], Likely]
"""From the day (0 …) and whether it is a working day."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`rota` makes one person's; `sessions`: how many each learns from; `persons`: of the organisation."""

    title: str
    rota: Callable[[np.random.Generator], Rota]
    sessions: tuple[int, ...] = (30,)
    persons: int = 30


def moments(chance: np.random.Generator, rota: Rota, count: int, first: int = FIRST_DAY) -> Ints:
    """The first `count` log-ins of somebody with this rota, rising; now and then one at an hour that no rota knows."""
    found: list[int] = []
    kinds = kinds_through(first, first + 3 * 365)
    for day, kind in enumerate(kinds.tolist()):
        is_working = kind == DayKind.WORKING
        likely = [*rota(day, is_working), (0.03, 19.5, 1.5) if is_working else (0.01, 13.0, 2.5)]
        hours = sorted(float(chance.normal(hour, spread)) for odds, hour, spread in likely if chance.random() < odds)
        start = (first + day) * SECONDS_A_DAY - _MIDNIGHT
        found += [start + int(hour * 3600) for hour in hours]
        if len(found) >= count:
            break
    return np.sort(np.array(found[:count], dtype=np.int64))


def _strict(chance: np.random.Generator) -> Rota:
    arrival = chance.normal(8.3, 0.15)
    return lambda day, is_working: [(0.95, arrival, 0.12), (0.3, 12.9, 0.2)] if is_working else []


def _loose(chance: np.random.Generator) -> Rota:
    arrival, evenings = chance.normal(9.5, 1.2), chance.beta(1, 6)
    return lambda day, is_working: [(0.9, arrival, 1.0), (evenings, 20.5, 1.5)] if is_working else [(0.02, 14.0, 3.0)]


def _shifts(chance: np.random.Generator) -> Rota:
    """Early, late and night weeks, weekends as well."""
    first = int(chance.integers(3))
    return lambda day, is_working: [(0.7, (6.8, 13.5, 21.6)[(first + day // 7) % 3], 0.3)]


def _two_peaks(chance: np.random.Generator) -> Rota:
    morning = chance.normal(8.5, 0.3)
    return lambda day, is_working: [(0.9, morning, 0.3), (0.7, 13.3, 0.4)] if is_working else []


def _part_time(chance: np.random.Generator) -> Rota:
    days, begin = set(chance.choice(7, 3, replace=False).tolist()), chance.choice([9.0, 13.0])
    return lambda day, is_working: [(0.95, begin, 0.25)] if is_working and day % 7 in days else []


def _evenings(chance: np.random.Generator) -> Rota:
    arrival, odds = chance.normal(8.5, 0.3), chance.uniform(0.2, 0.6)
    return lambda day, is_working: [(0.95, arrival, 0.3), (odds, 19.0, 1.0)] if is_working else []


def _weekends(chance: np.random.Generator) -> Rota:
    """One in four works most Saturdays and Sundays."""
    odds = 0.6 if chance.random() < 0.25 else 0.0
    return lambda day, is_working: [(0.93, 8.6, 0.4)] if is_working else [(odds, 10.0, 1.0)]


def _daylight(chance: np.random.Generator) -> Rota:
    """45 minutes earlier in summer than in winter."""
    arrival = chance.normal(8.4, 0.3)
    return lambda day, is_working: [(0.93, arrival - 0.375 * cos(2 * pi * (day - 80) / 365), 0.3)] if is_working else []


def _new_duty(chance: np.random.Generator) -> Rota:
    """Three hours later from the 30th day: half of what is learnt from is of the former duty."""
    arrival = chance.normal(8.3, 0.2)
    return lambda day, is_working: [(0.95, arrival + (3.0 if day >= 30 else 0.0), 0.3)] if is_working else []


SHAPES = (
    Shape("strict hours, 8:30–17:15", _strict),
    Shape("loose hours", _loose),
    Shape("shifts round the clock", _shifts),
    Shape("two peaks a day", _two_peaks),
    Shape("part time, three days a week", _part_time),
    Shape("regular evenings", _evenings),
    Shape("one in four works on weekends", _weekends),
    Shape("hours that follow the daylight", _daylight),
    Shape("another duty half way", _new_duty),
    Shape("loose hours, 5 sessions learnt", _loose, (5,)),
    Shape("loose hours, 10 sessions learnt", _loose, (10,)),
    Shape("loose hours, 100 sessions learnt", _loose, (100,)),
    Shape("loose hours, 5 to 100 sessions learnt", _loose, (5, 10, 30, 100)),
    Shape("loose hours, 4 persons", _loose, (30,), 4),
    Shape("loose hours, 150 persons", _loose, (30,), 150),
)

"""Log-ins of small made-up offices for the tests of the hour model."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from audit.detection.calendar import TOKYO
from audit.detection.hours.circle import Ints
from audit.detection.hours.days import DayKind, kind_of

MONDAY = datetime(2026, 5, 11, tzinfo=TOKYO)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def at(text: str) -> int:
    return seconds(datetime.fromisoformat(text).replace(tzinfo=TOKYO))


def office(
    persons: int, days: int, seed: int = 0, start: datetime = MONDAY, works_on_holidays: bool = False
) -> tuple[Ints, Ints]:
    """One log-in a working day and person, around a morning hour of the person's own; one day off in seven."""
    worked = {DayKind.WORKING, DayKind.HOLIDAY} if works_on_holidays else {DayKind.WORKING}
    chance = np.random.default_rng(seed)
    usual = chance.uniform(7.5, 10.0, persons)
    rows = [
        (
            person,
            seconds(start + timedelta(days=day, hours=float(np.clip(chance.normal(usual[person], 0.8), 0.1, 23.9)))),
        )
        for person in range(persons)
        for day in range(days)
        if kind_of(start.date() + timedelta(days=day)) in worked or chance.random() < 0.15
    ]
    table = np.array(rows, dtype=np.int64)
    return table[:, 0], table[:, 1]

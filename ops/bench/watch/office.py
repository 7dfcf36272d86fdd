"""A made-up office: people with their own hours, a season, overtime with and without notice, moves, shared rooms, one network.

Everything is fictitious. The attacks (`attacks`) are made by another module that sees only the log-ins, never these figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from audit.detection.calendar import TOKYO, Hours, is_working_day
from audit.detection.logins.features import Login

NETWORKS = ("10.20.1.0/24", "10.20.2.0/24")
BROWSERS = ("Edge 141", "Edge 142")
DOORS_OPEN = 7.02
"""Nobody is in the building before seven."""

_NOON, _DAY_HOURS = 12.9, 24.0


@dataclass(frozen=True, slots=True)
class Visit:
    """An honest log-in. `has_notice`: a 時間外利用届 covers it."""

    login: Login
    has_notice: bool


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    section: str
    morning: float
    spread: float
    returns: float
    overtime: float
    weekends: float
    desk: str


def office(seed: int, persons: int = 30, days: int = 300, start: date = date(2026, 1, 5)) -> list[Visit]:
    """All log-ins of an office, in order of time."""
    chance = np.random.default_rng(seed)
    people = [_person(chance, number) for number in range(persons)]
    visits = []
    for offset in range(days):
        day = start + timedelta(days=offset)
        if (day.month, day.day) == (4, 1):
            people = [_moved(chance, person) if chance.random() < 0.2 else person for person in people]
        for person in people:
            visits += _day(chance, person, day, offset)
    return sorted(visits, key=lambda visit: visit.login.seconds)


def _person(chance: np.random.Generator, number: int) -> _Person:
    return _Person(
        name=f"p{number:03}",
        section=f"s{number % 4}",
        morning=float(chance.normal(8.45, 0.45)),
        spread=float(chance.uniform(0.15, 0.6)),
        returns=float(chance.uniform(0.1, 0.5)),
        overtime=float(chance.beta(1, 12)),
        weekends=float(chance.beta(1, 40)),
        desk=f"T-{number:04}",
    )


def _moved(chance: np.random.Generator, person: _Person) -> _Person:
    """異動: another section, another desk, other hours."""
    other = _person(chance, int(chance.integers(1000, 9999)))
    return _Person(
        person.name,
        other.section,
        other.morning,
        person.spread,
        person.returns,
        other.overtime,
        person.weekends,
        other.desk,
    )


def _day(chance: np.random.Generator, person: _Person, day: date, offset: int) -> list[Visit]:
    busy = 2.5 if day.month in (4, 5) else 1.0
    hours: list[tuple[float, bool]] = []
    if is_working_day(day, Hours()):
        if chance.random() < 0.93:  # leave, business trips
            hours.append((max(DOORS_OPEN, float(chance.normal(person.morning, person.spread))), False))
        if chance.random() < person.returns:
            hours.append((float(chance.normal(_NOON, 0.5)), False))
        if chance.random() < min(0.6, person.overtime * busy):
            hours.append((float(17.3 + chance.gamma(2.0, 0.8)), chance.random() < 0.97))
    elif chance.random() < min(0.3, person.weekends * busy):
        hours.append((float(chance.uniform(8.5, 16.5)), chance.random() < 0.97))
    return [_visit(chance, person, day, offset, hour, told) for hour, told in hours if 0 <= hour < _DAY_HOURS]


def _visit(chance: np.random.Generator, person: _Person, day: date, offset: int, hour: float, told: bool) -> Visit:
    draw = chance.random()
    room = f"T-R{chance.integers(4)}"  # meeting rooms and counters, used by everybody
    new = f"T-N{chance.integers(10**9)}"  # a cleared cookie, a replaced machine
    terminal = person.desk if draw < 0.955 else room if draw < 0.985 else new
    update = 1 if offset > 120 + int(person.section[1:]) * 5 else 0  # one browser update, section by section
    features = {
        "terminal": terminal,
        "network": NETWORKS[0] if chance.random() < 0.97 else NETWORKS[1],
        "browser": BROWSERS[update],
        "system": "Windows",
    }
    moment = datetime(day.year, day.month, day.day, tzinfo=TOKYO) + timedelta(hours=hour)
    return Visit(Login(person.name, person.section, int(moment.timestamp()), features), told)

"""The season of one made-up tenant, day by day: which accesses have a reason, and whether who browses is told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from audit.detection.calendar import Hours, is_working_day
from audit.detection.reasons import explained
from audit.trail.entries import Subject
from ops.bench.watch.day_alerts import alerts_of, counted
from ops.bench.watch.desks import board_desk, school_desk
from ops.bench.watch.work import Access, a_day

SCHOOLS, OFFICERS, DAYS, BROWSERS = 12, 3, 84, 4
"""12 clerks and 3 of the board; the last 42 days some of the clerks browse too."""

START = date(2025, 4, 7)
SEED = 7
Told = Callable[[Access, date, str], None]
"""Told of each explained access as it happens, with the reason."""


@dataclass(slots=True)
class Season:
    """`weeks`: of each person the unexplained share of honest weeks and of browsing ones. `accesses`: (has a reason, is work).
    `browsers`: of each who browses, whether an alert of `unexplained` told of it in each such week."""

    weeks: list[tuple[list[float], list[float]]] = field(default_factory=list)
    accesses: list[tuple[bool, bool]] = field(default_factory=list)
    browsers: list[list[bool]] = field(default_factory=list)


def season(told: Told | None = None) -> Season:
    chance, found = np.random.default_rng(SEED), Season()
    schools = [school_desk(chance, number) for number in range(SCHOOLS)]
    desks = [*schools, *(board_desk(chance, number, schools) for number in range(OFFICERS))]
    earlier: dict[bool, dict[str, dict[date, tuple[int, int]]]] = {True: defaultdict(dict), False: defaultdict(dict)}
    counts: dict[tuple[int, int, bool], list[bool]] = defaultdict(list)
    told_of: dict[int, dict[int, bool]] = defaultdict(dict)
    for offset in range(DAYS):
        day = START + timedelta(days=offset)
        if not is_working_day(day, Hours()):
            continue
        for number, desk in enumerate(desks):
            desk.browses = number < BROWSERS and offset >= DAYS // 2
            opened = a_day(chance, desk, day)
            if not opened:
                continue
            known = explained(desk.user, [access.subject for access in opened], day) or {}
            _note(found, opened, known, day, told)
            counts[number, offset // 7, desk.browses] += [access.subject not in known for access in opened]
            norms = earlier[desk.school is None]
            if desk.browses:
                is_told = alerts_of(opened, day, known, norms)["unexplained"] > 0
                told_of[number][offset // 7] = told_of[number].get(offset // 7, False) or is_told
            norms[desk.user.username][day] = counted(opened, known)
    found.weeks = [_weeks(counts, number) for number in range(len(desks))]
    found.browsers = [list(weeks.values()) for weeks in told_of.values()]
    return found


def _note(found: Season, opened: list[Access], known: Mapping[Subject, str], day: date, told: Told | None) -> None:
    for access in opened:
        found.accesses.append((access.subject in known, access.is_work))
        if told is not None and access.subject in known:
            told(access, day, known[access.subject])


def _weeks(counts: Mapping[tuple[int, int, bool], list[bool]], number: int) -> tuple[list[float], list[float]]:
    def shares(browses: bool) -> list[float]:
        return [float(np.mean(told)) for (who, _, b), told in counts.items() if who == number and b is browses and told]

    return shares(False), shares(True)

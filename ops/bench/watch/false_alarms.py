"""How many honest log-ins are told at a p-value, against what it promises: offices of every season, learnt once and as in service.

The hour model promises its p-values for a future like the past. A year is not: April and May bring overtime and 異動. So offices begin
in each month of a year. Log-ins of one office are judged by one calibration and are no independent witnesses: the intervals draw
whole offices anew, within their month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from audit.detection.calendar import TOKYO
from audit.detection.hours.circle import Flags, Floats, Ints
from audit.detection.hours.days import SECONDS_A_DAY, cells
from audit.detection.hours.history import history
from audit.detection.hours.model import learn
from audit.detection.logins.features import Login
from ops.bench.watch.deciding import first_and_next
from ops.bench.watch.office import office
from ops.bench.watch.rows import Row, near, told
from ops.bench.watch.statistics import RESAMPLES, Estimate

OFFICES_A_MONTH = 8
DAYS = 200
"""Long enough for those who come least."""

TRAINED, JUDGED = 30, 60
WEEK = 7 * SECONDS_A_DAY
BUSY_MONTHS = (4, 5)
ALPHAS = (0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Office:
    """p-values of the honest log-ins of one office: learnt once from the first 30 a person, and learnt anew each week.

    `busy`: which log-ins are of April and May.
    """

    once: Floats
    anew: Floats
    busy: Flags


def measure(offices_a_month: int = OFFICES_A_MONTH) -> list[Row]:
    months = [
        [judged(100 * month + number, date(2026 + month // 12, month % 12 + 1, 5)) for number in range(offices_a_month)]
        for month in range(12)
    ]
    once = [[one.once for one in offices] for offices in months]
    anew = [[one.anew for one in offices] for offices in months]
    return [
        *(near(f"realised FPR at α = {a:g}, learnt anew each week", share(anew, a), a, 0.25) for a in ALPHAS),
        *(near(f"realised FPR at α = {a:g}, learnt once from 30 log-ins", share(once, a), a, 0.25) for a in ALPHAS),
        told("of the log-ins of April and May, at α = 0.02: learnt anew each week", share(_busy(months, "anew"), 0.02)),
        told("of the log-ins of April and May, at α = 0.02: learnt once", share(_busy(months, "once"), 0.02)),
    ]


def _busy(months: Sequence[Sequence[Office]], how: str) -> list[list[Floats]]:
    found = [[getattr(one, how)[one.busy] for one in offices if one.busy.any()] for offices in months]
    return [offices for offices in found if offices]


def judged(seed: int, start: date) -> Office:
    past, following = first_and_next([visit.login for visit in office(seed, days=DAYS, start=start)], TRAINED, JUDGED)
    logins = [*past, *following]
    numbers = {person: number for number, person in enumerate(sorted({one.person for one in logins}))}
    persons = np.array([numbers[one.person] for one in logins], dtype=np.int64)
    seconds = np.array([one.seconds for one in logins], dtype=np.int64)
    is_past = np.arange(len(logins)) < len(past)
    moved = {numbers[person]: moment for person, moment in transfers(logins).items()}
    once, anew = np.empty(len(logins)), np.empty(len(logins))
    once[~is_past] = _judged(persons, seconds, is_past, ~is_past, {})
    first, last = int(seconds[~is_past].min()), int(seconds.max())
    for begin in range(first, last + 1, WEEK):
        week = ~is_past & (seconds >= begin) & (seconds < begin + WEEK)
        if week.any():
            known = {number: moment for number, moment in moved.items() if moment < begin}
            anew[week] = _judged(persons, seconds, is_past | (seconds < begin), week, known)
    months = np.array([datetime.fromtimestamp(one.seconds, TOKYO).month for one in following])
    return Office(once[~is_past], anew[~is_past], np.isin(months, BUSY_MONTHS))


def _judged(persons: Ints, seconds: Ints, learnt: Flags, asked: Flags, moved: dict[int, int]) -> Floats:
    model = learn(history(persons[learnt], seconds[learnt], int(persons.max()) + 1, moved))
    return model.judge(persons[asked], cells(seconds[asked]), np.zeros(int(asked.sum()), dtype=bool))


def transfers(logins: Sequence[Login]) -> dict[str, int]:
    """When each person was first seen in another section than before."""
    section: dict[str, str] = {}
    moved: dict[str, int] = {}
    for one in sorted(logins, key=lambda login: login.seconds):
        if section.setdefault(one.person, one.section) != one.section:
            moved[one.person], section[one.person] = one.seconds, one.section
    return moved


def share(months: Sequence[Sequence[Floats]], alpha: float) -> Estimate:
    """The share of log-ins with p ≤ α, with a 95 % interval over offices drawn anew within their month."""
    chance = np.random.default_rng(int(1 / alpha))
    told_of = [np.array([[(one <= alpha).sum(), len(one)] for one in offices], dtype=np.float64) for offices in months]
    drawn = [_share([some[chance.integers(len(some), size=len(some))] for some in told_of]) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(_share(told_of), float(low), float(high))


def _share(told_of: Sequence[Floats]) -> float:
    told_sum, all_of_them = sum(one.sum(axis=0) for one in told_of)
    return float(told_sum / all_of_them)

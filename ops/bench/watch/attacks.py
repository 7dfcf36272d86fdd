"""Made-up attacks. Sees the honest log-ins as a thief inside the office could, and no figure of the office's maker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np

from audit.detection.calendar import TOKYO
from audit.detection.logins.features import Login

Moment = Callable[[np.random.Generator, int], int]
A_DAY = 86_400


def night(chance: np.random.Generator, seconds: int) -> int:
    """22:00–5:00, within a week of a moment."""
    return _at(chance, seconds, 22 + 7 * chance.random())


def weekend(chance: np.random.Generator, seconds: int) -> int:
    """9:00–18:00 on a Saturday or Sunday."""
    from datetime import datetime

    moved = _at(chance, seconds, 9 + 9 * chance.random())
    there = datetime.fromtimestamp(moved, TOKYO)
    to_saturday = (5 - there.weekday()) % 7 if there.weekday() < 5 else 0
    return moved + (to_saturday + int(chance.integers(2) if there.weekday() < 5 else 0)) * A_DAY


def office_hours(chance: np.random.Generator, seconds: int) -> int:
    """At an hour at which somebody of the office really logged in: the thief works beside the victim."""
    return seconds + int(chance.normal(0, 1800))


def _at(chance: np.random.Generator, seconds: int, hour: float) -> int:
    from datetime import datetime

    day = datetime.fromtimestamp(seconds, TOKYO).replace(hour=0, minute=0, second=0) + timedelta(
        days=int(chance.integers(-7, 8))
    )
    return int((day + timedelta(hours=hour)).timestamp())


def intrusions(past: Sequence[Login], victims: Sequence[str], each: int, when: Moment, seed: int) -> list[Login]:
    """Log-ins in the victims' names by somebody inside, who uses the network, browser and kind of machine that all use.

    The terminal: a colleague's (half), a shared one the office uses most (some), one never seen before, and now and then
    the victim's own, left open.
    """
    chance = np.random.default_rng(seed)
    terminals = Counter(login.features["terminal"] for login in past)
    common = [name for name, _ in terminals.most_common()]
    by_person = {victim: [login for login in past if login.person == victim] for victim in victims}
    found = []
    for victim in victims:
        mine = by_person[victim]
        for _ in range(each):
            model = mine[int(chance.integers(len(mine)))]
            other = past[int(chance.integers(len(past)))]
            draw = chance.random()
            if draw < 0.5:
                terminal = other.features["terminal"]
            elif draw < 0.95:
                terminal = f"T-X{chance.integers(10**9)}"
            else:
                terminal = (
                    model.features["terminal"] if draw < 0.98 else common[int(chance.integers(len(common) // 4 + 1))]
                )
            seconds = when(chance, other.seconds)
            found.append(Login(victim, model.section, seconds, {**model.features, "terminal": terminal}))
    return found

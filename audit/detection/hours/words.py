"""Why a moment is usual or unusual, in words: what was seen, compared with what, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.absence import ABSENCE_DAYS
from audit.detection.hours.circle import HALF_HOURS, Ints
from audit.detection.hours.conformal import at_least_as_unusual
from audit.detection.hours.days import DayKind
from audit.detection.hours.model import LEARNING_SESSIONS, PersonHours

NOTHING_LEARNT = "判定不能：学習した利用が1件もないため、比べるものがない。"
_HOUR = 2
"""Half hours before and after that count as the same time of day."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`p_value`: the share of the organisation's past log-ins that were at least as unusual."""

    p_value: float
    reasons: tuple[str, ...]


def verdict(person: PersonHours, cell: int, relearning: bool = False) -> Verdict:
    """Of one person and cell. `relearning`: after a long absence."""
    if not person.shared_basis:
        return Verdict(1.0, (NOTHING_LEARNT,))
    alone = relearning or person.is_learning or not person.own_basis
    table, basis = (person.shared, person.shared_basis) if alone else (person.own, person.own_basis)
    p_value = float(table[cell])
    reasons = (_own(person, cell, relearning), _others(person, cell), _rank(p_value, basis))
    return Verdict(p_value, reasons)


def clock(half: int) -> str:
    """0:00 … 24:00."""
    return f"{half // 2}:{'30' if half % 2 else '00'}"


def _own(person: PersonHours, cell: int, relearning: bool) -> str:
    kind, half = divmod(cell, HALF_HOURS)
    day = DayKind(kind).label
    when = f"{day}の{clock(half)}〜{clock(half + 1)}の利用。"
    total = person.sessions
    if relearning:
        return f"{when}{ABSENCE_DAYS}日より長く利用がなかったため学習し直しており、本人の過去の時間帯とは比べていない。"
    if person.is_learning:
        return f"{when}本人の履歴は{total}回で学習中（{LEARNING_SESSIONS}回まで）のため、組織の時間帯だけと比べた。"
    return f"{when}本人の過去{total}回のうち、{day}のこの前後1時間に始まったものは{_near(person, cell)}回。"


def _others(person: PersonHours, cell: int) -> str:
    others = int(person.everybody[_around(cell)].sum()) - _near(person, cell)
    total = int(person.everybody.sum()) - person.sessions
    return f"ほかの職員の{total:,}回のうち、この前後1時間は{others:,}回。"


def _rank(p_value: float, basis: int) -> str:
    rarer = at_least_as_unusual(p_value, basis)
    return f"学習した{basis:,}回のうち、これと同じかそれより珍しいものは{rarer:,}回（p={p_value:.4f}）。"


def _near(person: PersonHours, cell: int) -> int:
    return int(person.seen[_around(cell)].sum())


def _around(cell: int) -> Ints:
    kind, half = divmod(cell, HALF_HOURS)
    return kind * HALF_HOURS + (half + np.arange(-_HOUR, _HOUR + 1)) % HALF_HOURS

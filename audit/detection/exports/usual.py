"""What people of one role take out on a day, and how rare more is. Pure.

A day counts for a role when somebody of it took anything out. Two sizes of it are learnt: `rows` (what `taken_out` says, without
what two people approved of before) and `files`. The share of days with at least as much is the conformal rank
(1 + number of such days) / (days + 1): the 99th percentile is passed at .01 whatever the distribution is, and needs 99 days. With
fewer (from LEAST_DAYS on) no rank gets so small. Then a size has to be larger than all that was seen, and so far out on a
logarithmic normal distribution whose middle is the median, and whose spread is the larger of the MAD's and that of the upper tenth: a
few odd days move neither, and work that comes in two sizes (a list now and then, else single sheets) is not all told as odd.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import Any

import numpy as np

LEAST_DAYS = 20
"""With fewer days of a role nothing can be said of it."""

SMALLEST_SPREAD = 0.5
"""Of the logarithm: days that are all alike must not make half as much again a wonder."""

LARGEST_SHARE = 0.1
"""Ten times the standard threshold, the most a prefecture may set: larger sizes than this share of the days are kept."""

EXACT, STEP = 20, 1.05
"""The largest twenty days are kept one by one, then every twentieth part further down."""

_CONSISTENT = 1.4826
_NORMAL_90 = 1.2816


@dataclass(frozen=True, slots=True)
class Sizes:
    """`largest`: (how many days had at least so much, so much), from the largest down; `median`, `spread`: of the logarithm."""

    days: int
    median: float
    spread: float
    largest: tuple[tuple[int, int], ...]

    def share(self, size: int) -> float:
        """How rare a day with at least so much is. Errs towards the usual by a twentieth where days are thinned out."""
        if size > self.most:
            return min(1 / (self.days + 1), self._estimated(size))
        at_least = next((rank - 1 for rank, value in self.largest if value < size), self.days)
        return (1 + at_least) / (self.days + 1)

    def passed_by(self, share: float) -> int:
        """What no more than this share of the days passed; the largest of all where the days are too few for that."""
        rank = max(1, int(share * (self.days + 1)))
        return next((value for place, value in self.largest if place >= rank), self.largest[-1][1])

    @property
    def most(self) -> int:
        return self.largest[0][1]

    def _estimated(self, size: int) -> float:
        """The tail of the logarithmic normal distribution."""
        return 0.5 * erfc((log(size) - self.median) / self.spread / sqrt(2))


@dataclass(frozen=True, slots=True)
class RoleDays:
    """What is known of a role: `people` who took out something, on so many days together."""

    role: str
    people: int
    rows: Sizes | None
    files: Sizes | None


@dataclass(frozen=True, slots=True)
class ExportDay:
    """One person's day: `rows` without what was approved before, `files` all of them."""

    person: str
    roles: frozenset[str]
    rows: int
    files: int


def learn(days: Iterable[ExportDay]) -> dict[str, Any]:
    """By role, as JSON: for `usual_of`."""
    by_role: dict[str, list[ExportDay]] = {}
    for day in days:
        for role in day.roles:
            by_role.setdefault(role, []).append(day)
    return {
        role: {
            "people": len({day.person for day in found}),
            "rows": _packed([day.rows for day in found if day.rows]),
            "files": _packed([day.files for day in found]),
        }
        for role, found in sorted(by_role.items())
    }


def usual_of(learnt: Mapping[str, Any], roles: Iterable[str]) -> tuple[RoleDays, ...]:
    """What is known of each of these roles; one of which nothing is known is left out."""
    known = [(role, learnt[role]) for role in sorted(set(roles)) if role in learnt]
    return tuple(RoleDays(role, one["people"], _unpacked(one["rows"]), _unpacked(one["files"])) for role, one in known)


def _packed(sizes: Sequence[int]) -> dict[str, Any] | None:
    if len(sizes) < LEAST_DAYS:
        return None
    ordered, logs = sorted(sizes, reverse=True), np.log(np.maximum(np.asarray(sizes, dtype=np.float64), 1.0))
    median = float(np.median(logs))
    upper = (float(np.quantile(logs, 0.9)) - median) / _NORMAL_90
    spread = max(_CONSISTENT * float(np.median(np.abs(logs - median))), upper, SMALLEST_SPREAD)
    return {
        "days": len(sizes),
        "median": round(median, 6),
        "spread": round(spread, 6),
        "largest": [[rank, ordered[rank - 1]] for rank in _ranks(len(sizes))],
    }


def _ranks(days: int) -> list[int]:
    """1 … 20, then ever further apart, until one past the largest share of the days."""
    last, found = min(days, max(EXACT, int(LARGEST_SHARE * (days + 1)) + 1)), list(range(1, min(EXACT, days) + 1))
    while found[-1] < last:
        found.append(min(last, max(found[-1] + 1, int(found[-1] * STEP))))
    return found


def _unpacked(one: Mapping[str, Any] | None) -> Sizes | None:
    if one is None:
        return None
    return Sizes(one["days"], one["median"], one["spread"], tuple((rank, value) for rank, value in one["largest"]))

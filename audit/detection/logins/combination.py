"""Several signals of one log-in as one: the sum of their scores, calibrated anew, because signals depend on each other.

Added are −log of the hour's p-value and the logarithm of the machine's ratio, not −log of its p-value: that cannot be smaller than
the share of honest people who sit at another machine that day, and would let an unusual quarter of an hour weigh as much as a
machine never seen (docs/detection.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from audit.detection.hours.circle import Floats
from audit.detection.hours.conformal import p_values

MOST_TERMS = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One signal's part: its p-value, why in words, and its score, which is added to those of the others."""

    title: str
    p_value: float
    words: str
    score: float

    @property
    def weight(self) -> float:
        return -log(self.p_value)


@dataclass(frozen=True, slots=True)
class Combined:
    """`p_value`: the share of the organisation's past log-ins that were at least as unusual, all terms together."""

    p_value: float
    terms: tuple[Term, ...]

    @property
    def sentence(self) -> str:
        return "".join(f"【{term.title}】{term.words}" for term in self.terms)


def combined(terms: list[Term], calibration: Floats) -> Combined | None:
    """None when no signal could be evaluated, or nothing was learnt. Fisher's χ² is not trusted: the terms are dependent."""
    if not terms or not len(calibration):
        return None
    total = sum(term.score for term in terms)
    p_value = float(p_values(calibration, np.array([total]))[0])
    return Combined(p_value, tuple(sorted(terms, key=lambda term: (-term.weight, term.title))[:MOST_TERMS]))

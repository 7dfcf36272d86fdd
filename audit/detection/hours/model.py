"""The hour model: scores and p-values of every person and cell, learnt from a history of log-ins.

What is to be expected of a person at a moment is made of the share of the type of day and of the half hour within it (`rarity`);
both are the person's own counts shrunk to the other persons of the organisation (Dirichlet, `SHRINK` log-ins' worth). The
score is −log of it; its p-value comes from the leave-one-out scores of the whole organisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import Flags, Floats, Ints, smooth
from audit.detection.hours.conformal import p_values
from audit.detection.hours.days import CELLS, DayKind
from audit.detection.hours.history import History, sessions_of
from audit.detection.hours.leave_one_out import Fitted, left_out
from audit.detection.hours.organisation import TYPES, Organisation, organisation
from audit.detection.hours.rarity import expected, score

SHRINK = 5.0
"""How many log-ins the organisation weighs against a person's own."""

LEARNING_SESSIONS = 10
"""Below this many sessions a person is compared with the organisation alone (学習中)."""


@dataclass(frozen=True, slots=True)
class HourModel:
    """All tables are (persons + 1, 144); the last row is for somebody without any history.

    `own` and `shared`: p-values by the person's own model, and by the organisation's alone. `seen`: sessions begun in each
    cell. `sessions`: of each person. `own_basis`, `shared_basis`: how many past log-ins the p-values were counted over.
    `past`: the p-value of each log-in of the history, itself left out.
    """

    own: Floats
    shared: Floats
    seen: Ints
    sessions: Ints
    own_basis: int
    shared_basis: int
    holidays_worked: float
    past: Floats
    everybody: Ints
    """Sessions of the whole organisation begun in each cell."""

    def judge(self, persons: Ints, places: Ints, relearning: Flags) -> Floats:
        """p-values of log-ins in the cells `places`; who is learnt (anew) is judged by the organisation's alone."""
        alone = relearning | (self.sessions[persons] < LEARNING_SESSIONS)
        alone |= self.own_basis == 0
        return np.asarray(np.where(alone, self.shared[persons, places], self.own[persons, places]), dtype=np.float64)

    def of(self, person: int) -> PersonHours:
        """What a decision about this person needs (−1: somebody without any history)."""
        return PersonHours(
            self.own[person],
            self.shared[person],
            self.seen[person],
            int(self.sessions[person]),
            self.everybody,
            self.own_basis,
            self.shared_basis,
        )


@dataclass(frozen=True, slots=True)
class PersonHours:
    """The rows of one person. `everybody`: sessions of the whole organisation, this person's included."""

    own: Floats
    shared: Floats
    seen: Ints
    sessions: int
    everybody: Ints
    own_basis: int
    shared_basis: int

    @property
    def is_learning(self) -> bool:
        return self.sessions < LEARNING_SESSIONS


def learn(history: History) -> HourModel:
    """Fit everything; deterministic. An empty history gives p = 1 everywhere."""
    others, counts = organisation(history)
    sessions = sessions_of(history)
    fitted = fit(counts)
    known = sessions >= LEARNING_SESSIONS
    by_others = _by_kind(others.shares[:, :, None], others.hours, others)
    shared_scores = score(by_others, by_others)
    by_oneself = np.concatenate(
        [_by_kind(*own_shares_and_hours(fitted, others), others, fitted.totals[:, :, None]), by_others[-1:]]
    )
    own_scores = score(by_oneself, by_others)
    place = history.persons, history.cells
    past_shared = shared_scores[place]
    shared_basis = np.sort(past_shared)
    is_known = known[history.persons]
    past_own = score(left_out(history, fitted, others, SHRINK), by_others[place])
    own_basis = np.sort(past_own[is_known])
    seen = _seen(history)
    return HourModel(
        own=p_values(own_basis, own_scores),
        shared=p_values(shared_basis, shared_scores),
        seen=seen,
        sessions=np.append(sessions, 0),
        own_basis=len(own_basis),
        shared_basis=len(shared_basis),
        holidays_worked=float(others.scored[DayKind.HOLIDAY, 0]),
        past=np.where(is_known, p_values(own_basis, past_own), p_values(shared_basis, past_shared)),
        everybody=seen.sum(axis=0),
    )


def fit(counts: Floats) -> Fitted:
    """From each person's own weighted counts (persons, 2, 48)."""
    return Fitted(smooth(counts), counts.sum(axis=2))


def own_shares_and_hours(fitted: Fitted, others: Organisation) -> tuple[Floats, Floats]:
    """Each person's share of the types of day (persons, 2, 1) and of the half hours within each (persons, 2, 48)."""
    totals = fitted.totals
    shares = (totals + SHRINK * others.shares[:-1]) / (totals.sum(axis=1, keepdims=True) + SHRINK)
    hours = (fitted.smoothed + SHRINK * others.hours[:-1]) / (totals + SHRINK)[:, :, None]
    return shares[:, :, None], hours


def _by_kind(shares: Floats, hours: Floats, others: Organisation, seen: Floats | float = 0.0) -> Floats:
    """What is to be expected, (…, 144): a holiday lies between a working day and a weekend."""
    typed_ = expected(shares, hours, np.arange(TYPES)[:, None], seen)
    return np.asarray(np.einsum("utb,kt->ukb", typed_, others.scored).reshape(len(typed_), CELLS))


def _seen(history: History) -> Ints:
    firsts = np.unique(history.sessions, return_index=True)[1]
    seen = np.zeros((history.count + 1, CELLS), dtype=np.int64)
    np.add.at(seen, (history.persons[firsts], history.cells[firsts]), 1)
    return seen

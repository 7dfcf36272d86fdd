"""The hour model: scores and p-values of every person and cell, learnt from a history of log-ins.

For a person, p(type of day, half hour) = share of the type × share of the half hour within it; both are the person's own
counts shrunk to the other persons of the organisation (Dirichlet, `SHRINK` log-ins' worth). The score is −log p; its p-value
comes from the leave-one-out scores of the whole organisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import HALF_HOURS, Floats, Ints, kappa_for, kernel, smooth
from audit.detection.hours.conformal import p_values
from audit.detection.hours.days import CELLS, DayKind
from audit.detection.hours.history import History, sessions_of
from audit.detection.hours.leave_one_out import Fitted, calibration_scores
from audit.detection.hours.organisation import TYPES, Organisation, organisation, typed

SHRINK = 5.0
"""How many log-ins the organisation weighs against a person's own."""

LEARNING_SESSIONS = 10
"""Below this many sessions a person is compared with the organisation alone (学習中)."""


@dataclass(frozen=True, slots=True)
class HourModel:
    """All tables are (persons + 1, 144); the last row is for somebody without any history.

    `own` and `shared`: p-values by the person's own model, and by the organisation's alone. `seen`: sessions begun in each
    cell. `sessions`: of each person. `own_basis`, `shared_basis`: how many past log-ins the p-values were counted over.
    `past`: the p-value of each log-in of the history, itself left out. `…_scores`: −log p of the same, before calibration.
    """

    own: Floats
    shared: Floats
    seen: Ints
    sessions: Ints
    own_basis: int
    shared_basis: int
    holidays_worked: float
    past: Floats
    own_scores: Floats
    shared_scores: Floats
    past_scores: Floats
    everybody: Ints
    """Sessions of the whole organisation begun in each cell."""

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
            self.own_scores[person],
            self.shared_scores[person],
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
    own_scores: Floats
    shared_scores: Floats

    @property
    def is_learning(self) -> bool:
        return self.sessions < LEARNING_SESSIONS


def learn(history: History) -> HourModel:
    """Fit everything; deterministic. An empty history gives p = 1 everywhere."""
    others, counts = organisation(history)
    sessions = sessions_of(history)
    fitted = fit(history, others, counts)
    known = sessions >= LEARNING_SESSIONS
    shared_scores = -np.log(_by_kind(others.shares[:, :, None] * others.hours, others))
    own_scores = np.concatenate([-np.log(_by_kind(own_densities(fitted, others), others)), shared_scores[-1:]])
    past_shared = shared_scores[history.persons, history.cells]
    shared_basis = np.sort(past_shared)
    is_known = known[history.persons]
    left_out = calibration_scores(history, fitted, others, SHRINK)
    own_basis = np.sort(left_out[is_known])
    seen = _seen(history)
    return HourModel(
        own=p_values(own_basis, own_scores),
        shared=p_values(shared_basis, shared_scores),
        seen=seen,
        sessions=np.append(sessions, 0),
        own_basis=len(own_basis),
        shared_basis=len(shared_basis),
        holidays_worked=float(others.scored[DayKind.HOLIDAY, 0]),
        past=np.where(is_known, p_values(own_basis, left_out), p_values(shared_basis, past_shared)),
        own_scores=own_scores,
        shared_scores=shared_scores,
        past_scores=np.where(is_known, left_out, past_shared),
        everybody=seen.sum(axis=0),
    )


def fit(history: History, others: Organisation, counts: Floats) -> Fitted:
    """Each person's own counts, smoothed with the kernel that fits how much is known about each type of day."""
    firsts = np.unique(history.sessions, return_index=True)[1]
    starts = np.zeros((history.count, CELLS))
    np.add.at(starts, (history.persons[firsts], history.cells[firsts]), 1.0)
    by_type = typed(starts.reshape(history.count, len(DayKind), HALF_HOURS), others.counted).sum(axis=2)
    kappas = np.array([[kappa_for(value) for value in row] for row in by_type]).reshape(history.count, TYPES)
    smoothed = np.empty_like(counts)
    for kappa in np.unique(kappas):
        chosen = kappas == kappa
        smoothed[chosen] = smooth(counts[chosen], float(kappa))
    weights = np.stack([kernel(float(kappa)) for kappa in kappas.ravel()]) if kappas.size else np.zeros((0, HALF_HOURS))
    return Fitted(smoothed, counts.sum(axis=2), weights.reshape(history.count, TYPES, HALF_HOURS))


def own_densities(fitted: Fitted, others: Organisation) -> Floats:
    """p(type, half hour) of each person: (persons, 2, 48)."""
    totals = fitted.totals
    share = (totals + SHRINK * others.shares[:-1]) / (totals.sum(axis=1, keepdims=True) + SHRINK)
    hours = (fitted.smoothed + SHRINK * others.hours[:-1]) / (totals + SHRINK)[:, :, None]
    return np.asarray(share[:, :, None] * hours, dtype=np.float64)


def _by_kind(densities: Floats, others: Organisation) -> Floats:
    """(…, types, 48) → (…, 144): a holiday lies between a working day and a weekend."""
    return np.asarray(np.einsum("utb,kt->ukb", densities, others.scored).reshape(len(densities), CELLS))


def _seen(history: History) -> Ints:
    firsts = np.unique(history.sessions, return_index=True)[1]
    seen = np.zeros((history.count + 1, CELLS), dtype=np.int64)
    np.add.at(seen, (history.persons[firsts], history.cells[firsts]), 1)
    return seen

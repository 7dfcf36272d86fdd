"""The history to learn from: log-ins of persons, with their sessions and their weight by age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit.detection.hours.circle import Flags, Floats, Ints
from audit.detection.hours.days import SECONDS_A_DAY, cells

SESSION_GAP = 3 * 3600
"""A log-in more than this many seconds after the person's previous one begins a session."""

HALF_LIFE_DAYS = 90.0
WINDOW_DAYS = 180.0

KEPT_SESSIONS = 30
"""So many of a person's last sessions count however old they are: who comes rarely still has habits."""


@dataclass(frozen=True, slots=True)
class History:
    """Log-ins sorted by person, then time. `persons` are 0 … count − 1; `sessions` number the sessions through the file;
    `rows` says which log-in of the input each is.

    `weights`: of each log-in; those of one session sum to its weight by age, so that somebody who logs in five times in a
    morning weighs no more than somebody who does so once.
    """

    count: int
    rows: Ints
    persons: Ints
    seconds: Ints
    cells: Ints
    sessions: Ints
    weights: Floats


def history(persons: Ints, seconds: Ints, count: int, transfers: dict[int, int] | None = None) -> History:
    """From log-ins in any order; a person's log-ins of the same second are one. `transfers`: when a person last changed
    section; what was before counts half.

    Age is counted from the person's own last log-in; older than 180 days counts nothing, unless it
    is among the last 30 sessions.
    """
    order = np.lexsort((seconds, persons))
    order = order[_is_new(persons[order], seconds[order])]
    persons, seconds = persons[order], seconds[order]
    ages = (_last_seen(persons, seconds, count)[persons] - seconds) / SECONDS_A_DAY
    kept = (ages <= WINDOW_DAYS) | (_sessions_since(persons, session_numbers(persons, seconds), count) < KEPT_SESSIONS)
    order, persons, seconds, ages = order[kept], persons[kept], seconds[kept], ages[kept]
    weights = 0.5 ** (ages / HALF_LIFE_DAYS)
    for person, moment in (transfers or {}).items():
        weights[(persons == person) & (seconds < moment)] *= 0.5
    sessions = session_numbers(persons, seconds)
    if len(sessions):
        weights = weights / np.bincount(sessions)[sessions]
    return History(count, order, persons, seconds, cells(seconds), sessions, weights)


def _is_new(persons: Ints, seconds: Ints) -> Flags:
    """Which rows of a sorted input are not the same as the row before."""
    is_new = np.ones(len(persons), dtype=bool)
    is_new[1:] = (np.diff(persons) != 0) | (np.diff(seconds) != 0)
    return is_new


def session_numbers(persons: Ints, seconds: Ints) -> Ints:
    """Which session each log-in belongs to; the input is sorted by person and time."""
    if not len(persons):
        return np.zeros(0, dtype=np.int64)
    begins = (np.diff(persons) != 0) | (np.diff(seconds) > SESSION_GAP)
    return np.concatenate([[0], np.cumsum(begins)]).astype(np.int64)


def sessions_of(history: History) -> Ints:
    """How many sessions each person has."""
    firsts = np.unique(history.sessions, return_index=True)[1]
    return np.bincount(history.persons[firsts], minlength=history.count).astype(np.int64)


def _sessions_since(persons: Ints, sessions: Ints, count: int) -> Ints:
    """How many sessions of the same person came after that of each log-in."""
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, persons, sessions)
    return np.asarray(last[persons] - sessions, dtype=np.int64)


def _last_seen(persons: Ints, seconds: Ints, count: int) -> Ints:
    last = np.full(count, np.iinfo(np.int64).min, dtype=np.int64)
    np.maximum.at(last, persons, seconds)
    return last

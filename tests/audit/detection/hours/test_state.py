"""Who is learnt anew, and whether hours have drifted."""

from __future__ import annotations

import numpy as np

from audit.detection.hours.absence import relearning
from audit.detection.hours.drift import drift
from tests.audit.detection.hours.offices import at

DAY = 86_400


def test_ten_sessions_after_a_long_absence_are_learnt_anew_and_only_the_persons_own() -> None:
    start = at("2026-01-05T09:00")
    back = start + 91 * DAY
    moments = [start, *(back + day * DAY for day in range(12)), back]
    persons = [0] * 13 + [1]
    mixed = np.random.default_rng(1).permutation(14)
    answer = np.zeros(14, dtype=bool)
    answer[mixed] = relearning(np.array(persons)[mixed], np.array(moments)[mixed])
    assert answer.tolist() == [False, *[True] * 10, False, False, False]


def test_ninety_days_are_no_long_absence() -> None:
    start = at("2026-01-05T09:00")
    assert not relearning(np.array([0, 0]), np.array([start, start + 90 * DAY])).any()


def test_drift_is_told_from_chance() -> None:
    usual, strange = np.full(38, 0.5), np.full(2, 0.01)
    assert not drift(np.concatenate([usual, strange])).has_moved
    assert drift(np.concatenate([usual[:30], np.full(10, 0.01)])).has_moved
    assert not drift(np.full(10, 0.001)).has_moved
    assert drift(np.concatenate([usual, strange])).unusual == 2

"""The histories of many shapes of `make bench-hours`, and how real ones are read and split."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ops.bench.watch.histories import JUDGED, LEAST_JUDGED, Split, judge, of_real, on_day_of, real_sessions, row
from ops.bench.watch.shapes import SHAPES, Shape, moments
from tests.audit.detection.hours.offices import at


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_every_shape_gives_rising_moments_the_same_for_the_same_seed(shape: Shape) -> None:
    def drawn() -> list[int]:
        chance = np.random.default_rng(5)
        return list(moments(chance, shape.rota(chance), 40).tolist())

    assert drawn() == sorted(drawn())
    assert len(drawn()) == 40


def test_nights_are_found_among_people_of_strict_hours_and_colleagues_are_not() -> None:
    chance = np.random.default_rng(2)
    strict = SHAPES[0]
    people = [moments(chance, strict.rota(chance), 60) for _ in range(6)]
    judged = judge([Split(one[:30], one[30:]) for one in people], 1)
    assert [len(person.honest) for person in judged.nights] == [30] * 6
    assert np.median(np.concatenate([person.attacks for person in judged.nights])) < 0.02
    assert np.median(np.concatenate([person.attacks for person in judged.colleagues])) > 0.1
    assert row("strict", judged)[:2] == ("strict", "6")


def test_people_of_different_years_are_attacked_in_their_own() -> None:
    """Else every attack would come after a long absence, and be judged without the person's own hours."""
    assert on_day_of(at("2026-05-11T00:10"), at("2025-03-03T23:50")) == at("2026-05-11T23:50")
    assert on_day_of(at("2026-05-11T23:50"), at("2025-03-03T00:10")) == at("2026-05-11T00:10")


def test_real_histories_are_cut_into_sessions_and_short_ones_left_out() -> None:
    start = datetime(2026, 4, 1, tzinfo=UTC)
    lines = [
        json.dumps({"person": person, "at": (start + timedelta(days=day, hours=hour)).isoformat()})
        for person in range(5)
        for day in reversed(range(10 + LEAST_JUDGED))
        for hour in (0, 2, 6)
    ]
    sessions = real_sessions(lines)
    assert [len(one) for one in sessions] == [2 * (10 + LEAST_JUDGED)] * 5
    assert np.diff(sessions[0]).min() > 3 * 3600
    learnt = of_real(sessions, 10)
    assert len(learnt.nights) == 5
    assert min(len(person.honest) for person in learnt.nights) >= JUDGED
    assert not of_real(sessions, 100).nights

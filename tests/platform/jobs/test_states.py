from __future__ import annotations

import itertools

import pytest

from jobs.states import ALLOWED, ENDED, GIVEN_UP, LIVE, State, may_follow


def test_every_state_is_live_or_ended_and_has_its_ways() -> None:
    assert set(State) == LIVE | ENDED
    assert not LIVE & ENDED
    assert GIVEN_UP < ENDED
    assert set(ALLOWED) == set(State)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_only_the_named_ways_exist(before: State, after: State) -> None:
    expected = {
        (State.QUEUED, State.RUNNING),
        (State.QUEUED, State.CANCELLED),
        (State.RUNNING, State.RUNNING),
        (State.RUNNING, State.QUEUED),
        (State.RUNNING, State.SUCCEEDED),
        (State.RUNNING, State.FAILED),
        (State.RUNNING, State.CANCELLED),
        (State.FAILED, State.QUEUED),
        (State.CANCELLED, State.QUEUED),
    }
    assert may_follow(before, after) is ((before, after) in expected)


def test_done_is_done_and_every_other_state_can_still_get_there() -> None:
    assert ALLOWED[State.SUCCEEDED] == frozenset()
    for state in set(State) - {State.SUCCEEDED}:
        reached, frontier = {state}, {state}
        while frontier:
            frontier = {after for before in frontier for after in ALLOWED[before]} - reached
            reached |= frontier
        assert State.SUCCEEDED in reached

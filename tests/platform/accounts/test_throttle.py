"""The arithmetic of guessing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.throttle import (
    FORGET_AFTER,
    GUESS_WINDOW,
    Failures,
    Guess,
    accepted_codes,
    may_guess,
    may_guess_again_at,
    wait_after,
)

START = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SIX_DIGITS = 10**6
seconds = st.integers(min_value=0, max_value=3 * 24 * 3600)


@given(st.lists(st.integers(0, 7200), max_size=120), st.integers(0, 2))
def test_no_day_gives_a_guesser_more_than_two_in_a_hundred_thousand(pauses: list[int], tolerance: int) -> None:
    guesses: list[Guess] = []
    codes, now = accepted_codes(tolerance), START
    for pause in pauses:
        now += timedelta(seconds=pause)
        if may_guess(guesses, codes, now):
            guesses.append(Guess(now, codes))
    for first in guesses:
        day = [guess for guess in guesses if first.at <= guess.at < first.at + GUESS_WINDOW]
        assert sum(guess.codes for guess in day) / SIX_DIGITS <= 2e-5


@given(st.lists(seconds, min_size=1, max_size=30), st.lists(st.sampled_from([1, 3, 5, 6]), min_size=30, max_size=30))
def test_guesses_open_again_exactly_when_promised(moments: list[int], sizes: list[int]) -> None:
    guesses = [
        Guess(START + timedelta(seconds=second), size) for second, size in zip(sorted(moments), sizes, strict=False)
    ]
    now = guesses[-1].at
    opens = may_guess_again_at(guesses, 3, now)
    assert may_guess(guesses, 3, opens)
    if opens > now:
        assert not may_guess(guesses, 3, opens - timedelta(microseconds=1))
        assert opens - now <= GUESS_WINDOW


@pytest.mark.parametrize(("tolerance", "tries"), [(0, 20), (1, 6), (2, 4)])
def test_tries_a_day(tolerance: int, tries: int) -> None:
    guesses: list[Guess] = []
    codes = accepted_codes(tolerance)
    while may_guess(guesses, codes, START):
        guesses.append(Guess(START, codes))
    assert len(guesses) == tries


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (9, 1), (10, 5), (14, 5), (15, 15), (1000, 15)]
)
def test_waits_after_wrong_passwords(failures: int, minutes: int) -> None:
    assert wait_after(failures) == timedelta(minutes=minutes)


@given(st.lists(st.integers(0, 3600), max_size=200))
def test_a_wait_ends_and_passwords_are_few(pauses: list[int]) -> None:
    now, failures, heard = START, Failures(), []
    for pause in pauses:
        now += timedelta(seconds=pause)
        blocked_until = failures.blocked_until(now)
        if blocked_until is None:
            heard.append(now)
            failures = failures.one_more(now)
        else:
            assert now < blocked_until <= now + timedelta(minutes=15)
    for first in heard:
        day = [moment for moment in heard if first <= moment < first + timedelta(days=1)]
        assert len(day) <= 120


def test_a_count_is_forgotten_after_a_quiet_half_day() -> None:
    failures = Failures(40, START)
    assert failures.at(START + FORGET_AFTER) == Failures()
    assert failures.at(START + FORGET_AFTER - timedelta(seconds=1)).count == 40

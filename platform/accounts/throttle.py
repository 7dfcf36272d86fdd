"""The arithmetic of guessing: how long to wait after a failure, and how many one-time passwords may be tried a day.

Pure: no database, no clock. `docs/accounts.md` derives the figures; property tests hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# --- waiting after wrong passwords and activation codes ---------------------------------------------------------------

WAIT_TIERS: Final = ((15, timedelta(minutes=15)), (10, timedelta(minutes=5)), (5, timedelta(minutes=1)))
"""From so many failures on, each further one is followed by this wait. Never longer, never permanent."""

FORGET_AFTER: Final = timedelta(hours=12)
"""A count that saw no failure for this long starts again at zero."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row on one (account, terminal)."""

    count: int = 0
    last: datetime | None = None

    def at(self, now: datetime) -> Failures:
        """The same count as it stands now: forgotten after FORGET_AFTER."""
        return Failures() if self.last is not None and now - self.last >= FORGET_AFTER else self

    def blocked_until(self, now: datetime) -> datetime | None:
        """When the next try is heard, or None when now."""
        standing = self.at(now)
        if standing.last is None:
            return None
        until = standing.last + wait_after(standing.count)
        return until if until > now else None

    def one_more(self, now: datetime) -> Failures:
        return Failures(self.at(now).count + 1, now)


def wait_after(failures: int) -> timedelta:
    """The wait that follows the n-th failure in a row."""
    for least, wait in WAIT_TIERS:
        if failures >= least:
            return wait
    return timedelta(0)


# --- guesses of one-time passwords ------------------------------------------------------------------------------------

GUESS_BUDGET: Final = 20
"""Codes that may be hit by wrong guesses per person in GUESS_WINDOW: 20 / 10⁶ = 2·10⁻⁵."""

GUESS_WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Guess:
    """A wrong one-time password: when, and how many codes would have been accepted at that moment."""

    at: datetime
    codes: int


def accepted_codes(tolerance_steps: int) -> int:
    """How many codes one device accepts at a moment: the current one and `tolerance_steps` to either side."""
    return 2 * tolerance_steps + 1


def recent(guesses: Iterable[Guess], now: datetime) -> list[Guess]:
    """The guesses that still count, oldest first."""
    return sorted((guess for guess in guesses if now - guess.at < GUESS_WINDOW), key=lambda guess: guess.at)


def may_guess(guesses: Iterable[Guess], codes: int, now: datetime) -> bool:
    """Whether a try that would accept `codes` codes still fits the day's budget, should it be wrong."""
    return spent(guesses, now) + codes <= GUESS_BUDGET


def spent(guesses: Iterable[Guess], now: datetime) -> int:
    return sum(guess.codes for guess in recent(guesses, now))


def may_guess_again_at(guesses: Sequence[Guess], codes: int, now: datetime) -> datetime:
    """The earliest moment at which `may_guess` holds again; `codes` must not exceed GUESS_BUDGET."""
    over = spent(guesses, now) + codes - GUESS_BUDGET
    for guess in recent(guesses, now):
        if over <= 0:
            break
        over -= guess.codes
        now = guess.at + GUESS_WINDOW
    return now

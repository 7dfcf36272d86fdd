"""Age as the law counts it (年齢計算ニ関スル法律, 民法143条)."""

from __future__ import annotations

from datetime import date, timedelta


def age_on(born: date, day: date) -> int:
    """Full years reached by the end of `day`.

    One turns a year older when the day *before* the birthday ends, so a person born on 1 January is already
    a year older on 31 December, and one born on 29 February on every 28 February.
    """
    return years_at(born, day + timedelta(days=1))


def years_at(born: date, after: date) -> int:
    """As `age_on`, given the day *after* the one asked about; for many people and one day."""
    before = after.month < born.month or (after.month == born.month and after.day < born.day)
    return after.year - born.year - before

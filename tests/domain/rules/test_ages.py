from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.ages import age_on


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2015-01-01", "2024-12-31", 10),  # a year older when the day before the birthday ends
        ("2015-01-01", "2024-12-30", 9),
        ("2015-01-02", "2024-12-31", 9),
        ("2014-12-31", "2024-12-31", 10),
        ("2012-02-29", "2023-02-27", 10),
        ("2012-02-29", "2023-02-28", 11),
        ("2012-02-29", "2024-02-28", 12),
        ("2012-03-01", "2024-02-28", 11),
        ("2012-03-01", "2024-02-29", 12),
        ("2024-12-31", "2024-12-31", 0),
    ],
)
def test_age_is_reached_at_the_end_of_the_day_before_the_birthday(born: str, day: str, age: int) -> None:
    assert age_on(date.fromisoformat(born), date.fromisoformat(day)) == age


@given(st.dates(date(1920, 1, 1), date(2024, 1, 1)), st.integers(0, 36500))
def test_age_never_falls_and_rises_by_at_most_one_a_day(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    assert 0 <= age_on(born, day + timedelta(days=1)) - age_on(born, day) <= 1

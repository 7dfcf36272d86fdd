"""A prefecture is a loop: bounds are far above what is measured, so that a busy machine does not fail them."""

from __future__ import annotations

from time import perf_counter

from domain.rules import Pack, assess
from tests.domain.rules.building import family

CASES = [family([45, 42, 15, 10][: 2 + number % 3], 1_000_000 + 1000 * number) for number in range(1000)]


def test_a_thousand_households_take_a_fraction_of_a_second(sample: Pack) -> None:
    start = perf_counter()
    for case in CASES:
        assess(sample, case)
    assert perf_counter() - start < 0.5


def test_receipts_of_a_thousand_households_take_about_a_second(sample: Pack) -> None:
    start = perf_counter()
    for case in CASES:
        assess(sample, case).receipt()
    assert perf_counter() - start < 1.5

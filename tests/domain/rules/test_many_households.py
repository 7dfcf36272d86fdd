"""A prefecture is a loop: one pack, many households, nothing carried over from one to the next.  Speed: `make bench`."""

from __future__ import annotations

from domain.rules import Pack, assess
from domain.rules.canonical import is_intact
from tests.domain.rules.building import family

CASES = [family([45, 42, 15, 10][: 2 + number % 3], 1_000_000 + 1000 * number) for number in range(300)]


def test_the_order_of_households_changes_no_receipt(sample: Pack) -> None:
    forward = [assess(sample, case).receipt()["digest"] for case in CASES]
    backward = [assess(sample, case).receipt()["digest"] for case in reversed(CASES)]
    assert forward == backward[::-1]
    assert len(set(forward)) == len(CASES)


def test_every_receipt_of_many_is_intact(sample: Pack) -> None:
    assert all(is_intact(assess(sample, case).receipt()) for case in CASES)

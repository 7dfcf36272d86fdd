"""A prefecture is a loop: one pack, many households, nothing carried over from one to the next.  Speed: `make bench`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.rules import Pack, assess
from domain.rules.assessment import trace
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


def test_steps_that_are_kept_for_others_are_bounded_and_change_nothing(
    sample: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [family([1 + number % 90, 42, 10]) for number in range(300)]
    kept = [assess(sample, case).receipt_text() for case in cases]
    forgetful = replace(sample)  # with nothing kept yet
    monkeypatch.setattr(trace, "MOST_REMEMBERED", 60)
    assert [assess(forgetful, case).receipt_text() for case in cases] == kept
    assert len(forgetful.skeletons) < len(sample.skeletons)


def test_whoever_changes_a_receipt_changes_no_other(sample: Pack) -> None:
    case = family([45, 10])
    spoilt = assess(sample, case).receipt()
    for step in spoilt["steps"]:  # type: ignore[attr-defined]
        step["inputs"].clear()
        step["title"] = ""
    assert is_intact(assess(sample, case).receipt())

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.exact import Rounding, RoundingMode, parse_fraction


@pytest.mark.parametrize(
    ("mode", "expected"), [(RoundingMode.FLOOR, 20), (RoundingMode.CEIL, 30), (RoundingMode.HALF_UP, 30)]
)
def test_modes_differ_at_the_half(mode: RoundingMode, expected: int) -> None:
    assert Rounding(mode, 10).apply(50, 2) == expected


@given(st.integers(0, 10**9), st.integers(1, 60), st.sampled_from([1, 10]))
def test_rounding_stays_within_one_unit(top: int, bottom: int, unit: int) -> None:
    exact = Fraction(top, bottom)
    floor, ceil, half = (Rounding(mode, unit).apply(top, bottom) for mode in RoundingMode)
    assert floor <= exact <= ceil <= floor + unit
    assert half in (floor, ceil)
    assert abs(half - exact) * 2 <= unit


@pytest.mark.parametrize("text", ["", "0.5", "-1", "1/0", "1/", "/2", "½", "1 /2", "１"])
def test_only_plain_fractions_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a fraction"):
        parse_fraction(text)


def test_fractions_are_exact() -> None:
    assert parse_fraction("3/2") == Fraction(3, 2)
    assert parse_fraction("0") == 0

"""個人番号: the official examples, an independent implementation, and the sample rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import in_

from integrations.atena_adapters.individual_numbers import check_digit, is_sample, is_valid, sample_number


@pytest.mark.parametrize(
    ("leading", "digit"),
    [
        ("12345678901", "8"), ("98320567321", "4"), ("12345678900", "0"), ("11111111111", "8"), ("98765432109", "3"),
        ("01234567890", "3"),
    ],
)  # fmt: skip
def test_published_and_edge_examples(leading: str, digit: str) -> None:
    assert check_digit(leading) == digit


@given(st.text("0123456789", min_size=11, max_size=11))
def test_agrees_with_an_independent_implementation(leading: str) -> None:
    number = leading + check_digit(leading)
    assert in_.is_valid(number)
    assert is_valid(number) == (len(set(number)) > 1)


@pytest.mark.parametrize(
    "number", ["000000000000", "123456789017", "12345678901", "１２３４５６７８９０１８", "12345678901a", ""]
)
def test_refused_numbers(number: str) -> None:
    assert not is_valid(number)


@given(st.integers(0, 99), st.integers(1, 99_999))
def test_sample_numbers_are_valid_and_recognisable(seed: int, n: int) -> None:
    assert is_sample(sample_number(seed, n))


def test_sample_numbers_do_not_repeat() -> None:
    numbers = {sample_number(seed, n) for seed in (0, 1, 99) for n in range(1, 2000)}
    assert len(numbers) == 3 * 1999


@pytest.mark.parametrize(("seed", "n"), [(-1, 1), (100, 1), (0, 0), (0, 100_000)])
def test_sample_numbers_outside_the_rule(seed: int, n: int) -> None:
    with pytest.raises(ValueError, match="サンプル番号"):
        sample_number(seed, n)


def test_other_numbers_are_no_samples() -> None:
    assert not is_sample("123456789018")

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail.entries import Entry, Subject, compose
from audit.trail.screening import NumberInTrail, refuse_numbers
from audit.trail.vocabulary import Event


def with_check_digit(body: str) -> str:
    """The check digit as the ordinance words it (総務省令第85号 第5条): P_n from the right, Q_n = n+1 or n−5."""
    total = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(body), start=1))
    return body + str(0 if total % 11 <= 1 else 11 - total % 11)


numbers = (
    st.integers(0, 10**11 - 1)
    .map(lambda value: with_check_digit(f"{value:011d}"))
    .filter(lambda text: len(set(text)) > 1)
)
written = st.sampled_from(
    [
        lambda number: number,
        lambda number: f"番号は{number}です",
        lambda number: number.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda number: f"{number[:4]}-{number[4:8]}-{number[8:]}",
        lambda number: f"{number[:4]} {number[4:8]} {number[8:]}",
        lambda number: f"{number[:4]}・{number[4:8]}・{number[8:]}",
        lambda number: f"{number[:5]}\u200b{number[5:]}",
        lambda number: f"第一{number}",
        lambda number: number.translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
        lambda number: number.translate(str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")),
    ]
)
nested = st.sampled_from(
    [
        lambda text: text,
        lambda text: {"note": text},
        lambda text: {"rows": [{"cells": ["a", text]}]},
        lambda text: {text: 1},
        lambda text: ["x", [text]],
    ]
)


@given(number=numbers, write=written, nest=nested)
def test_an_individual_number_is_refused_wherever_it_hides_and_never_repeated(
    number: str, write: Callable[[str], str], nest: Callable[[str], object]
) -> None:
    with pytest.raises(NumberInTrail) as caught:
        refuse_numbers(nest(write(number)), "detail")
    assert number not in str(caught.value)
    assert number[:4] not in str(caught.value)
    assert "個人番号" in str(caught.value)


@given(body=st.integers(10**10, 10**11 - 1))
def test_also_as_an_integer(body: int) -> None:
    number = int(with_check_digit(str(body)))
    if len(set(str(number))) > 1:
        with pytest.raises(NumberInTrail):
            refuse_numbers({"n": number}, "detail")


@given(identity=st.uuids(), text=st.binary(max_size=20))
def test_our_own_identifiers_pass_whatever_digits_they_hold(identity: uuid.UUID, text: bytes) -> None:
    digest = hashlib.sha256(text).hexdigest()
    refuse_numbers({"id": str(identity), "hex": f"x {identity.hex}a", "sha": digest}, "detail")


def test_a_uuid_made_of_digits_passes() -> None:
    number = with_check_digit("12345678901")
    refuse_numbers(f"0000000a-0000-4000-8000-{number}", "subjects")


@pytest.mark.parametrize("value", ["2026-04-01T09:15:00+09:00", "R8.4.1", 1_234_567, True, None, ["a"], {"合計": 12}])
def test_ordinary_values_pass(value: object) -> None:
    refuse_numbers(value, "detail")


def test_what_json_has_no_exact_word_for_is_refused() -> None:
    with pytest.raises(TypeError):
        refuse_numbers({"rate": 0.5}, "detail")


@pytest.mark.parametrize(
    "entry",
    [
        Entry(Event.READ_HOUSEHOLD_SHOWN, (Subject("household", with_check_digit("12345678901")),)),
        Entry(Event.READ_HOUSEHOLD_SHOWN, duty=with_check_digit("12345678901")),
        Entry(Event.READ_HOUSEHOLD_SHOWN, case=with_check_digit("12345678901")),
        Entry(Event.READ_HOUSEHOLD_SHOWN, allowed_by=with_check_digit("12345678901")),
    ],
)
def test_every_part_of_an_entry_is_screened(entry: Entry) -> None:
    with pytest.raises(NumberInTrail):
        compose(entry)

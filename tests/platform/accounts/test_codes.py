"""Codes copied from paper."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import codes

LIKE_PAPER = re.compile(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")


def test_a_code_has_eighty_bits_in_four_groups_without_look_alikes() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(LIKE_PAPER.fullmatch(code) for code in made)
    assert len(codes.ALPHABET) ** codes.LENGTH == 2**80


@given(st.text(alphabet=codes.ALPHABET, min_size=16, max_size=16))
def test_case_width_spaces_and_hyphens_do_not_matter(signs: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in signs)
    assert codes.canonical(wide) == codes.canonical(f" {signs[:5].lower()}-{signs[5:]} ") == signs


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKLM-NPQ0", "ABCD-EFGH-JKLM-NPQRS", "123456"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert codes.canonical(typed) == ""


def test_the_hash_is_argon2_salted_and_does_not_hold_the_code() -> None:
    code, salt = codes.new_code(), codes.new_salt()
    stored = codes.digest(code, salt)
    assert stored.startswith("argon2$argon2id$")
    assert code not in stored
    assert codes.matches(codes.digest(code.lower(), salt), stored)
    assert not codes.matches(codes.digest(codes.new_code(), salt), stored)
    assert codes.digest(code, codes.new_salt()) != stored

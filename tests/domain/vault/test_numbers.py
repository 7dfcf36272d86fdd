"""A number in memory shows itself to nobody."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import pytest

from domain.vault.intake.lines import read_lines
from domain.vault.intake.problems import BAD_LINE
from domain.vault.numbers import Number, individual_number
from tests.domain.vault.conftest import number

DIGITS = number(123)


def test_a_number_is_masked_wherever_it_is_printed() -> None:
    secret = Number(DIGITS)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", "%s" % secret, "{}".format(secret)]  # noqa: UP031, UP032
    shown += [repr([secret]), repr({"n": secret}), str((secret,))]
    assert not any(DIGITS in text for text in shown)
    assert secret.masked() == "＊" * 9 + DIGITS[-3:]
    assert Number("12").masked() == "＊＊"


def test_a_number_is_masked_in_logs_and_exceptions(caplog: pytest.LogCaptureFixture) -> None:
    secret = Number(DIGITS)
    try:
        raise ValueError(secret)
    except ValueError as error:
        logging.getLogger("vault").warning("held %s and %r of %s", secret, secret, {"number": secret}, exc_info=error)
        told = "".join(traceback.format_exception(error))
    assert DIGITS not in caplog.text
    assert DIGITS not in told
    assert "＊" in told


def test_a_number_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Number(DIGITS))


def test_a_number_goes_over_the_wire_as_it_is() -> None:
    secret = Number(DIGITS)
    assert secret.clear() == DIGITS
    assert type(secret.clear()) is str
    assert secret.encode() == DIGITS.encode()
    assert json.loads(json.dumps({"n": secret})) == {"n": DIGITS}
    assert ",".join(["a", secret]) == f"a,{DIGITS}"


@pytest.mark.parametrize(
    "text", [DIGITS, f"{DIGITS[:4]} {DIGITS[4:8]} {DIGITS[8:]}", f" {DIGITS[:4]}-{DIGITS[4:8]}-{DIGITS[8:]}"]
)
def test_numbers_are_read_in_the_forms_people_write(text: str) -> None:
    read = individual_number(text)
    assert read is not None
    assert read.clear() == DIGITS


def test_full_width_digits_are_read() -> None:
    wide = DIGITS.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    read = individual_number(wide)
    assert read is not None
    assert read.clear() == DIGITS


@pytest.mark.parametrize("text", ["000000000000", "111111111111", DIGITS[:-1], DIGITS + "0", "abcdefghijkl", ""])
def test_what_cannot_be_a_number_is_refused(text: str) -> None:
    assert individual_number(text) is None


def test_a_wrong_check_digit_is_refused() -> None:
    wrong = str((int(DIGITS[-1]) + 1) % 10)
    assert individual_number(DIGITS[:-1] + wrong) is None


def test_a_line_of_brackets_without_end_is_an_ordinary_bad_line() -> None:
    good, problems = read_lines(b"[" * 200_000 + b"\n" + b'{"a":' * 200_000)
    assert good == []
    assert [(problem.code, problem.line) for problem in problems] == [(BAD_LINE, 1), (BAD_LINE, 2)]

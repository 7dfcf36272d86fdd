"""A workbook with something like an 個人番号 in it is refused, and the digits are repeated nowhere."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.workbook.codes import Code, Severity
from integrations.atena_adapters.individual_numbers import sample_number
from tests.domain.households.roster.books import household, member, pupil, roster

NUMBER = sample_number(7, 31_416)
IN_FOURS = f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]}"
WIDE = NUMBER.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})


def refused_without_echo(data: bytes) -> tuple[Code, str]:
    reading = read_roster(data)
    assert reading.refused
    told = repr(reading) + "".join(problem.message + problem.seen + problem.place for problem in reading.problems)
    assert NUMBER not in re.sub(r"[^0-9]", "", told.replace(reading.digest, ""))
    assert WIDE not in told
    return reading.problems[0].code, reading.problems[0].cell


@pytest.mark.parametrize("text", [NUMBER, IN_FOURS, IN_FOURS.replace("-", " "), WIDE, f"番号は{NUMBER}です"])
def test_in_any_cell(text: str) -> None:
    assert refused_without_echo(roster([household(特記事項=text)])) == (Code.NUMBER_FOUND, "M2")


def test_as_a_number() -> None:
    high = "987654321093"
    data = roster(members=[member("1", 総所得金額=int(high)), member("2")])
    reading = read_roster(data)
    assert [(problem.code, problem.cell) for problem in reading.problems] == [(Code.NUMBER_FOUND, "L2")]
    assert high not in repr(reading)


def test_every_place_is_named() -> None:
    data = roster([household(特記事項=NUMBER)], pupils=[pupil(組=NUMBER)])
    places = [problem.place for problem in read_roster(data).problems]
    assert places == ["「世帯」シート 2行目 (M2)", "「児童生徒」シート 2行目 (H2)"]


def test_the_message_says_what_to_do() -> None:
    message = read_roster(roster([household(特記事項=NUMBER)])).problems[0].message
    assert "保存もしていません" in message
    assert "情報セキュリティ管理者" in message
    assert "専用の窓口" in message


def on_another_sheet(book: Any, _sheets: Any) -> None:
    book.add_worksheet("メモ").write_string(9, 9, NUMBER)


def on_a_hidden_sheet(book: Any, _sheets: Any) -> None:
    sheet = book.add_worksheet("控え")
    sheet.write_string(0, 0, NUMBER)
    sheet.hide()


def as_a_sheet_name(book: Any, _sheets: Any) -> None:
    book.add_worksheet(NUMBER)


def in_a_comment(_book: Any, sheets: Any) -> None:
    sheets["世帯構成員"].write_comment("A2", f"本人 {IN_FOURS}")


def in_a_text_box(_book: Any, sheets: Any) -> None:
    sheets["世帯"].insert_textbox(5, 5, NUMBER)


def in_a_header(_book: Any, sheets: Any) -> None:
    sheets["児童生徒"].set_header(f"&L{NUMBER}")


def in_the_properties(book: Any, _sheets: Any) -> None:
    book.set_properties({"comments": NUMBER})


def in_a_defined_name(book: Any, _sheets: Any) -> None:
    book.define_name("MEMO", f'="{NUMBER}"')


def in_rich_text(book: Any, sheets: Any) -> None:
    bold = book.add_format({"bold": True})
    sheets["世帯"].write_rich_string(8, 8, NUMBER[:5], bold, NUMBER[5:])


@pytest.mark.parametrize(
    "hide",
    [
        on_another_sheet, on_a_hidden_sheet, as_a_sheet_name, in_a_comment, in_a_text_box, in_a_header, in_the_properties,
        in_a_defined_name, in_rich_text,
    ],
)  # fmt: skip
def test_anywhere_in_the_workbook(hide: Callable[[Any, Any], None]) -> None:
    assert refused_without_echo(roster(spoil=hide))[0] == Code.NUMBER_FOUND


@pytest.mark.parametrize("heading", ["個人番号", "マイナンバー（12桁）", "My Number"])
def test_a_column_for_numbers_is_refused_even_when_empty(heading: str) -> None:
    reading = read_roster(roster(rename={"特記事項": heading}))
    assert reading.refused
    assert Code.NUMBER_COLUMN in {problem.code for problem in reading.problems}


@pytest.mark.parametrize(
    "text", ["000-0000-1234", "1234567890123", "03-1234-5678 / 090-1234-5678", "2025-04-01 2025-05-01"]
)
def test_other_long_digits_do_not_refuse_the_file(text: str) -> None:
    assert not read_roster(roster([household(特記事項=text)])).refused


@pytest.mark.parametrize("column", ["特記事項", "世帯番号"])
def test_twelve_digits_with_a_wrong_check_digit_spoil_their_row_and_are_not_shown(column: str) -> None:
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    reading = read_roster(roster([household(**{column: wrong})], pupils=[]))
    problem = next(problem for problem in reading.problems if problem.code is Code.TWELVE_DIGITS)
    assert (problem.severity, problem.seen, reading.households) == (Severity.ERROR, "●●●●", ())
    assert wrong not in "".join(each.message for each in reading.problems)

"""Missing, doubled, renamed sheets and columns: named, with what looks like them."""

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.workbook.codes import Code, Severity
from domain.payments.expense_sheet.layout import EXPENSES
from tests.domain.households.roster.books import book, household, roster


def test_a_missing_sheet_is_named_with_its_likes() -> None:
    reading = read_roster(roster(rename={"世帯構成員": "世帯員"}))
    problem = reading.problems[0]
    assert reading.refused
    assert (problem.code, problem.sheet) == (Code.MISSING_SHEET, "世帯構成員")
    assert problem.message.startswith("「世帯構成員」シートがありません。似た名前：「世帯員」")


def test_all_missing_sheets_and_columns_are_named_at_once() -> None:
    reading = read_roster(roster(without_sheet="児童生徒", without_column="世帯番号"))
    assert [problem.code for problem in reading.problems] == [
        Code.MISSING_COLUMN,
        Code.MISSING_COLUMN,
        Code.MISSING_SHEET,
    ]


def test_a_missing_column_is_named_with_its_likes() -> None:
    reading = read_roster(roster(rename={"生年月日": "生年月日時"}))
    problem = next(problem for problem in reading.problems if problem.code is Code.MISSING_COLUMN)
    assert "必要な列「生年月日」がありません。似た名前：「生年月日時」" in problem.message
    assert reading.refused


def test_a_column_that_may_be_missing() -> None:
    reading = read_roster(roster(without_column="特記事項"))
    assert reading.problems == ()


def test_without_the_column_of_the_grade_every_household_is_parked() -> None:
    reading = read_roster(roster(without_column="級地区分"))
    assert reading.parked_households == ("H29-000001",)
    assert reading.households == ()


def test_a_doubled_column_is_refused() -> None:
    reading = read_roster(roster(rename={"特記事項": "住所"}))
    assert [problem.code for problem in reading.problems] == [Code.DOUBLE_COLUMN]
    assert "「住所」" in reading.problems[0].place


def test_an_unknown_column_is_left_alone_with_a_notice() -> None:
    reading = read_roster(roster([household() | {"特記事項": "x"}], rename={"特記事項": "担任メモ"}))
    assert [(problem.code, problem.severity) for problem in reading.problems] == [
        (Code.UNKNOWN_COLUMN, Severity.NOTICE)
    ]
    assert len(reading.households) == 1


@pytest.mark.parametrize(
    ("column", "heading"),
    [
        ("生年月日", "生年 月日（必須）"),
        ("世帯番号", "世帯番号 *"),
        ("級地区分", "級地"),
        ("支援措置", "支援措置(住所秘匿)"),
    ],
)
def test_headings_may_carry_spaces_brackets_and_known_other_words(column: str, heading: str) -> None:
    assert read_roster(roster(rename={column: heading})).problems == ()


def test_headings_may_stand_below_a_title_but_must_be_there() -> None:
    assert not read_roster(roster(marks=[("名簿",)] * 10)).refused
    assert read_roster(roster(marks=[("名簿",)] * 25)).problems[0].code is Code.MISSING_HEADING


def test_a_workbook_of_expenses_is_led_to_its_page() -> None:
    reading = read_roster(book((EXPENSES,), {"使用経費": []}))
    assert [problem.code for problem in reading.problems] == [Code.OTHER_KIND]
    assert (
        "使用経費のブックです（名簿ではありません）。「使用経費」の「経費を取り込む」の画面で"
        in reading.problems[0].message
    )

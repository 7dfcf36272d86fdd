"""The expenses sheet: rows that stand alone, keys that count once, names of items as text."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.households.roster.rows import Counts
from domain.households.roster.workbook.codes import Code, Severity
from domain.payments.expense_sheet.layout import EXPENSES
from domain.payments.expense_sheet.manual import manual
from domain.payments.expense_sheet.reader import read_expenses
from integrations.atena_adapters.individual_numbers import sample_number
from tests.domain.households.roster.books import Row, book, roster

ITEMS = ("学校給食費", "通学費(本人)", "帰省費(本人)", "帰省費(付添人)", "通学費(付添人)")


def receipt(key: str = "R-1", **more: Any) -> Row:
    row = {
        "証憑番号": key, "学籍番号": "S29001-0001", "経費項目": "学校給食費", "使用日": date(2025, 4, 30), "金額": 4_950,
    }  # fmt: skip
    return row | more


def sheet(*rows: Row, **options: Any) -> bytes:
    return book([EXPENSES], {"使用経費": rows}, **options)


def test_rows_are_typed() -> None:
    data = sheet(
        receipt(回数="１５", 備考="４月分"), receipt("R-2", 経費項目="帰省費（本人）", 何回目=3, 金額="1,200円")
    )
    reading = read_expenses(data, fiscal_year=2025, known_items=ITEMS, known_pupils={"S29001-0001"})
    first, second = reading.expenses
    assert (first.voucher_number, first.used_on, first.amount, first.times) == ("R-1", date(2025, 4, 30), 4_950, 15)
    assert (second.item, second.amount, second.trip_number, second.purpose) == ("帰省費(本人)", 1_200, 3, "")
    assert {problem.code for problem in reading.problems} == {Code.NORMALISED}
    assert reading.counts == Counts(good=2, parked=0, wrong=0)


@pytest.mark.parametrize(("written", "value"), [("付添中", "accompanying"), ("付添いのため", "fetching")])
def test_how_an_attendant_travelled(written: str, value: str) -> None:
    reading = read_expenses(sheet(receipt(経費項目="通学費(付添人)", 付添の別=written)))
    assert reading.expenses[0].purpose == value


@pytest.mark.parametrize(
    ("change", "code", "severity", "says"),
    [
        ({"証憑番号": ""}, Code.EMPTY, Severity.ERROR, "必ず入力"),
        ({"金額": 0}, Code.BAD_AMOUNT, Severity.ERROR, "1から9,999,999まで"),
        ({"金額": "-100"}, Code.BAD_AMOUNT, Severity.ERROR, "1から9,999,999までの範囲の外です。この範囲の整数で入力"),
        ({"金額": "=SUM(A1:A3)"}, Code.FORMULA, Severity.ERROR, "値の貼り付け"),
        ({"使用日": "令和7年4月31日"}, Code.BAD_DATE, Severity.ERROR, "という日はありません"),
        (
            {"使用日": date(2026, 4, 1)},
            Code.DATE_OUT_OF_RANGE,
            Severity.ERROR,
            "令和7年度の使用日ではありません（令和8年4月1日）",
        ),
        ({"経費項目": "帰省費(本人)"}, Code.EMPTY, Severity.ERROR, "「何回目」が必要です"),
        ({"経費項目": "通学費（付添人）"}, Code.EMPTY, Severity.ERROR, "「付添の別」が必要です"),
        ({"経費項目": "学校給食"}, Code.UNKNOWN_ITEM, Severity.PARKED, "似た名前：「学校給食費」"),
        ({"学籍番号": "S29001-9999"}, Code.UNKNOWN_PUPIL, Severity.PARKED, "先に名簿を"),
        ({"備考": "あ" * 101}, Code.TOO_LONG, Severity.ERROR, "100文字まで"),
    ],
)
def test_a_wrong_row_is_left_out_alone(change: Row, code: Code, severity: Severity, says: str) -> None:
    data = sheet(receipt("R-0"), receipt("R-1", **change))
    reading = read_expenses(data, fiscal_year=2025, known_items=ITEMS, known_pupils={"S29001-0001"})
    assert [row.voucher_number for row in reading.expenses] == ["R-0"]
    assert [(problem.row, problem.code, problem.severity) for problem in reading.problems] == [(3, code, severity)]
    assert says in reading.problems[0].message


def test_of_doubled_vouchers_none_is_taken() -> None:
    reading = read_expenses(sheet(receipt(), receipt(), receipt("R-2")))
    assert [row.voucher_number for row in reading.expenses] == ["R-2"]
    assert [problem.code for problem in reading.problems] == [Code.DUPLICATE, Code.DUPLICATE]


def test_without_known_names_the_caller_checks() -> None:
    assert len(read_expenses(sheet(receipt(経費項目="何か"))).expenses) == 1


def test_refused_files() -> None:
    number = sample_number(3, 141)
    for data, code in [
        (b"", Code.NOT_A_WORKBOOK),
        (roster(), Code.OTHER_KIND),
        (sheet(receipt(備考=number)), Code.NUMBER_FOUND),
        (sheet(without_column="金額"), Code.MISSING_COLUMN),
        (sheet(receipt(), marks=[("学校コード", "S29002")]), Code.OTHER_SCHOOL),
    ]:
        reading = read_expenses(data, school_code="S29001")
        assert (reading.refused, reading.expenses, reading.problems[0].code) == (True, (), code)
        assert number not in repr(reading)


def test_the_manual_in_docs_is_what_the_code_says() -> None:
    page = Path(__file__).parents[4] / "docs" / "import.md"
    assert page.read_text(encoding="utf-8") == manual()

"""Single cells: what is accepted and how it comes out, what is refused and in which words."""

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.problems import CellProblem
from tests.domain.households.roster.books import household, member, pupil, roster


def with_cell(sheet: str, column: str, value: Any, **options: Any) -> Any:
    changed = {column: value}
    return read_roster(
        roster(
            [household(**(changed if sheet == "世帯" else {}))],
            [member("1", **(changed if sheet == "世帯構成員" else {})), member("2"), member("3")],
            [pupil(**(changed if sheet == "児童生徒" else {}))],
            **options,
        )
    )


@pytest.mark.parametrize(
    "written",
    [
        "昭和60年5月6日", "S60.5.6", "Ｓ６０．５．６", "1985/5/6", "19850506", 19850506, 31173, date(1985, 5, 6), " 1985-05-06 ",
    ],
)  # fmt: skip
def test_dates_in_every_usual_form(written: Any) -> None:
    reading = with_cell("世帯構成員", "生年月日", written)
    assert reading.members[0].born == date(1985, 5, 6)
    assert {problem.severity for problem in reading.problems} <= {Severity.NOTICE}


def test_serial_numbers_follow_the_calendar_of_the_workbook() -> None:
    reading = with_cell("世帯構成員", "生年月日", 31173 - 1462, options={"date_1904": True})
    assert reading.members[0].born == date(1985, 5, 6)


@pytest.mark.parametrize(
    ("sheet", "column", "value", "attribute", "expected"),
    [
        ("世帯構成員", "年額通学費", "２４，０００", "annual_commuting_cost", 24_000),
        ("世帯構成員", "年額通学費", "24,000円", "annual_commuting_cost", 24_000),
        ("児童生徒", "学年", "５", "grade", 5),
        ("児童生徒", "学籍番号", "Ｓ２９００１－０００９", "pupil_number", "S29001-0009"),
        ("児童生徒", "学籍番号", 20250012, "pupil_number", "20250012"),
        ("世帯", "郵便番号", "〒０００－００１２", "postal_code", "0000012"),
        ("世帯", "郵便番号", 12, "postal_code", "0000012"),
        ("世帯", "電話番号", "０７４２（００）００００", "phone", "0742-00-0000"),
        ("世帯", "地区区分", "VI", "winter_zone", 6),
        ("世帯", "級地区分", "１級地－２", "living_cost_grade", "1-2"),
        ("世帯", "級地区分", "3級地の1", "living_cost_grade", "3-1"),
        ("世帯", "辞退状況", "一部辞退", "decline", "partial"),
        ("世帯", "生活保護", "有", "public_assistance", True),
        ("世帯", "生活保護", 1, "public_assistance", True),
        ("世帯", "支援措置", True, "address_protected", True),
        ("世帯", "支援措置", "無", "address_protected", False),
        ("世帯構成員", "学種", "特別支援学校小学部", "school_stage", "elementary"),
        ("児童生徒", "学部", "小", "department", "elementary"),
    ],
)  # fmt: skip
def test_values_come_out_in_one_form(sheet: str, column: str, value: Any, attribute: str, expected: Any) -> None:
    reading = with_cell(sheet, column, value)
    rows = {"世帯": reading.households, "世帯構成員": reading.members, "児童生徒": reading.pupils}[sheet]
    assert getattr(rows[0], attribute) == expected


def test_what_was_normalised_is_shown_as_understood() -> None:
    problem = with_cell("世帯構成員", "年額通学費", "２４，０００").problems[0]
    assert (problem.severity, problem.code, problem.cell) == (Severity.NOTICE, Code.NORMALISED, "K2")
    assert (problem.seen, problem.message) == ("２４，０００", "「24,000」と読みました。")


BAD = [
    ("世帯構成員", "生年月日", "", Code.EMPTY, "必ず入力してください"),
    (
        "世帯構成員",
        "生年月日",
        "平成31年5月1日",
        Code.BAD_DATE,
        "平成31年5月1日はありません。その日は令和元年5月1日です",
    ),
    ("世帯構成員", "生年月日", "昭和64年1月8日", Code.BAD_DATE, "その日は平成元年1月8日です"),
    ("世帯構成員", "生年月日", "令和6年2月30日", Code.BAD_DATE, "という日はありません"),
    ("世帯構成員", "生年月日", "20240230", Code.BAD_DATE, "という日はありません"),
    ("世帯構成員", "生年月日", "6.4.1", Code.BAD_DATE, "元号がありません"),
    ("世帯構成員", "生年月日", "不詳", Code.BAD_DATE, "日付として読めません"),
    ("世帯構成員", "生年月日", True, Code.BAD_DATE, "日付として読めません"),
    ("世帯構成員", "生年月日", 1985.5, Code.BAD_DATE, "日付として読めません"),
    ("世帯構成員", "生年月日", "1885/1/1", Code.DATE_OUT_OF_RANGE, "1885年の日付です"),
    ("世帯構成員", "生年月日", "=TODAY()", Code.FORMULA, "値の貼り付け"),
    ("世帯構成員", "年額通学費", "=1+6", Code.FORMULA, "値だけにして"),
    ("世帯構成員", "年額通学費", "約二万円", Code.BAD_AMOUNT, "円単位の整数"),
    ("世帯構成員", "年額通学費", "1.5", Code.BAD_AMOUNT, "円単位の整数"),
    ("世帯構成員", "年額通学費", 1.5, Code.BAD_AMOUNT, "円単位の整数"),
    ("世帯構成員", "年額通学費", "△100", Code.BAD_AMOUNT, "範囲の外です。この範囲の整数"),
    ("世帯構成員", "年額通学費", "99999999", Code.BAD_AMOUNT, "範囲の外"),
    ("世帯構成員", "学種", "塾", Code.BAD_CHOICE, "小学校"),
    ("世帯構成員", "保護者等", "たぶん", Code.BAD_CHOICE, "「○」または空欄"),
    ("世帯構成員", "氏名", "あ" * 41, Code.TOO_LONG, "41文字あります。40文字まで"),
    ("世帯構成員", "氏名", "見本\n太郎", Code.BAD_CHARACTER, "改行があります"),
    ("世帯構成員", "氏名", "見本\ue000", Code.BAD_CHARACTER, "外字（U+E000）"),
    ("世帯構成員", "氏名", "見本\u200b太郎", Code.BAD_CHARACTER, "U+200B"),
    ("世帯構成員", "氏名", "12345", Code.BAD_SHAPE, "氏名を入力してください"),
    ("世帯構成員", "氏名", "#REF!", Code.CELL_ERROR, "正しい値"),
    ("世帯構成員", "氏名かな", "見本太郎", Code.BAD_SHAPE, "ひらがなかカタカナ"),
    ("世帯", "郵便番号", "123-45", Code.BAD_SHAPE, "7桁の数字"),
    ("世帯", "電話番号", "電話なし", Code.BAD_SHAPE, "市外局番から"),
    ("世帯", "電話番号", date(2025, 4, 1), Code.BAD_SHAPE, "日付の書式"),
    ("世帯", "口座番号", "１２３", Code.BAD_SHAPE, "7桁の数字"),
    ("世帯", "口座名義カナ", "見本太郎", Code.BAD_SHAPE, "カタカナ"),
    ("世帯", "口座番号", "", Code.CONTRADICTION, "振込先のうち「口座番号」が空欄です"),
    ("世帯", "級地区分", "4級地", Code.BAD_CHOICE, "1級地-1・1級地-2"),
    ("世帯", "住所", "あ" * 121, Code.TOO_LONG, "120文字まで"),
    ("児童生徒", "学年", "五", Code.BAD_INTEGER, "数字だけで"),
    ("児童生徒", "学年", 0, Code.BAD_INTEGER, "1から6までの範囲の外です。この範囲の整数で入力してください。"),
    ("児童生徒", "学籍番号", "S 1/2", Code.BAD_SHAPE, "空白や記号は使えません"),
    ("児童生徒", "転出日", date(2020, 4, 1), Code.CONTRADICTION, "転出日が転入学日より前"),
    ("児童生徒", "就学状況", "転出済", Code.CONTRADICTION, "転出日が空欄です"),
    ("児童生徒", "措置費", "○", Code.CONTRADICTION, "施設生のときだけ"),
]


@pytest.mark.parametrize(("sheet", "column", "value", "code", "says"), BAD)
def test_wrong_cells_are_named_and_explained(sheet: str, column: str, value: Any, code: Code, says: str) -> None:
    reading = with_cell(sheet, column, value)
    wrong: list[CellProblem] = [problem for problem in reading.problems if problem.severity is Severity.ERROR]
    assert [(problem.code, problem.sheet, problem.row) for problem in wrong] == [(code, sheet, 2)]
    assert says in wrong[0].message
    assert wrong[0].message.endswith("。")
    assert wrong[0].message.count("入力してください") <= 1, "advice is given once"
    assert wrong[0].cell


def test_a_department_has_only_its_own_grades() -> None:
    reading = read_roster(roster(pupils=[pupil(学部="中学部", 学年=5)]))
    assert reading.problems[0].message.startswith("中学部に5年はありません。")


def test_a_birth_after_the_fiscal_year_is_wrong() -> None:
    rows = [member("1"), member("2", 生年月日=date(2026, 4, 2))]
    within = read_roster(roster(members=rows), fiscal_year=2026).problems
    assert {each.code for each in within} == {Code.IMPLAUSIBLE}
    early = read_roster(roster(members=rows), fiscal_year=2025).problems
    assert [each.row for each in early if each.code is Code.DATE_OUT_OF_RANGE] == [3]


def test_a_variation_selector_does_not_count_as_a_character() -> None:
    name = "辻\U000e0101" * 40
    reading = read_roster(roster(members=[member("1"), member("2", 氏名=name)], pupils=[pupil(氏名=name)]))
    assert reading.problems == ()


def test_a_formula_in_a_column_of_no_concern_does_no_harm() -> None:
    reading = read_roster(roster([household(特記事項="=1+1")], rename={"特記事項": "計算"}))
    assert [problem.code for problem in reading.problems] == [Code.UNKNOWN_COLUMN]


def test_a_formula_is_found_where_cells_carry_no_address() -> None:
    data = rezipped_sheet(roster([household(特記事項="=1+1")]), re.compile(rb' r="[A-Z]*[0-9]+"'))
    first = read_roster(data).problems[0]
    assert (first.code, first.row, first.column) == (Code.FORMULA, 2, "特記事項")


def rezipped_sheet(data: bytes, without: re.Pattern[bytes]) -> bytes:
    """The workbook with a pattern taken out of its first sheet."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, without.sub(b"", content) if name.endswith("sheet1.xml") else content)
    return target.getvalue()


def test_what_was_seen_is_shortened_and_kept_out_of_repr() -> None:
    found = with_cell("世帯構成員", "氏名", "長い" * 100).problems
    problem = next(each for each in found if each.code is Code.TOO_LONG)
    assert len(problem.seen) == 41
    assert "長い" not in repr(problem)
    assert problem.place == "「世帯構成員」シート 2行目 「氏名」 (C2)"


def test_a_whole_number_is_shown_as_it_was_typed() -> None:
    assert "9" in {problem.seen for problem in with_cell("児童生徒", "学年", 9).problems}
    assert "1.5" in {problem.seen for problem in with_cell("世帯構成員", "年額通学費", 1.5).problems}

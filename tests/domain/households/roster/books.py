"""Workbooks for tests, made in memory: a small good roster that each test spoils in one place."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from domain.households.roster.layout import ROSTER
from domain.households.roster.workbook.layout import SheetLayout

Row = dict[str, Any]
Spoil = Callable[[Any, Any], None]


def household(number: str = "H29-000001", **more: Any) -> Row:
    row = {
        "世帯番号": number, "保護者等氏名": "見本　太郎", "保護者等氏名かな": "みほん　たろう", "郵便番号": "000-0001",
        "住所": "奈良市見本町1丁目2番3号", "電話番号": "000-0000-0001", "地区区分": "Ⅵ区", "級地区分": "1級地-2",
        "金融機関コード": "9990", "金融機関名": "サンプル銀行", "支店コード": "901", "支店名": "見本支店", "口座種類": "普通",
        "口座番号": "0000001", "口座名義カナ": "ミホン　タロウ",
    }  # fmt: skip
    return row | more


def member(key: str, number: str = "H29-000001", **more: Any) -> Row:
    guardian = key == "1"
    row = {
        "世帯番号": number, "構成員番号": key, "氏名": "見本　太郎" if guardian else f"見本　{'一二三四五六七八'[int(key) - 1]}子",
        "氏名かな": "みほん　たろう" if guardian else "みほん　こ", "生年月日": date(1985, 5, 6) if guardian else date(2014, 7, int(key)),
        "続柄": "父" if guardian else "子", "保護者等": "○" if guardian else "",
    }  # fmt: skip
    return row | more


def pupil(student: str = "S29001-0001", key: str = "2", number: str = "H29-000001", **more: Any) -> Row:
    row = {
        "学籍番号": student, "世帯番号": number, "構成員番号": key, "氏名": f"見本　{'一二三四五六七八'[int(key) - 1]}子",
        "氏名ふりがな": "みほん　こ", "学部": "小学部", "学年": 5, "組": "1", "出席番号": 1, "就学状況": "通学生",
        "転入学日": date(2021, 4, 1),
    }  # fmt: skip
    return row | more


def roster(
    households: Sequence[Row] | None = None,
    members: Sequence[Row] | None = None,
    pupils: Sequence[Row] | None = None,
    **options: Any,
) -> bytes:
    """A roster of one household with a father, a pupil and a brother, unless told otherwise."""
    rows = {
        "世帯": [household()] if households is None else households,
        "世帯構成員": [member("1"), member("2"), member("3")] if members is None else members,
        "児童生徒": [pupil()] if pupils is None else pupils,
    }
    return book(ROSTER, rows, **options)


def book(
    layouts: Sequence[SheetLayout],
    rows: Mapping[str, Sequence[Row]],
    *,
    without_sheet: str = "",
    without_column: str = "",
    rename: Mapping[str, str] | None = None,
    marks: Sequence[tuple[str, Any]] = (),
    spoil: Spoil | None = None,
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """Write the sheets; `rename` renames sheets and headings, `spoil(workbook, sheets)` adds what it likes."""
    names = rename or {}
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, **(options or {})})
    day_format = workbook.add_format({"num_format": "yyyy/mm/dd"})
    sheets = {}
    for layout in layouts:
        if layout.name == without_sheet:
            continue
        sheet = sheets[layout.name] = workbook.add_worksheet(names.get(layout.name, layout.name))
        for line, mark in enumerate(marks):
            sheet.write_row(line, 0, mark)
        top = len(marks)
        columns = [column.name for column in layout.columns if column.name != without_column]
        sheet.write_row(top, 0, [names.get(name, name) for name in columns])
        for line, row in enumerate(rows[layout.name], start=top + 1):
            for place, name in enumerate(columns):
                _write(sheet, line, place, row.get(name, ""), day_format)
    if spoil:
        spoil(workbook, sheets)
    workbook.close()
    return target.getvalue()


def _write(sheet: Any, line: int, place: int, value: Any, day_format: Any) -> None:
    if isinstance(value, date | datetime):
        sheet.write_datetime(line, place, value, day_format)
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(line, place, value, value=7)
    elif isinstance(value, str):
        sheet.write_string(line, place, value)
    else:
        sheet.write(line, place, value)

"""A blank form (様式) made from the layout that the reader goes by: sheets, headings, notes, lists to choose from, an example."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from domain.households.roster.workbook.layout import EXAMPLE_HEADING, EXAMPLE_MARK, Column, Kind, SheetLayout

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = 2_000
"""Rows below the example that are laid out for filling; more may be written."""
_WIDE = {Kind.TEXT: 26, Kind.NAME: 20, Kind.KANA: 22, Kind.ACCOUNT_HOLDER: 22, Kind.DATE: 16}
_EXPLAINED = (
    "1行目の下の「学校コード」「年度」は、選んだ学校・年度と照らし合わせます。",
    "青い見出しの列に入力します。「必須」とある列は必ず入力してください。列の順を変えても、使わない任意の列を消してもかまいません。",
    f"灰色の行は記入例です。「{EXAMPLE_MARK}」の印がある行は取り込みません。自分の行はその下から入力してください。",
    "数式は使えません。ほかの表から写すときは「値の貼り付け」をしてください。",
    "日付は 令和7年4月1日、R7.4.1、2025/4/1 のどれでもかまいません。",
    "個人番号（マイナンバー）は、どのシートにも、コメントにも書かないでください。書かれたファイルは受け取りません。",
)
Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""Sheet → rows by the column's key."""


def blank_workbook(
    title: str,
    version: str,
    layouts: Sequence[SheetLayout],
    marks: Mapping[str, str] | None = None,
    rows: Rows | None = None,
) -> bytes:
    """The form of these sheets. `marks`: label → value above the headings (学校コード, 年度); `rows`: written below the example."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, options) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#d9e6ff", "border": 1, "text_wrap": True, "valign": "top"}
            ),
            "note": book.add_format({"font_color": "#555555", "font_size": 9, "text_wrap": True, "valign": "top"}),
            "example": book.add_format(
                {"font_color": "#666666", "italic": True, "bg_color": "#f2f2f2", "border": 1, "num_format": "@"}
            ),
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for layout in layouts:
            _sheet(book, formats, layout, [(version, ""), *(marks or {}).items()], (rows or {}).get(layout.name, ()))
        _explain(book, formats, title, layouts)
    return kept.getvalue()


def _sheet(
    book: Any,
    formats: Mapping[str, Any],
    layout: SheetLayout,
    marks: Sequence[tuple[str, str]],
    rows: Sequence[Mapping[str, object]],
) -> None:
    sheet = book.add_worksheet(layout.name)
    for line, (label, value) in enumerate(marks):
        sheet.write_string(line, 1, label)
        sheet.write_string(line, 2, value)
    notes, head = len(marks), len(marks) + 1
    sheet.set_row(notes, 46)
    sheet.set_column(0, 0, 8)
    sheet.write_string(notes, 0, "")
    sheet.write_string(head, 0, EXAMPLE_HEADING, formats["note"])
    sheet.write_string(head + 1, 0, EXAMPLE_MARK, formats["example"])
    for place, column in enumerate(layout.columns, start=1):
        numeric = column.kind in (Kind.YEN, Kind.INTEGER)
        sheet.set_column(place, place, _WIDE.get(column.kind, 14), formats["number" if numeric else "text"])
        sheet.write_string(notes, place, _note(column), formats["note"])
        sheet.write_string(head, place, column.name, formats["head"])
        sheet.write_string(head + 1, place, column.example, formats["example"])
        _validate(sheet, head + 2, place, column)
        for below, row in enumerate(rows, start=head + 2):
            cell = row.get(column.key, "")
            if cell != "":
                sheet.write(below, place, cell)
    sheet.freeze_panes(head + 1, 2)


def _note(column: Column) -> str:
    """Above a heading, not a heading itself."""
    return f"{'【必須】' if column.required else '【任意】'}{column.note}"


def _validate(sheet: Any, first: int, place: int, column: Column) -> None:
    """What Excel itself asks for while typing; the reader accepts more (wide digits, other words), never less."""
    rule: dict[str, Any] | None = None
    if column.kind is Kind.CHOICE:
        rule = {"validate": "list", "source": [choice.label for choice in column.choices if choice.label]}
    elif column.kind is Kind.FLAG:
        rule = {"validate": "list", "source": ["○"]}
    elif column.kind in (Kind.YEN, Kind.INTEGER):
        rule = {"validate": "integer", "criteria": "between", "minimum": column.low, "maximum": column.high}
    elif column.kind in (Kind.TEXT, Kind.NAME, Kind.KANA, Kind.IDENTIFIER, Kind.ACCOUNT_HOLDER):
        rule = {"validate": "length", "criteria": "<=", "value": column.limit}
    if rule is not None:
        words = {"ignore_blank": True, "error_title": column.name, "error_message": _wanted(column)}
        sheet.data_validation(first, place, first + LINES, place, rule | words)


def _wanted(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return "一覧から選んでください。"
    if column.kind is Kind.FLAG:
        return "「○」または空欄にしてください。"
    if column.kind in (Kind.YEN, Kind.INTEGER):
        return f"{column.low:,}から{column.high:,}までの整数を入力してください。"
    return f"{column.limit}文字までです。"


def _explain(book: Any, formats: Mapping[str, Any], title: str, layouts: Sequence[SheetLayout]) -> None:
    sheet = book.add_worksheet("説明")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 3, 48)
    sheet.write_string(0, 0, f"{title}の様式", formats["title"])
    line = 2
    for text in _EXPLAINED:
        sheet.merge_range(line, 0, line, 3, text, formats["wrapped"])
        sheet.set_row(line, 30)
        line += 1
    for layout in layouts:
        line += 1
        sheet.write_string(line, 0, f"「{layout.name}」シート: {layout.note}", formats["title"])
        sheet.write_row(line + 1, 0, ["列", "必須", "書き方", "説明"], formats["head"])
        line += 2
        for column in layout.columns:
            words = [column.name, "○" if column.required else "", _writing(column), column.note]
            sheet.write_row(line, 0, words, formats["wrapped"])
            line += 1


def _writing(column: Column) -> str:
    if column.kind is Kind.CHOICE:
        return "・".join(choice.label for choice in column.choices if choice.label)
    if column.kind is Kind.FLAG:
        return "○または空欄"
    example = f"（例: {column.example}）" if column.example else ""
    return f"{column.kind.value}{example}"

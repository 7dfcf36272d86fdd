"""The draft's rows as a workbook to fill: what a row is stands in grey and protected, what to fill in white."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import xlsxwriter

from domain.households.roster.workbook.layout import Column, Kind, SheetLayout
from domain.rules import Category
from domain.yearpacks.ages import age_in_use, age_row, said
from domain.yearpacks.changing import lacking_of, unconfirmed_of
from domain.yearpacks.filling import UNKNOWN
from domain.yearpacks.lacking import AGE
from domain.yearpacks.models import Revision
from domain.yearpacks.own import OwnRow, own_rows
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.wording import NO_ROW
from domain.yearpacks.workbook.layout import (
    ACCEPTED,
    EXPLAINED,
    EXPLANATION,
    KEPT,
    REVISION_MARK,
    layouts_of,
    share_key,
)

Line = Mapping[str, object]
HEAD = 3
"""Rows above the first line: the mark of the revision, the sheet's note, the headings."""
_WIDTHS = {"row": 14, "title": 34, "where": 38, "now": 30, "source": 40, "article": 14, "reason": 40}


def workbook_of(revision: Revision) -> bytes:
    """All absent, unconfirmed and own rows of a draft, one sheet per kind."""
    pack = draft_pack(revision)
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#e8f1fe", "border": 1, "text_wrap": True}),
            "kept": book.add_format({"bg_color": "#f2f2f2", "border": 1, "text_wrap": True, "valign": "top"}),
            "open": book.add_format({"locked": False, "border": 1, "num_format": "@", "valign": "top"}),
            "yen": book.add_format({"locked": False, "border": 1, "num_format": "#,##0", "valign": "top"}),
        }
        _explain(book, revision)
        for section, layout in layouts_of(pack).items():
            _sheet(book, formats, revision, layout, list(_lines(revision, section)))
    return kept.getvalue()


def _explain(book: Any, revision: Revision) -> None:
    sheet = book.add_worksheet(EXPLANATION)
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True}))
    sheet.write_string(0, 0, f"{revision.title}（{revision.name}）の入力用ブック", book.add_format({"bold": True}))
    for number, text in enumerate(EXPLAINED, start=2):
        sheet.write_string(number, 0, f"{number - 1}. {text}")
    sheet.protect()


def _sheet(book: Any, formats: Mapping[str, Any], revision: Revision, layout: SheetLayout, lines: list[Line]) -> None:
    sheet = book.add_worksheet(layout.name)
    sheet.write_string(0, 0, REVISION_MARK)
    sheet.write_string(0, 1, revision.name)
    sheet.write_string(1, 0, layout.note)
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, _WIDTHS.get(column.key, 16))
        sheet.write_string(HEAD - 1, place, column.name, formats["head"])
        for number, line in enumerate(lines, start=HEAD):
            _cell(sheet, number, place, column, line.get(column.key), formats)
        if lines and column.key not in KEPT:
            _validate(sheet, place, column, len(lines))
    sheet.freeze_panes(HEAD, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": False})


def _cell(sheet: Any, row: int, place: int, column: Column, value: object, formats: Mapping[str, Any]) -> None:
    if column.key in KEPT:
        sheet.write_string(row, place, str(value or ""), formats["kept"])
    elif column.kind in (Kind.YEN, Kind.INTEGER):
        sheet.write(row, place, value, formats["yen"])
    else:
        sheet.write_string(row, place, str(value or ""), formats["open"])


def _validate(sheet: Any, place: int, column: Column, lines: int) -> None:
    rule: dict[str, Any] = {
        "ignore_blank": True,
        "error_title": column.name,
        "error_message": column.note or column.example,
    }
    if column.kind is Kind.FLAG:
        rule |= {"validate": "list", "source": ["○"]}
    elif column.kind is Kind.CHOICE:
        rule |= {"validate": "list", "source": [choice.label for choice in column.choices if choice.label]}
    elif column.kind in (Kind.YEN, Kind.INTEGER):
        rule |= {"validate": "integer", "criteria": "between", "minimum": column.low, "maximum": column.high}
    else:
        rule |= {"validate": "length", "criteria": "<=", "value": column.limit}
    sheet.data_validation(HEAD, place, HEAD + lines - 1, place, rule)


def _lines(revision: Revision, section: str) -> Iterator[Line]:
    pack = draft_pack(revision)
    if section == ACCEPTED:
        for each in unconfirmed_of(pack):
            yield {"row": each.name, "title": f"{each.kind} {each.title}", "now": each.value, "where": each.source}
        return
    layout = layouts_of(pack)[section]
    owned = [own for own in own_rows(pack, revision.content) if own.row.section == section]
    for own in owned:
        head = {"row": own.row.id, "title": own.row.title, "where": own.row.where, "now": own.text}
        yield head | _values(own, layout)
    known = {own.row.id for own in owned}
    if section == AGE and age_row().id not in known:
        row = age_row()
        yield {"row": row.id, "title": row.title, "where": row.where, "now": said(age_in_use(pack))}
    for row in lacking_of(pack):
        if row.section == section and row.id not in known:
            absent = f"{row.lacking_text} {NO_ROW}".strip()
            yield {"row": row.id, "title": row.title, "where": row.where, "now": absent}


def _values(own: OwnRow, layout: SheetLayout) -> dict[str, object]:
    """What an own row says, as it is typed."""
    said = own.values
    cells: dict[str, object] = {"source": own.source, "article": own.article}
    for name in ("annual", "amount", "full_years"):
        cells[name] = said.get(name)
    for name in ("not_covered", "no_cap"):
        cells[name] = "○" if said.get(name) else ""
    if "pays" in said:
        cells["pays"] = "支給する" if said["pays"] else "支給しない"
    for name in ("on", "action", "category"):
        if name in said:
            cells[name] = layout.column(name).choice_label(str(said[name]))
    for ledger, vector in said.items():
        for category in Category:
            key = share_key(ledger, category)
            if any(column.key == key for column in layout.columns):
                text = vector[category - 1]
                cells[key] = "" if text == UNKNOWN else text
    return cells

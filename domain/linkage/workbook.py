"""The reconciliation of a period as an Excel workbook: 照合, 状態別, 合わない送受信. Counts only, no person."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from domain.linkage.reconciling import Report
from web.dates import to_wareki

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN_WIDTH = 24


def workbook_of(report: Report) -> bytes:
    """The bytes of the workbook."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})

    def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        page = book.add_worksheet(name)
        page.set_column(0, len(heads) - 1, COLUMN_WIDTH)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, heads, bold)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, row)

    state = "合っています" if report.balanced else "合いません"
    sheet(
        "照合",
        ("期間・種別", "送信（件）", "受領（件）", "未着（件）", "再送に回した（件）", "状態"),
        [
            (f"{to_wareki(report.first)}から{to_wareki(report.last)}まで", report.sent, "", "", "", state),
            *((row.title, row.accounted, row.received, row.open, row.again, "") for row in report.rows),
        ],
    )
    states = [(row.title, word, lines) for row in report.rows for word, lines in row.by_state]
    sheet("状態別", ("種別", "状態", "件数（件）"), states)
    different = [(one.sequence, one.title, one.sent, one.accounted) for one in report.differences]
    sheet("合わない送受信", ("通番", "種別", "送信（件）", "たどれる件数（件）"), different)
    book.close()
    return held.getvalue()

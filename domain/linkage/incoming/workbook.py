"""情報提供等記録 as an Excel workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable

import xlsxwriter

from domain.linkage.models import ExchangeRecord
from domain.linkage.protection import item_shown, party_shown
from web.dates import to_wareki
from web.formatting import format_second

HEADS = (
    "世帯番号",
    "構成員",
    "氏名",
    "照会・提供",
    "相手機関",
    "情報の項目",
    "照会日時",
    "提供日時",
    "記録番号",
    "保存期限",
)


def records_workbook(records: Iterable[ExchangeRecord]) -> bytes:
    """The bytes; one row a record. No number and no address."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, page = book.add_format({"bold": True, "bottom": 1}), book.add_worksheet("情報提供等記録")
    page.set_column(0, len(HEADS) - 1, 20)
    page.freeze_panes(1, 0)
    page.write_row(0, 0, HEADS, bold)
    for number, one in enumerate(records, start=1):
        page.write_row(number, 0, _row(one))
    book.close()
    return held.getvalue()


def _row(one: ExchangeRecord) -> list[str]:
    times = [format_second(at) if at else "" for at in (one.asked_at, one.provided_at)]
    who = [one.member.household.number, one.member.key, one.member.name, "提供" if one.provided else "照会"]
    return [*who, party_shown(one), item_shown(one), *times, one.entry, to_wareki(one.keep_until)]

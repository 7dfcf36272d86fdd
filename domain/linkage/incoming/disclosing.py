"""情報提供等記録 of one person on paper, for a request of disclosure (番号法23条, 個人情報保護法76条).

What was asked of others about the person, and what was provided to others. No individual number, no 団体内統合宛名番号, no address.
Of a household under 支援措置 the other body is not disclosed either: a municipality that was asked, or asks, tells where the person lives.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from domain.households.models import Member
from domain.linkage.errors import LinkageError
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.models import ExchangeRecord
from domain.linkage.protection import item_shown, party_shown
from tenants.core.context import require_prefecture
from typesetting.engine import RenderedPdf, render_pdf
from typesetting.exchange import ExchangeRecordLine, ExchangeRecordsPage, ExchangeRecordsPages
from web.dates import to_wareki
from web.formatting import format_moment
from web.moments import start_of

TEMPLATE = "exchange_records"
MOST_LINES = 5_000
WITHHELD = "不開示"
WHY_WITHHELD = (
    "この方の世帯には支援措置がとられています。相手機関から居所が知られるおそれがあるため、相手機関を不開示とします"
    "（個人情報保護法第78条第1項第1号。開示請求者の生命、健康、生活又は財産を害するおそれがある情報）。"
)


class TooManyRecords(LinkageError):
    """`linkage.too-many-records`: more lines than one document holds."""

    identifier = "linkage.too-many-records"

    def __init__(self) -> None:
        super().__init__(f"一つの書類に{MOST_LINES:,}件まで印刷できます。期間を分けてください。")


def kept_of(member: Member) -> dict[str, object]:
    """How many records of each side are kept of a person, and of which days: `asked`, `provided`, `first`, `last`. One query."""
    return member.exchange_records.aggregate(
        asked=Count("pk", filter=Q(provided=False)),
        provided=Count("pk", filter=Q(provided=True)),
        first=Min("asked_at"),
        last=Max("asked_at"),
    )


def records_of(member: Member, first: date, last: date) -> QuerySet[ExchangeRecord]:
    """Asked for from `first` to `last`, both included."""
    return member.exchange_records.filter(
        asked_at__gte=start_of(first), asked_at__lt=start_of(last + timedelta(days=1))
    )


def pdf_of(member: Member, first: date, last: date, by: str) -> RenderedPdf:
    """The document of the records asked for from `first` to `last`, both included. Raises TooManyRecords, TypesettingError."""
    records = list(records_of(member, first, last).order_by("asked_at", "pk")[: MOST_LINES + 1])
    if len(records) > MOST_LINES:
        raise TooManyRecords
    prefecture = require_prefecture()
    data: ExchangeRecordsPages = {
        "sample": prefecture.sample,
        "printed": {"at": format_moment(timezone.now()), "by": by},
        "documents": [_page(member, records, first, last, prefecture.name)],
    }
    return render_pdf(TEMPLATE, data)


def _page(member: Member, records: list[ExchangeRecord], first: date, last: date, owner: str) -> ExchangeRecordsPage:
    provided, hidden = sum(one.provided for one in records), member.household.address_hidden
    number = f"世帯 {member.household.number} 構成員 {member.key}"
    return {
        "number": number,
        "owner": owner,
        "subject": f"{member.name}（{number}）",
        "period": f"{to_wareki(first)}から{to_wareki(last)}まで",
        "counts": f"{len(records):,}件（照会 {len(records) - provided:,}件、提供 {provided:,}件）",
        "held": "保存期限を過ぎた記録は廃棄しています。",
        "withheld": WHY_WITHHELD if hidden else "",
        "lines": [_line(one) for one in records],
    }


def _line(one: ExchangeRecord) -> ExchangeRecordLine:
    return {
        "asked": format_moment(one.asked_at),
        "provided": format_moment(one.provided_at) if one.provided_at else "提供なし",
        "side": "提供" if one.provided else "照会",
        "party": without_numbers(party_shown(one, WITHHELD)),
        "item": without_numbers(item_shown(one, WITHHELD)),
    }

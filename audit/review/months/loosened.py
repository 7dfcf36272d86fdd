"""What made the watch see or say less within a month: each change with what was and is, who asked and who approved."""

from __future__ import annotations

from datetime import date

from audit.detection import tuning
from audit.detection.calendar import Hours
from audit.detection.models import Loosening
from audit.detection.registry import title_of
from audit.review.forms import EVERYBODY
from audit.review.month_strip import following_month
from audit.review.months.section import Section
from audit.review.people import names_of
from web.dates import to_wareki
from web.formatting import format_moment
from web.moments import start_of

Kind = Loosening.Kind


def loosened(month: date) -> Section:
    """In the order of the approvals. One that waits, lapsed or was taken back changed nothing and is not among them."""
    rows = Loosening.objects.filter(
        state=Loosening.State.APPROVED,
        decided_at__gte=start_of(month),
        decided_at__lt=start_of(following_month(month)),
    ).order_by("decided_at", "pk")
    names = names_of(name for row in rows for name in (row.username, row.proposed_by, row.decided_by) if name)
    return Section("見守りを緩めた変更", tuple((_words(row, names), 1, "件") for row in rows))


def _words(row: Loosening, names: dict[str, str]) -> str:
    at = format_moment(row.decided_at) if row.decided_at else ""
    asked, approved = (names.get(name, name) for name in (row.proposed_by, row.decided_by))
    return f"{row.get_kind_display()} {_change(row, names)}（申請 {asked}、承認 {approved} {at}）"


def _change(row: Loosening, names: dict[str, str]) -> str:
    if row.kind == Kind.THRESHOLD:
        rule = tuning.described(row.rule)
        standard = rule.standard if rule else None
        asked = f"{row.value:g}" if row.value is not None else f"標準 {standard:g}" if standard is not None else "標準"
        return f"「{title_of(row.rule)}」 {row.before}から{asked}へ"
    if row.opens_at is not None and row.closes_at is not None:
        return f"{row.before}から{Hours(row.opens_at, row.closes_at).words}へ"
    if row.day is not None:
        return f"{to_wareki(row.day)}（休業日から開庁日へ）"
    if row.canary is not None:
        return f"{row.before}から1世帯減 {row.reason}"
    until = format_moment(row.ends_at) if row.ends_at else ""
    who = names.get(row.username, EVERYBODY)
    return f"「{title_of(row.rule)}」 {who}について{until}まで警報なし（理由: {row.reason}）"

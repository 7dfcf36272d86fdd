"""What made the watch see or say less within a month: each change with what was and is, who asked and who approved."""

from __future__ import annotations

from datetime import date

from audit.detection.models import Loosening
from audit.review.loosening_words import change_words
from audit.review.month_strip import following_month
from audit.review.months.section import Section
from audit.review.people import names_of
from web.formatting import format_moment
from web.moments import start_of


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
    return f"{row.get_kind_display()} {change_words(row, names)}（申請 {asked}、承認 {approved} {at}）"

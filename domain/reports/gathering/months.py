"""The amounts of one 経費項目 laid out over the twelve months of a fiscal year."""

from __future__ import annotations

from collections.abc import Sequence

from domain.payments.models import PaymentLine
from domain.reports.typesetting.data import LedgerItem

MONTHS = 12
FIRST = 4


def item_by_month(title: str, lines: Sequence[PaymentLine], cap: str) -> LedgerItem:
    """Lines of several rounds; a month may have more than one. 支給累計 counts both ledgers from April on, in 円."""
    used: list[int | None] = [None] * MONTHS
    statutory, subsidy, paid = list(used), list(used), list(used)
    running = 0
    for line in sorted(lines, key=lambda line: line.month):
        at = (line.month.month - FIRST) % MONTHS
        running += line.statutory + line.subsidy
        used[at] = (used[at] or 0) + line.spent
        statutory[at] = (statutory[at] or 0) + line.statutory
        subsidy[at] = (subsidy[at] or 0) + line.subsidy
        paid[at] = running
    item: LedgerItem = {
        "item": title,
        "used": used,
        "statutory": statutory,
        "subsidy": subsidy,
        "paid": paid,
        "used_total": sum(line.spent for line in lines),
        "statutory_total": sum(line.statutory for line in lines),
        "subsidy_total": sum(line.subsidy for line in lines),
        "paid_total": running,
    }
    return {**item, "cap": cap} if cap else item

"""The amounts of one 経費項目 laid out over the twelve months of a fiscal year."""

from __future__ import annotations

from collections.abc import Sequence

from domain.payments.models import Adjustment, PaymentLine
from typesetting.data import LedgerItem

MONTHS = 12
FIRST = 4


def item_by_month(
    title: str, lines: Sequence[PaymentLine | Adjustment], cap: str, names: Sequence[str], year: int
) -> LedgerItem:
    """Lines of several rounds; a month may have more than one. 支給累計 counts all ledgers from April on, in 円.

    What was bought before the year (就学前の購入) stands in its first month.
    """
    used: list[int | None] = [None] * MONTHS
    paid, ledgers = list(used), {name: list(used) for name in names}
    running = 0
    for line in sorted(lines, key=lambda line: line.month):
        at = max(0, (line.month.year - year) * MONTHS + line.month.month - FIRST)
        running += line.total
        used[at] = (used[at] or 0) + line.spent
        for name, months in ledgers.items():
            months[at] = (months[at] or 0) + line.ledgers.get(name, 0)
        paid[at] = running
    item: LedgerItem = {
        "item": title,
        "used": used,
        "ledgers": list(ledgers.values()),
        "paid": paid,
        "used_total": sum(line.spent for line in lines),
        "ledger_totals": [sum(line.ledgers.get(name, 0) for line in lines) for name in names],
        "paid_total": running,
    }
    return {**item, "cap": cap} if cap else item

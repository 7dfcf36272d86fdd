"""Amounts that are many times what an item costs: taken as written, and said (参考). No law bounds what a receipt may say.

What is usual comes from the rules of the year (限度額) and from the receipts registered so far; how many times over is
asked about is ours (目安).
"""

from __future__ import annotations

from functools import cached_property

from django.db.models import Count, Sum

from domain.payments.expenses.checking import ExpenseFacts
from domain.payments.items import Items
from domain.payments.models import Expense
from domain.rules import Standing

CODE = "expenses.implausible"
TIMES_CAP = 5
"""A receipt of so many 限度額 of a whole year is asked about."""
TIMES_AVERAGE = 20
LEAST = 20
"""Receipts of an item from which on their average says something."""
_LOOK = "桁の書き誤りでないか、領収書で確かめてください。正しければそのままでかまいません（目安）。"


class Amounts:
    """What is usual for the items of a year; made once for a page or a file. `without`: a receipt not to be counted."""

    def __init__(self, items: Items, without: int | None = None) -> None:
        self.items, self.without = items, without

    def note(self, facts: ExpenseFacts) -> str:
        """Why the amount is unusual, in words; "" when it is not."""
        found = self._beyond_cap(facts)
        return f"金額が{facts.amount:,}円です。{found}{_LOOK}" if found else ""

    def _beyond_cap(self, facts: ExpenseFacts) -> str:
        cap = self.items.caps.get(facts.item)
        title = self.items.title(facts.item)
        if cap is not None:
            over = facts.amount > TIMES_CAP * (cap.annual or 0)
            return f"{title}の限度額は年{cap.annual:,}円{_standing(cap.origin.standing)}です。" if over else ""
        count, total = self._registered.get(facts.item, (0, 0))
        if count >= LEAST:
            over = facts.amount * count > TIMES_AVERAGE * total
            return f"{title}の登録済みの領収書{count:,}件の平均は{total // count:,}円です。" if over else ""
        most = max((each.annual or 0 for each in self.items.caps.values()), default=0)
        over = bool(most) and facts.amount > TIMES_CAP * most
        return (
            f"{title}に限度額はありませんが、ほかの経費項目の限度額は最も高いもので年{most:,}円です。" if over else ""
        )

    @cached_property
    def _registered(self) -> dict[str, tuple[int, int]]:
        """Number of receipts and 円 by item, of the whole prefecture's year; one query."""
        rows = (
            Expense.objects.filter(fiscal_year=self.items.fiscal_year)
            .filter(amount__gt=0)
            .exclude(pk=self.without or 0)
            .order_by()
        )
        counted = rows.values("item").annotate(count=Count("pk"), total=Sum("amount"))
        return {row["item"]: (row["count"], row["total"]) for row in counted}


def _standing(standing: Standing) -> str:
    return f"（{standing.label}）" if standing in (Standing.UNCONFIRMED, Standing.DERIVED) else ""

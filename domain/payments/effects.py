"""What a dated change of a pupil touches of what was paid: the months, in words, for the page that asks before saving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from domain.payments.expenses.days import COUNTS_ON
from domain.payments.models import Expense, PaymentRound
from web.dates import to_wareki

_STATES = {
    PaymentRound.State.RELEASED: "支給済みの",
    PaymentRound.State.APPROVED: "承認済みの",
    PaymentRound.State.CALCULATED: "計算済みの",
}


def effects_from(pupils: Sequence[int], day: date) -> list[str]:
    """支給済みの6月分（第1期）に影響します。: of each month with expenses on or after `day`. Two queries."""
    rounds = list(PaymentRound.objects.filter(ends_on__gte=day, state__in=list(_STATES)).order_by("starts_on"))
    used = Expense.objects.annotate(counts=COUNTS_ON).filter(pupil__in=list(pupils), counts__gte=day)
    months: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for used_on in used.order_by().values_list("counts", flat=True).distinct() if rounds else ():
        for round_ in rounds:
            if round_.holds(used_on):
                months[round_.pk].add((used_on.year, used_on.month))
    return [
        f"{_STATES[PaymentRound.State(round_.state)]}{'、'.join(f'{month}月' for _, month in sorted(months[round_.pk]))}分"
        f"（{round_.title}、支給日 {to_wareki(round_.pay_on)}）に影響します。"
        for round_ in rounds
        if months[round_.pk]
    ]

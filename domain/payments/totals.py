"""What a round pays, from the pupils' rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from domain.payments.models import PaymentLine, PaymentRound, PupilPayment

State = PupilPayment.State
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """`count`: pupils who are paid; the amounts in 円; total = statutory (負担金) + subsidy (補助金)."""

    count: int
    total: int
    statutory: int
    subsidy: int


def totals_of(round_: PaymentRound) -> Totals:
    """Of the pupils who are paid in a round."""
    paid = PupilPayment.objects.filter(round=round_, state=State.PAYABLE)
    sums = paid.aggregate(
        count=Count("pk"), of_total=Sum("total"), of_statutory=Sum("statutory"), of_subsidy=Sum("subsidy")
    )
    amounts = (int(sums[name] or 0) for name in ("of_total", "of_statutory", "of_subsidy"))
    return Totals(sums["count"], *amounts)


def figures_of(payments: QuerySet[PupilPayment], lines: QuerySet[PaymentLine]) -> Figures:
    """Count and 円 by ledger and by item, pupils stopped, expenses held: of one round, or of some schools of it."""
    sums = payments.order_by().aggregate(
        count=Count("pk", filter=Q(state=State.PAYABLE)),
        of_total=Sum("total"),
        of_statutory=Sum("statutory"),
        of_subsidy=Sum("subsidy"),
        stopped=Count("pk", filter=Q(state=State.STOPPED)),
        of_held=Sum("held"),
    )
    return {
        "count": sums["count"],
        "total": int(sums["of_total"] or 0),
        "statutory": int(sums["of_statutory"] or 0),
        "subsidy": int(sums["of_subsidy"] or 0),
        "stopped": sums["stopped"],
        "held": int(sums["of_held"] or 0),
        "items": {row.pop("item"): row for row in _items(lines)},
    }


def _items(lines: QuerySet[PaymentLine]) -> list[Figures]:
    paid = Q(statutory__gt=0) | Q(subsidy__gt=0)
    rows = (
        lines.order_by()
        .values("item")
        .annotate(
            pupils=Count("payment", distinct=True, filter=paid),
            of_statutory=Sum("statutory"),
            of_subsidy=Sum("subsidy"),
        )
    )
    return [
        {
            "item": row["item"],
            "pupils": row["pupils"],
            "statutory": int(row["of_statutory"]),
            "subsidy": int(row["of_subsidy"]),
        }
        for row in rows
    ]

"""What a round pays, from the pupils' rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from domain.payments.ledgers import Amounts, names_of, read, sums
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment

State = PupilPayment.State
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """`count`: pupils who are paid; the amounts in 円; total = sum of the ledgers (会計区分)."""

    count: int
    total: int
    ledgers: Amounts


def totals_of(round_: PaymentRound) -> Totals:
    """Of the pupils who are paid in a round."""
    names = names_of(round_)
    paid = PupilPayment.objects.filter(round=round_, state=State.PAYABLE)
    row = paid.aggregate(count=Count("pk"), of_total=Sum("total", default=0), **sums(names))
    return Totals(row["count"], int(row["of_total"]), read(row, names))


def figures_of(payments: QuerySet[PupilPayment], lines: QuerySet[PaymentLine], names: Sequence[str]) -> Figures:
    """Count and 円 by ledger and by item, pupils stopped, expenses held: of one round, or of some schools of it."""
    row = payments.order_by().aggregate(
        count=Count("pk", filter=Q(state=State.PAYABLE)),
        of_total=Sum("total", default=0),
        stopped=Count("pk", filter=Q(state=State.STOPPED)),
        of_held=Sum("held", default=0),
        **sums(names),
    )
    return {
        "count": row["count"],
        "total": int(row["of_total"]),
        "ledgers": read(row, names),
        "stopped": row["stopped"],
        "held": int(row["of_held"]),
        "items": _items(lines, names),
    }


def _items(lines: QuerySet[PaymentLine], names: Sequence[str]) -> dict[str, Figures]:
    rows = (
        lines.order_by()
        .values("item")
        .annotate(pupils=Count("payment", distinct=True, filter=Q(total__gt=0)), of_total=Sum("total"), **sums(names))
    )
    return {
        row["item"]: {"pupils": row["pupils"], "total": int(row["of_total"]), "ledgers": read(row, names)}
        for row in rows
    }

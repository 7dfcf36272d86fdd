"""What a round pays, from the pupils' rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from domain.payments.models import PaymentRound, PupilPayment


@dataclass(frozen=True, slots=True)
class Totals:
    """`count`: pupils who are paid; the amounts in 円; total = statutory (負担金) + subsidy (補助金)."""

    count: int
    total: int
    statutory: int
    subsidy: int


def totals_of(round_: PaymentRound) -> Totals:
    """Of the pupils who are paid in a round."""
    paid = PupilPayment.objects.filter(round=round_, state=PupilPayment.State.PAYABLE)
    sums = paid.aggregate(
        count=Count("pk"), of_total=Sum("total"), of_statutory=Sum("statutory"), of_subsidy=Sum("subsidy")
    )
    amounts = (int(sums[name] or 0) for name in ("of_total", "of_statutory", "of_subsidy"))
    return Totals(sums["count"], *amounts)

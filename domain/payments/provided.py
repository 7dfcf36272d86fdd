"""What was paid in released rounds, for the copies that the link gives to others. Amounts 円・年額.

An amount counts in the fiscal year of its round. 追給 and 戻入 stand in the round that carried them, so they are counted there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max, Min, Sum

from domain.linkage.providing.figures import Figures
from domain.linkage.providing.sources import PaidRow
from domain.payments.models import PaymentRound, PupilPayment


def paid_from(first_year: int) -> Iterator[PaidRow]:
    """One row for each pupil and fiscal year from `first_year` on. One query."""
    released = PupilPayment.objects.filter(
        round__state=PaymentRound.State.RELEASED,
        round__fiscal_year__gte=first_year,
        state=PupilPayment.State.PAYABLE,
    )
    rows = released.order_by().values_list("pupil__member_id", "round__fiscal_year")
    figures = rows.annotate(amount=Sum("total"), first=Min("round__starts_on"), last=Max("round__ends_on"))
    for member, year, amount, first, last in figures:
        yield PaidRow(member, year, Figures(int(amount), first, last))

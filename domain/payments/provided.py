"""What was paid in released rounds, for the copies that the link gives to others. Amounts 円・年額.

An amount counts in the fiscal year of its round. 追給 and 戻入 stand in the round that carried them, so they are counted there;
of a round without a period they belong to the months they are for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Max, Min, Sum

from domain.linkage.providing.figures import Figures
from domain.linkage.providing.sources import PaidRow
from domain.payments.models import Adjustment, PaymentRound, PupilPayment

Days = tuple[datetime.date, datetime.date]


def paid_from(first_year: int) -> Iterator[PaidRow]:
    """One row for each pupil and fiscal year from `first_year` on. Two queries."""
    released = PupilPayment.objects.filter(
        round__state=PaymentRound.State.RELEASED,
        round__fiscal_year__gte=first_year,
        state=PupilPayment.State.PAYABLE,
    )
    rows = released.order_by().values_list("pupil__member_id", "round__fiscal_year")
    figures = rows.annotate(amount=Sum("total"), first=Min("round__starts_on"), last=Max("round__ends_on"))
    differences = _months_of_differences(first_year)
    for member, year, amount, first, last in figures:
        spans = [(first, last)] if first else []
        if (member, year) in differences:
            spans.append(differences[member, year])
        yield PaidRow(
            member, year, Figures(int(amount), min(each[0] for each in spans), max(each[1] for each in spans))
        )


def _months_of_differences(first_year: int) -> dict[tuple[int, int], Days]:
    """By member and year: first and last day of the months that rounds without a period paid for, within the year."""
    carried = Adjustment.objects.filter(
        applied=True,
        round__starts_on=None,
        round__state=PaymentRound.State.RELEASED,
        round__fiscal_year__gte=first_year,
    )
    rows = carried.order_by().values_list("pupil__member_id", "round__fiscal_year")
    return {
        (member, year): (max(first, datetime.date(year, 4, 1)), max(_month_end(last), datetime.date(year, 4, 30)))
        for member, year, first, last in rows.annotate(first=Min("month"), last=Max("month"))
    }


def _month_end(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)

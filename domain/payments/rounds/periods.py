"""Which round a day belongs to."""

from __future__ import annotations

import datetime

from domain.payments.models import PaymentRound
from domain.payments.states import SETTLED


def closed_rounds(fiscal_year: int) -> list[PaymentRound]:
    """The approved rounds of a year. All rounds of the year are held, so that none is approved meanwhile."""
    rounds = PaymentRound.objects.select_for_update(no_key=True).filter(fiscal_year=fiscal_year).order_by("pk")
    return [round_ for round_ in rounds if round_.state in SETTLED]


def round_of(day: datetime.date) -> PaymentRound | None:
    """The round whose 対象期間 holds the day."""
    return PaymentRound.objects.filter(starts_on__lte=day, ends_on__gte=day).first()

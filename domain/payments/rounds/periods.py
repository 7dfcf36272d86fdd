"""Which rounds of a year are closed."""

from __future__ import annotations

from domain.payments.models import PaymentRound
from domain.payments.states import SETTLED


def closed_rounds(fiscal_year: int) -> list[PaymentRound]:
    """The approved rounds of a year. All rounds of the year are held, so that none is approved meanwhile."""
    rounds = PaymentRound.objects.select_for_update(no_key=True).filter(fiscal_year=fiscal_year).order_by("pk")
    return [round_ for round_ in rounds if round_.state in SETTLED]

"""Which rounds of a year are closed, and whether its days are all given to one."""

from __future__ import annotations

import datetime

from domain.payments.models import PaymentRound
from domain.payments.states import SETTLED


def closed_rounds(fiscal_year: int) -> list[PaymentRound]:
    """The approved rounds of a year. All rounds of the year are held, so that none is approved meanwhile."""
    rounds = PaymentRound.objects.select_for_update(no_key=True).filter(fiscal_year=fiscal_year).order_by("pk")
    return [round_ for round_ in rounds if round_.state in SETTLED]


def covers_the_year(fiscal_year: int) -> bool:
    """Whether every day of the year lies in the period of a round, so that no other with a period can be opened."""
    days = (datetime.date(fiscal_year + 1, 4, 1) - datetime.date(fiscal_year, 4, 1)).days
    rounds = PaymentRound.objects.filter(fiscal_year=fiscal_year).defer("figures")
    held = sum((each.period[1] - each.period[0]).days + 1 for each in rounds if each.period is not None)
    return held == days  # they never overlap

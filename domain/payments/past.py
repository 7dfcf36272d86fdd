"""支給回 approved already, for whoever wants to put another 年度定義 in force."""

from __future__ import annotations

import datetime

from django.db.models import Q

from domain.payments.models import PaymentRound
from domain.payments.states import SETTLED
from domain.yearpacks.past import PastDecision
from web.dates import to_wareki


def decided_from(fiscal_year: int, day: datetime.date, digest: str) -> list[PastDecision]:
    """Rounds of the year, approved or released with another pack, that pay or were approved on `day` or later."""
    rows = (
        PaymentRound.objects.filter(fiscal_year=fiscal_year, state__in=SETTLED)
        .filter(Q(pay_on__gte=day) | Q(approved_at__date__gte=day))
        .exclude(pack_digest=digest)
        .order_by("number")
    )
    return [
        PastDecision(f"支給回「{row.title}」（{row.get_state_display()}、支給日 {to_wareki(row.pay_on)}）", row.pay_on)
        for row in rows
    ]

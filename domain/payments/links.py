"""The way from a household's page to what its pupils are paid."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from domain.households.extras import Link
from domain.payments.doubts import is_unconfirmed
from domain.payments.models import PaymentRound, PupilPayment
from domain.payments.queries.scope import of_schools

_LATEST = 6


def household_links(user: User, household_id: int) -> list[Link]:
    """The newest payments of the household's pupils at the person's schools. One query."""
    rows = PupilPayment.objects.filter(of_schools(user, "pupil__school"), pupil__member__household=household_id)
    found = rows.exclude(round__state=PaymentRound.State.DRAFT).select_related("round", "pupil").defer("receipt")
    return [
        Link(
            f"{payment.round.title}の支給 {payment.pupil.name}",
            reverse("payments:payment", args=[payment.pk]),
            payment.get_state_display() + ("（根拠が未確認）" if is_unconfirmed(payment) else ""),
        )
        for payment in found.order_by("-round__pay_on", "pupil")[:_LATEST]
    ]

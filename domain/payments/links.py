"""The way from a household's page to what its pupils are paid."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from domain.households.extras import Link
from domain.households.models import Pupil
from domain.payments.doubts import is_unconfirmed
from domain.payments.models import PaymentRound, PupilPayment
from domain.payments.queries.scope import of_schools

_LATEST = 6


def household_links(user: User, household_id: int) -> list[Link]:
    """Where the expenses of the household's pupils are entered, and their newest payments at the person's schools. Two
    queries."""
    rows = PupilPayment.objects.filter(of_schools(user, "pupil__school"), pupil__member__household=household_id)
    found = rows.exclude(round__state=PaymentRound.State.DRAFT).select_related("round", "pupil").defer("receipt")
    return _entries(user, household_id) + [
        Link(
            f"{payment.round.title}の支給 {payment.pupil.name}",
            reverse("payments:payment", args=[payment.pk]),
            payment.get_state_display() + ("（根拠が未確認）" if is_unconfirmed(payment) else ""),
        )
        for payment in found.order_by("-round__pay_on", "pupil")[:_LATEST]
    ]


def _entries(user: User, household_id: int) -> list[Link]:
    """使用経費を入力, for each pupil whose expenses the person enters; who left has receipts to come, too."""
    pupils = Pupil.objects.filter(of_schools(user, "school", Permission.ENTER_EXPENSE), member__household=household_id)
    address = reverse("payments:expense_new")
    return [
        Link(f"使用経費を入力 {name}", f"{address}?pupil={pk}")
        for pk, name in pupils.order_by("enrolled_on", "pk").values_list("pk", "name")
    ]

"""支給回 in the viewer of the trail: from our ids to the round's title. A round belongs to the whole prefecture."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from audit.review.identities import register_namer
from domain.payments.models import PaymentRound


def register() -> None:
    register_namer("round", _names)


def _names(ids: Sequence[str], _viewer: User) -> dict[str, str]:
    rows = PaymentRound.objects.filter(pk__in=[int(one) for one in ids if one.isdecimal() and len(one) < 18])
    return {str(pk): title for pk, title in rows.values_list("pk", "title")}

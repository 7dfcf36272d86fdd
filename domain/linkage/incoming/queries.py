"""Held inquiries and 情報提供等記録 as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from domain.households.models import Member
from domain.linkage.models import ExchangeRecord, HeldInquiry
from web.moments import start_of

State = HeldInquiry.State
NARROWED = {
    "open": ("未回答", Q(state__in=[State.WAITING, State.PROPOSED])),
    "ready": ("送信待ち・送信中", Q(state__in=[State.READY, State.SENT])),
    "answered": (State.ANSWERED.label, Q(state=State.ANSWERED)),
    "refused": (State.REFUSED.label, Q(state=State.REFUSED)),
}
"""What the inquiries can be narrowed to: word and condition."""


def held_inquiries(narrowed: str) -> QuerySet[HeldInquiry]:
    """Of one narrowing, what is due first on top."""
    return HeldInquiry.objects.filter(NARROWED[narrowed][1]).select_related("member__household")


def counts() -> dict[str, int]:
    """Of each narrowing, and `overdue`: open past the day. One query."""
    named = {name: Count("pk", filter=condition) for name, (_, condition) in NARROWED.items()}
    overdue = Count("pk", filter=NARROWED["open"][1] & Q(due_on__lt=timezone.localdate()))
    found: dict[str, int] = HeldInquiry.objects.aggregate(overdue=overdue, **named)
    return found


def overdue() -> tuple[int, date | None]:
    """How many are open past the day, and the day of the oldest. One query."""
    late = HeldInquiry.objects.filter(NARROWED["open"][1], due_on__lt=timezone.localdate())
    found = late.aggregate(number=Count("pk"), oldest=Min("due_on"))
    return found["number"], found["oldest"]


def records(first: date, last: date, search: Mapping[str, Any]) -> QuerySet[ExchangeRecord]:
    """情報提供等記録 of inquiries made from `first` to `last`, both included; newest first."""
    found = ExchangeRecord.objects.filter(
        asked_at__gte=start_of(first), asked_at__lt=start_of(last + timedelta(days=1))
    )
    if search.get("household"):
        found = found.filter(member__household__number=search["household"])
    if search.get("party"):
        # A record found by its body would say the body; those of hidden households are found by their number only.
        found = found.filter(party__icontains=search["party"], member__household__address_hidden=False)
    return found.select_related("member__household")


def records_of(member: Member) -> QuerySet[ExchangeRecord]:
    """情報提供等記録 of one person, newest first."""
    return ExchangeRecord.objects.filter(member=member).select_related("member__household")

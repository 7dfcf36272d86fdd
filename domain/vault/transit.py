"""一時保管: numbers of a prefecture that holds them in transit only. They go when 統合宛名 has answered, or when their time is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit.trail.parts import parts
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.vault.models import PersonNumber
from domain.vault.rotation import destroy_unused_transit_key

KEY_AGE = timedelta(days=1)


def erase_after_receipt(member_ids: Collection[int], *, batch: str) -> int:
    """Erase the in-transit numbers of people whose registration was answered. Elsewhere nothing is in transit: no-op."""
    return _erase(list(member_ids), f"batch:{batch}", "receipt")


def sweep() -> int:
    """Erase what is over its time, and destroy the key once nothing is left under it. Returns how many were erased."""
    over = PersonNumber.objects.filter(transit_until__lte=timezone.now())
    erased = _erase(list(over.values_list("member_id", flat=True)), "", "expired")
    destroy_unused_transit_key(KEY_AGE)
    return erased


def _erase(members: list[int], case: str, why: str) -> int:
    with transaction.atomic():
        rows = PersonNumber.objects.filter(
            member_id__in=members, field=PersonNumber.Field.INDIVIDUAL, transit_until__isnull=False
        )
        if why == "expired":
            rows = rows.filter(transit_until__lte=timezone.now())
        gone = list(rows.select_for_update().values_list("pk", "member_id"))
        PersonNumber.objects.filter(pk__in=[pk for pk, _ in gone]).delete()
        for part in parts(gone):
            subjects = [Subject("member", str(member)) for _, member in part]
            record(Event.NUMBER_TRANSIT_ERASED, subjects=subjects, detail={"count": len(part), "why": why}, case=case)
    return len(gone)

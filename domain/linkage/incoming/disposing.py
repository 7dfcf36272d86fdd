"""情報提供等記録 whose term (`keep_until`, by the prefecture's rules; the years are 未確認) is over are deleted, each day."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage.exchange import batches
from domain.linkage.models import ExchangeRecord

AT_ONCE = 1_000
"""Records of one transaction and one event."""


def dispose_records(today: date) -> int:
    """Delete every record whose last day is before `today`; how many. Cut off, the next run goes on."""
    gone = 0
    while some := _dispose_some(today):
        gone += some
    return gone


def _dispose_some(today: date) -> int:
    with transaction.atomic():
        over = ExchangeRecord.objects.select_for_update(skip_locked=True).filter(keep_until__lt=today).order_by("pk")
        rows = list(over.values_list("pk", "member_id", "keep_until")[:AT_ONCE])
        if rows:
            ExchangeRecord.objects.filter(pk__in=[pk for pk, _, _ in rows]).delete()
            last = max(until for _, _, until in rows)
            people = batches.people(sorted({member for _, member, _ in rows}))
            detail: dict[str, JSON] = {"records": len(rows), "kept_until": last.isoformat()}
            record(Event.LINKAGE_RECORD_DISPOSED, subjects=people, detail=detail)
    return len(rows)

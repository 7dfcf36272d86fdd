"""Lists that were asked for and never answered readably: given up after some days, so that their days are asked for anew.

Else a link whose answers come later would wait for them for ever, and what is under way leaves no room for other days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, Q

from domain.linkage.exchange import batches
from domain.linkage.incoming import refusals
from domain.linkage.models import Batch
from integrations.atena_adapters.port import Expired
from jobs.handle import JobHandle

AFTER = timedelta(days=3)
"""Longer than a night and a Sunday between asking and answering. Nothing is lost by it: the same list again changes nothing."""

LATE = timedelta(days=1)
"""From when on the pages say that no answer came."""

WHY = f"{AFTER.days}日たっても、読める回答が届きませんでした。"


def give_up(handle: JobHandle, now: datetime) -> int:
    """End what was sent longer ago than AFTER; how many. What comes after that is kept sealed and told (`exchange.late`)."""
    overdue = Batch.objects.filter(kind=Batch.Kind.LIST, state=Batch.State.SENT, sent_at__lt=now - AFTER)
    found = list(overdue.order_by("sequence").values_list("pk", flat=True))
    for pk in found:
        with transaction.atomic():
            handle.fence()
            end(Batch.objects.select_for_update().get(pk=pk))
    return len(found)


def end(batch: Batch) -> None:
    """Of a batch that is locked: its lists count as not given."""
    if batch.state == Batch.State.SENT:
        problems = refusals.note(batch, {kind: Expired(WHY) for kind in batch.lists})
        batch.lists = []
        batch.save(update_fields=["lists"])
        batches.note_findings(batch, problems)
        batches.mark_stopped(batch)


def unanswered(now: datetime) -> tuple[int, datetime | None]:
    """Lists under way whose answer is late, or came and could not be read: how many, and since when. One query."""
    late = Batch.objects.filter(
        ~Q(findings=[]) | Q(sent_at__lt=now - LATE), kind=Batch.Kind.LIST, state=Batch.State.SENT
    )
    found = late.aggregate(number=Count("pk"), since=Min("sent_at"))
    return found["number"], found["since"]

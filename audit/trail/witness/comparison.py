"""The nightly comparison: every write has its event in the same transaction, every event arrived, and every head handed out stands.

It looks at transactions that are over (below the oldest one still open) and not looked at before, so that neither a long
transaction nor two comparisons at once leave a gap. What a killed process left undone is undone in both lists alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.trail import connections
from audit.trail.entries import JSON
from audit.trail.models import OutboxEvent, WitnessComparison, WitnessedEvents, WitnessedWrite
from audit.trail.reader import read
from audit.trail.recorder import record
from audit.trail.sealing.handing import changed_heads
from audit.trail.vocabulary import Event
from tenants.core.context import scope

MOST_NAMED = 200
EVENTS_AT_ONCE = 5_000

_OVER = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_MISSING = (
    "SELECT w.id::text AS id FROM unnest(%s::uuid[], %s::timestamptz[]) AS w (id, at)"
    " WHERE NOT EXISTS (SELECT 1 FROM trail.event e WHERE e.occurred_at = w.at AND e.id = w.id)"
)


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A transaction that wrote to watched tables and recorded nothing."""

    transaction: int
    writes: tuple[WitnessedWrite, ...]

    def as_json(self) -> dict[str, JSON]:
        return {
            "取引": self.transaction,
            "日時": self.writes[0].written_at.isoformat(timespec="seconds"),
            "ログイン": self.writes[0].login,
            "書込み": [f"{write.table_name} {write.operation} {write.rows}行" for write in self.writes[:20]],
        }


def compare() -> WitnessComparison:
    """Compare what is new in the current scope, keep and record the result. Raises TrailUnavailable."""
    previous = WitnessComparison.objects.first()
    until = _first_open_transaction()
    since = previous.until if previous and previous.until <= until else 0
    fresh = WitnessedEvents.objects.filter(transaction__gte=since, transaction__lt=until)
    writes = WitnessedWrite.objects.filter(transaction__gte=since, transaction__lt=until)
    unrecorded = [one.as_json() for one in _unrecorded(since, until)]
    lost = list(_lost(fresh.iterator(chunk_size=200)))
    heads = changed_heads()
    with transaction.atomic():
        result = WitnessComparison.objects.create(
            compared_at=timezone.now(),
            until=until,
            writes=writes.count(),
            events=sum(len(one.event_ids) for one in fresh.iterator(chunk_size=200)),
            unrecorded=unrecorded[:MOST_NAMED],
            lost=lost[:MOST_NAMED],
            changed_heads=heads[:MOST_NAMED],
        )
        record(
            Event.TRAIL_WITNESS_DIFFERED if result.differs else Event.TRAIL_WITNESS_AGREED,
            detail={
                "書込み": result.writes,
                "記録": result.events,
                "記録のない取引": len(unrecorded),
                "届かない記録": len(lost),
                "変わった署名": len(heads),
            },
        )
    return result


def forget_old() -> int:
    """Take away what the witness noted more than 35 days ago; the database itself refuses anything newer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT trail_forget_witness()")
        return int(cursor.fetchone()[0])


def _unrecorded(since: int, until: int) -> list[Unrecorded]:
    told = WitnessedEvents.objects.values("transaction")
    silent = WitnessedWrite.objects.filter(transaction__gte=since, transaction__lt=until).exclude(transaction__in=told)
    found: dict[int, list[WitnessedWrite]] = {}
    for write in silent.order_by("id"):
        found.setdefault(write.transaction, []).append(write)
    return [Unrecorded(number, tuple(writes)) for number, writes in found.items()]


def _lost(witnessed: Iterator[WitnessedEvents]) -> Iterator[str]:
    """Events that are neither in the audit database nor still waiting."""
    ids: list[Any] = []
    times: list[Any] = []
    for one in witnessed:
        ids += one.event_ids
        times += one.occurred_at
        if len(ids) >= EVENTS_AT_ONCE:
            yield from _missing(ids, times)
            ids, times = [], []
    if ids:
        yield from _missing(ids, times)


def _missing(ids: list[Any], times: list[Any]) -> list[str]:
    # First what waits, then what arrived: the relay may move an event in between, and never back.
    waiting = {str(pk) for pk in OutboxEvent.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_MISSING, (ids, times)).fetchall())
    return [row["id"] for row in rows if row["id"] not in waiting]


def _first_open_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OVER)
        return int(cursor.fetchone()[0])

"""The nightly comparison: every write has its event in the same transaction, every event is the application's own and arrived, and
every head handed out stands.

It looks at transactions that are over (below the oldest one still open) and not looked at before, so that neither a long
transaction nor two comparisons at once leave a gap. What a killed process left undone is undone in both lists alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.trail import connections
from audit.trail.audit_verify import SEALED_WITHIN
from audit.trail.entries import JSON
from audit.trail.models import OutboxEvent, RefusedEvent, WitnessComparison, WitnessedEvents, WitnessedWrite
from audit.trail.reader import read
from audit.trail.recorder import record
from audit.trail.sealing.export import newest_head, stray_events
from audit.trail.sealing.handed import changed_heads, forged_heads, not_named
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import is_genuine, is_genuine_comparison, signature_of
from tenants.core.context import scope

MOST_NAMED = 200
EVENTS_AT_ONCE = 5_000
LATE_AFTER = timedelta(hours=25)
"""A night may end later than the one before it."""

_Said = tuple[UUID, datetime, int]
"""An event of the application: id, time, number of its transaction."""

_OVER = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_MISSING = (
    "SELECT w.id::text AS id FROM unnest(%s::uuid[], %s::timestamptz[]) AS w (id, at)"
    " WHERE NOT EXISTS (SELECT 1 FROM trail.event e WHERE e.occurred_at = w.at AND e.id = w.id)"
)


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A transaction that wrote to watched tables and recorded nothing with the application's signature."""

    transaction: int
    writes: tuple[WitnessedWrite, ...]

    def as_json(self) -> dict[str, JSON]:
        return {
            "取引": self.transaction,
            "日時": self.writes[0].written_at.isoformat(timespec="seconds"),
            "ログイン": self.writes[0].login,
            "書込み": [f"{write.table_name} {write.operation} {write.rows}行" for write in self.writes[:20]],
        }


@dataclass(slots=True)
class _Told:
    """`transactions`: those with an event of the application. `lost`, `unsigned`: ids of events, in words."""

    events: int = 0
    transactions: set[int] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    unsigned: list[str] = field(default_factory=list)


def compare() -> WitnessComparison:
    """Compare what is new in the current scope, keep and record the result. Raises TrailUnavailable."""
    previous, forged = _previous()
    until = _first_open_transaction()
    since = previous.until if previous and previous.until <= until else 0
    between = {"transaction__gte": since, "transaction__lt": until}
    told = _told(WitnessedEvents.objects.filter(**between).iterator(chunk_size=200))
    writes = WitnessedWrite.objects.filter(**between)
    result = WitnessComparison(
        compared_at=timezone.now(),
        until=until,
        writes=writes.count(),
        events=told.events,
        unrecorded=[one.as_json() for one in _unrecorded(writes, told.transactions)],
        lost=told.lost,
        unsigned=[*told.unsigned, *(f"照合 {pk}" for pk in forged), *forged_heads(), *_never_sealed()],
        changed_heads=changed_heads(),
    )
    _keep(result)
    return result


def compare_if_late() -> int:
    """Make up a comparison that no night made: 1 if there was one to be made. It begins where the last one ended, so that one makes
    up for all. Raises TrailUnavailable."""
    previous, _ = _previous()
    if previous and timezone.now() - previous.compared_at < LATE_AFTER:
        return 0
    compare()
    return 1


def comparisons() -> Iterator[WitnessComparison]:
    """Those that the application signed, the newest first. Whoever can inject SQL can add others."""
    return filter(is_genuine_comparison, WitnessComparison.objects.iterator(chunk_size=20))


def _previous() -> tuple[WitnessComparison | None, list[int]]:
    """The newest comparison that the application signed, and the ids of newer ones that it did not."""
    forged: list[int] = []
    for row in WitnessComparison.objects.iterator(chunk_size=20):
        if is_genuine_comparison(row):
            return row, forged
        forged.append(row.pk)
    return None, forged


def _keep(result: WitnessComparison) -> None:
    counts = {
        "記録のない取引": len(result.unrecorded),
        "届かない記録": len(result.lost),
        "署名の合わない記録": len(result.unsigned),
        "変わった署名": len(result.changed_heads),
    }
    for found in (result.unrecorded, result.lost, result.unsigned, result.changed_heads):
        del found[MOST_NAMED:]
    result.signature = signature_of(result)
    with transaction.atomic():
        result.save()
        record(
            Event.TRAIL_WITNESS_DIFFERED if result.differs else Event.TRAIL_WITNESS_AGREED,
            detail={"書込み": result.writes, "記録": result.events, **counts},
        )


def forget_old() -> int:
    """Take away what the witness noted more than 35 days ago and a comparison has looked at; the database itself refuses anything
    newer, and anything of which a transaction is still open."""
    last, _ = _previous()
    if last is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT trail_forget_witness(%s)", [last.until])
        return int(cursor.fetchone()[0])


def _never_sealed() -> list[str]:
    """Events of this month and the last below no head, though the sealer sealed later ones: put in past it, or taken from it."""
    newest = newest_head()
    if newest is None:
        return []
    since = (
        timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    ).replace(day=1)
    before = newest.sealed_at - SEALED_WITHIN
    strays = (one for one in stray_events(since) if datetime.fromisoformat(one["recorded_at"]) < before)
    return not_named(f"封のない記録 {one['id']}" for one in strays)


def _unrecorded(writes: QuerySet[WitnessedWrite], told: set[int]) -> list[Unrecorded]:
    found: dict[int, list[WitnessedWrite]] = {}
    silent = set(writes.order_by().values_list("transaction", flat=True).distinct()) - told
    for write in writes.filter(transaction__in=silent).order_by("id"):
        found.setdefault(write.transaction, []).append(write)
    return [Unrecorded(number, tuple(some)) for number, some in found.items()]


def _told(witnessed: Iterator[WitnessedEvents]) -> _Told:
    """What the application itself said, and what somebody else put into the outbox, changed there or took away."""
    found, genuine = _Told(), is_genuine()
    said: list[_Said] = []
    for one in witnessed:
        noted = zip(one.event_ids, one.occurred_at, one.digests, one.signatures, strict=True)
        for event_id, at, digest, signature in noted:
            if genuine(one.transaction, event_id, at, bytes(digest), bytes(signature)):
                found.transactions.add(one.transaction)
                said.append((event_id, at, one.transaction))
            else:  # which the relay set aside: it need not arrive
                found.unsigned.append(str(event_id))
        found.events += len(one.event_ids)
        if len(said) >= EVENTS_AT_ONCE:
            _note_absent(found, said)
            said = []
    if said:
        _note_absent(found, said)
    return found


def _note_absent(found: _Told, said: list[_Said]) -> None:
    """Of what the application said: what is lost, and what the relay set aside because it was changed while it waited."""
    missing = set(_missing([one[0] for one in said], [one[1] for one in said]))
    refused = set(RefusedEvent.objects.filter(event_id__in=missing).values_list("event_id", "transaction"))
    for event_id, _, transaction_number in said:
        if str(event_id) in missing:
            changed = (event_id, transaction_number) in refused
            (found.unsigned if changed else found.lost).append(str(event_id))


def _missing(ids: list[UUID], times: list[datetime]) -> list[str]:
    # First what waits, then what arrived: the relay may move an event in between, and never back.
    waiting = {str(pk) for pk in OutboxEvent.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    rows = read(connections.reader(scope()), lambda trail: trail.execute(_MISSING, (ids, times)).fetchall())
    return [row["id"] for row in rows if row["id"] not in waiting]


def _first_open_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OVER)
        return int(cursor.fetchone()[0])

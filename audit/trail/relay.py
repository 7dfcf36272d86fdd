"""Moves events from the outboxes to the audit database, each exactly once, wherever it is interrupted.

An event is deleted from its outbox only after the audit database has committed it; killed in between, the next run
sends it again and the audit database keeps the first copy (same UUID). One relay at a time works on an outbox: a lock on the
outbox itself decides, of a mode that needs the DELETE right, which the relay alone has. Row locks (FOR UPDATE SKIP
LOCKED) would need the UPDATE right, which nobody has on an insert-only table.

An event that the application did not sign, or not with these words, does not get into the trail: it is set aside
(`audit.trail.refusing`), and those before and after it go on.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cache
from uuid import UUID

import psycopg
from psycopg import sql

from audit.trail import connections, store
from audit.trail.entries import MOST_BYTES
from audit.trail.grants import OUTBOX_TABLE
from audit.trail.refusing import IsGenuine, judge_of, set_aside, told_of
from tenants.core.context import gateway_context
from tenants.core.credentials import CONSOLE
from tenants.core.db.base import PUBLIC
from tenants.core.models import Prefecture

logger = logging.getLogger(__name__)

Rows = list[tuple[UUID, str]]
"""Events by their ids, each as the JSON text that the application composed and signed: never taken apart here."""

BATCH_BYTES = 16 * MOST_BYTES
"""A batch ends with the event that reaches so much: no outbox, however full, is read into memory."""
_MOST_SIGNED = 64

_OUTBOXES = """
SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = %s AND c.relkind = 'r'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'DELETE')
ORDER BY n.nspname
"""
_LOCK = "LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT"
# The length of a value is known without reading it; what is too long stays in the database, and is NULL here.
_WAITING = """
SELECT id, occurred_at, transaction, login, signature, content FROM (
    SELECT id, occurred_at, transaction, login,
           CASE WHEN octet_length(signature) <= {signed} THEN signature END AS signature,
           CASE WHEN fits THEN content END AS content,
           sum(CASE WHEN fits THEN octet_length(content) ELSE 0 END)
               OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (
        SELECT *, octet_length(content) <= {most} AS fits FROM {table} WHERE id > %s ORDER BY id LIMIT %s
    ) AS next
) AS waiting
WHERE coalesce(before, 0) < {together} ORDER BY id
"""
_DELETE = "DELETE FROM {table} WHERE id = ANY(%s)"
_FIRST = UUID(int=0)


def relay_all() -> int:
    """Empty every outbox the relay's login may empty; returns how many events were moved.

    A scope that fails is logged and does not hold up the others. Raises psycopg.Error when the main database is down.
    """
    codes = prefecture_codes()
    moved = 0
    for schema in outboxes():
        try:
            moved += relay_schema(schema, codes.get(schema, ""))
        except Exception as error:  # whatever one prefecture's login put there, the others go on
            logger.error(
                "trail: relay of %s failed (%s, %s)", schema, type(error).__name__, getattr(error, "sqlstate", "")
            )
    return moved


def relay_schema(schema: str, prefecture_code: str) -> int:
    """Empty one outbox, batch by batch. Returns how many events were moved (0 when another relay is at work).

    Raises psycopg.Error, and SealBroken where the scope's key was tampered with: then its events wait.
    """
    scope = CONSOLE if schema == PUBLIC else schema
    moved, last = 0, _FIRST
    judge = cache(lambda: judge_of(schema))  # asked for when there is an event at all

    def batch(main: connections.Connection) -> tuple[int, UUID | None]:
        try:
            return _move_batch(main, schema, last, judge, lambda rows: _send(rows, scope, prefecture_code))
        except psycopg.errors.LockNotAvailable:
            return 0, None

    while True:
        sent, reached = connections.use(connections.relay(), batch)
        moved += sent
        if reached is None:
            return moved
        last = reached


def outboxes() -> list[str]:
    """Schemas with an outbox, as the catalogue shows them: also those of suspended and half-onboarded prefectures."""
    rows = connections.use(connections.relay(), lambda main: main.execute(_OUTBOXES, (OUTBOX_TABLE,)).fetchall())
    return [str(row["schema"]) for row in rows]


def prefecture_codes() -> Mapping[str, str]:
    """団体コード of each schema, from the registry."""
    with gateway_context():
        return dict(Prefecture.objects.values_list("schema_name", "code"))


def _move_batch(
    main: connections.Connection,
    schema: str,
    after: UUID,
    judge: Callable[[], IsGenuine],
    send: Callable[[Rows], list[UUID]],
) -> tuple[int, UUID | None]:
    """One batch; the second value is where to go on, None at the end.

    Genuine events are moved in one transaction of the main database, which puts the others into the quarantine. These are told, and
    taken out of the outbox, in a second one: by then it is settled for good as which event they are told.
    Raises LockNotAvailable where another relay is at work.
    """
    table = sql.Identifier(schema, OUTBOX_TABLE)
    lock, delete = sql.SQL(_LOCK).format(table=table), sql.SQL(_DELETE).format(table=table)
    with main.transaction():
        main.execute(lock)
        rows = main.execute(_waiting(table), (after, store.BATCH)).fetchall()
        if not rows:
            return 0, None
        is_genuine = judge()
        refused = {row["id"] for row in rows if not is_genuine(row)}
        sent = send([(row["id"], row["content"]) for row in rows if row["id"] not in refused])
        main.execute(delete, (sent,))
        if refused:
            set_aside(main, schema, list(refused))
    if refused:
        with main.transaction():
            main.execute(lock)
            send(told_of(main, schema, list(refused)))
            main.execute(delete, (list(refused),))
    return len(sent), rows[-1]["id"]


def _waiting(table: sql.Identifier) -> sql.Composed:
    lengths = {"most": MOST_BYTES, "signed": _MOST_SIGNED, "together": BATCH_BYTES}
    return sql.SQL(_WAITING).format(table=table, **{name: sql.Literal(number) for name, number in lengths.items()})


def _send(rows: Rows, scope: str, prefecture_code: str) -> list[UUID]:
    """Write rows into the audit database; returns the ids that are now there.

    When the batch is refused because of its content (a date without a partition, say), rows go one by one, so that one
    bad row waits in the outbox and not all that came after it.
    """
    if not rows:
        return []
    try:
        store.insert([row for _, row in rows], scope=scope, prefecture_code=prefecture_code)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _send_singly(rows, scope, prefecture_code)
    return [event_id for event_id, _ in rows]


def _send_singly(rows: Rows, scope: str, prefecture_code: str) -> list[UUID]:
    sent = []
    for event_id, row in rows:
        try:
            store.insert([row], scope=scope, prefecture_code=prefecture_code)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            logger.error("trail: event %s of %s cannot be stored (%s)", event_id, scope, error.sqlstate)
        else:
            sent.append(event_id)
    return sent

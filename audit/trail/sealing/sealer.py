"""The sealer: takes what is not sealed yet, builds a Merkle batch on the end of its scope's chain and signs the head.

All of it happens in one transaction of the audit database: the batch, its leaves, the checkpoint, and the end of waiting. Killed
anywhere, nothing has happened, and the next run begins again. Two sealers cannot fork a chain: the checkpoint's row is locked,
and of two heads after the same one the second is refused by a unique constraint.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone
from psycopg import sql

from audit.trail import connections
from audit.trail.audit_verify import NO_HEAD, SIGNED, canonical, leaf_hash, merkle_root
from audit.trail.sealing.leaves import COLUMNS
from tenants.core.context import console_context, gateway_context, prefecture_context
from tenants.core.credentials import CONSOLE, is_schema_name, login_name
from tenants.core.keys import KeyMissing, signing_key
from tenants.core.models import Prefecture

logger = logging.getLogger(__name__)

PURPOSE = "trail.head"
MOST_IN_BATCH = 10_000
CLOCK_APART = timedelta(seconds=5)
_JAPAN = ZoneInfo("Asia/Tokyo")

_WAITING = "SELECT DISTINCT scope FROM trail.unsealed ORDER BY scope"
_OPEN_CHAIN = (
    "INSERT INTO trail.checkpoint (scope, number, next_seq, head_hash, sealed_at)"
    " VALUES (%s, 0, 1, decode(repeat('00', 32), 'hex'), '-infinity') ON CONFLICT DO NOTHING"
)
_CHECKPOINT = (
    "SELECT number, next_seq, head_hash, nullif(sealed_at, '-infinity') AS sealed_at, clock_timestamp() AS now"
    " FROM trail.checkpoint WHERE scope = %s FOR UPDATE SKIP LOCKED"
)
_TAKE = sql.SQL(
    "WITH taken AS (DELETE FROM trail.unsealed WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM trail.unsealed WHERE scope = %s LIMIT %s)) RETURNING occurred_at, event_id)"
    " SELECT {columns}"
    " FROM taken t JOIN trail.event e ON e.occurred_at = t.occurred_at AND e.id = t.event_id"
).format(columns=sql.SQL(COLUMNS))
_ADD_BATCH = (
    "INSERT INTO trail.batch (scope, number, first_seq, events, root, prev, head, signature, public_key, sealed_at)"
    " VALUES (%(scope)s, %(number)s, %(first_seq)s, %(events)s, %(root)s, %(prev)s, %(head)s, %(signature)s,"
    " %(public_key)s, %(sealed_at)s)"
)
_ADD_LEAVES = (
    "INSERT INTO trail.batch_leaves (scope, number, sealed_at, event_ids, occurred_at, leaves)"
    " VALUES (%s, %s, %s, %s::uuid[], %s::timestamptz[], %s)"
)
_ADVANCE = (
    "UPDATE trail.checkpoint SET number = number + 1, next_seq = %s, head_hash = %s, sealed_at = %s WHERE scope = %s"
)


class ClockUnfit(Exception):
    """`trail.clock-unfit`: sealing under a wrong clock would make evidence that looks forged; it waits instead."""

    identifier = "trail.clock-unfit"


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a chain: the last head's number and hash, and the next event's number in the chain."""

    number: int
    next_seq: int
    head_hash: bytes
    sealed_at: datetime | None


def seal_all() -> int:
    """Seal everything that waits, scope by scope; returns how many events. One scope's failure does not hold up others."""
    sealed = 0
    for scope in waiting_scopes():
        try:
            with inside(scope):
                sealed += seal_scope(scope, signing_key(PURPOSE))
        except Exception as error:  # whatever one prefecture's login put there, the others go on
            if not is_closed(scope):
                logger.error("trail: sealing %s failed (%s)", scope, type(error).__name__)
    return sealed


def waiting_scopes() -> list[str]:
    """Scopes with events that are not sealed. Raises psycopg.Error."""
    rows = connections.use(connections.sealer(), lambda trail: trail.execute(_WAITING).fetchall())
    return [str(row["scope"]) for row in rows]


def seal_scope(scope: str, key: Ed25519PrivateKey, most: int = MOST_IN_BATCH) -> int:
    """Seal one scope, batch by batch. Raises psycopg.Error, ClockUnfit."""
    sealed = 0
    while count := connections.use(connections.sealer(), lambda trail: _seal_batch(trail, scope, key, most)):
        sealed += count
    return sealed


def _seal_batch(trail: connections.Connection, scope: str, key: Ed25519PrivateKey, most: int) -> int:
    with trail.transaction():
        # The planner cannot know that few events are taken; a hash join would read whole months.
        trail.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off")
        trail.execute(_OPEN_CHAIN, (scope,))
        row = trail.execute(_CHECKPOINT, (scope,)).fetchone()
        if row is None:  # another sealer is at it
            return 0
        now = row.pop("now")
        end = _End(row["number"], row["next_seq"], bytes(row["head_hash"]), row["sealed_at"])
        _check_clock(end, now)
        events = trail.execute(_TAKE, (scope, most)).fetchall()
        if events:
            _write_batch(trail, scope, key, end, sorted(events, key=_order), now)
        return len(events)


def _write_batch(
    trail: connections.Connection,
    scope: str,
    key: Ed25519PrivateKey,
    end: _End,
    events: list[dict[str, Any]],
    now: datetime,
) -> None:
    times = [str(event["occurred_at"]) for event in events]
    leaves = [leaf_hash(event) for event in events]
    root = merkle_root(leaves)
    head = canonical(
        {
            "version": 1,
            "scope": scope,
            "prefecture_code": events[0]["prefecture_code"],
            "number": end.number + 1,
            "first_seq": end.next_seq,
            "count": len(events),
            "months": _months(times),
            "root": root.hex(),
            "prev": end.head_hash.hex() if end.number else NO_HEAD,
            "sealed_at": now.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )
    number, hashed = end.number + 1, hashlib.sha256(head).digest()
    values = {
        "scope": scope,
        "number": number,
        "first_seq": end.next_seq,
        "events": len(events),
        "root": root,
        "prev": end.head_hash,
        "head": head.decode(),
        "signature": key.sign(SIGNED + head),
        "public_key": key.public_key().public_bytes_raw(),
        "sealed_at": now,
    }
    trail.execute(_ADD_BATCH, values)
    trail.execute(
        _ADD_LEAVES, (scope, number, now, _array(event["id"] for event in events), _array(times), b"".join(leaves))
    )
    trail.execute(_ADVANCE, (end.next_seq + len(events), hashed, now, scope))


def _months(times: Iterable[str]) -> dict[str, int]:
    """How many events of each Japanese month. Times are UTC, of an hour always in one month there."""
    months: Counter[str] = Counter()
    for hour, count in Counter(time[:13] for time in times).items():
        months[f"{datetime.fromisoformat(hour + ':00:00+00:00').astimezone(_JAPAN):%Y-%m}"] += count
    return dict(months)


def _array(values: Iterable[str]) -> str:
    """PostgreSQL's text of an array of ids or times: nothing in them needs quoting."""
    return f"{{{','.join(values)}}}"


def _order(event: dict[str, Any]) -> tuple[str, str]:
    return event["recorded_at"], event["id"]


def _check_clock(end: _End, now: datetime) -> None:
    if abs(timezone.now() - now) > CLOCK_APART:
        raise ClockUnfit("the clocks of application and audit database differ")
    if end.sealed_at is not None and now < end.sealed_at:
        raise ClockUnfit("the clock of the audit database was set back")


def can_seal(scope: str) -> bool:
    """Whether the scope still has the key of its heads: not once it was shredded, nor when no prefecture of that name is known.

    Raises django.db.OperationalError where that cannot be asked.
    """
    if not _may_log_in(scope):
        return False
    try:
        with inside(scope):
            signing_key(PURPOSE)
    except (Prefecture.DoesNotExist, KeyMissing):
        return False
    return True


def is_closed(scope: str) -> bool:
    """Whether it was shredded: its login is there and closed. The end of its chain was sealed before (`closing`); of whatever
    came in while its keys went, the shredding itself tells. Raises django.db.OperationalError where that cannot be asked."""
    return _may_log_in(scope) is False


def _may_log_in(scope: str) -> bool | None:
    """None where there is no login of that scope."""
    if scope != CONSOLE and not is_schema_name(scope):
        return None
    with gateway_context(), connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [login_name(scope)])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


@contextmanager
def inside(scope: str) -> Iterator[None]:
    """The scope by the name that its events carry. Raises Prefecture.DoesNotExist."""
    if scope == CONSOLE:
        with console_context():
            yield
        return
    with gateway_context():
        prefecture = Prefecture.objects.get(schema_name=scope)
    with prefecture_context(prefecture):
        yield

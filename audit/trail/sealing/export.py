"""What is given out: a whole export, the newest head, the proof of one event. Always read as the scope's own reader."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from psycopg import sql

from audit.trail import connections
from audit.trail.audit_verify import JAPAN, canonical, risen
from audit.trail.models import EARLIEST
from audit.trail.reader import read
from audit.trail.sealing.leaves import COLUMNS
from tenants.core.context import current_prefecture, scope

BATCHES_AT_ONCE = 20

_HEADS = (
    "SELECT number, head, encode(signature, 'hex') AS signature, encode(public_key, 'hex') AS public_key, sealed_at,"
    " first_seq, events FROM trail.batch WHERE scope = %s"
)
_NEWEST = _HEADS + " ORDER BY number DESC LIMIT 1"
_SOME = _HEADS + " AND number > %s ORDER BY number LIMIT %s"
_SIGNATURES = (
    "SELECT number, head, encode(signature, 'hex') AS signature FROM trail.batch WHERE scope = %s AND number = ANY(%s)"
)
_KEYS = (
    "SELECT encode(public_key, 'hex') AS public_key FROM trail.batch WHERE scope = %s"
    " GROUP BY public_key ORDER BY min(number)"
)
_RANGE = (
    "SELECT min(number) AS first, max(number) AS last FROM trail.batch"
    " WHERE scope = %s AND sealed_at >= %s AND sealed_at < %s"
)
_LEAVES = "SELECT leaves FROM trail.batch_leaves WHERE scope = %s AND number = %s AND sealed_at = %s"
_EVENTS = sql.SQL(
    "SELECT {columns}, (u.place - 1)::bigint AS place FROM trail.batch_leaves l"
    " CROSS JOIN LATERAL unnest(l.event_ids, l.occurred_at) WITH ORDINALITY AS u (id, at, place)"
    " JOIN trail.event e ON e.occurred_at = u.at AND e.id = u.id"
    " WHERE l.scope = %s AND l.number = %s AND l.sealed_at = %s ORDER BY u.place"
).format(columns=sql.SQL(COLUMNS))
_ABOUT = sql.SQL(
    "SELECT {columns}, e.recorded_at AS stored FROM trail.event e WHERE e.scope = %s AND e.id = %s"
    " AND e.occurred_at BETWEEN %s AND %s"
).format(columns=sql.SQL(COLUMNS))
_AFTER = _HEADS + " AND sealed_at >= %s ORDER BY number LIMIT %s"
_PLACE = (
    "SELECT array_position(event_ids, %s) - 1 AS place, leaves FROM trail.batch_leaves"
    " WHERE scope = %s AND number = %s AND sealed_at = %s"
)
BATCHES_SEARCHED = 1_000
TAKEN_LATER = timedelta(minutes=2)
"""A batch says when the sealer looked at its clock; what is stored between that and the taking is in it and looks younger."""
HALF_A_DAY = timedelta(hours=12)
_STORED = (
    "SELECT to_char(occurred_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS month, count(*) AS events FROM trail.event"
    " WHERE scope = %s AND occurred_at >= %s GROUP BY 1 ORDER BY 1"
)
_SEALED = (
    "SELECT m.key AS month, sum(m.value::bigint)::bigint AS events FROM trail.batch b"
    " CROSS JOIN LATERAL jsonb_each_text(b.head::jsonb -> 'months') m WHERE b.scope = %s GROUP BY 1"
)
_STRAY = sql.SQL(
    "SELECT {columns} FROM trail.event e WHERE e.scope = %(scope)s AND e.occurred_at >= %(first)s AND e.occurred_at < %(next)s"
    " AND NOT EXISTS (SELECT 1 FROM (SELECT unnest(l.event_ids) AS id FROM trail.batch_leaves l"
    " WHERE l.scope = %(scope)s AND l.sealed_at >= %(month)s - interval '1 day' AND l.sealed_at < %(late)s) s WHERE s.id = e.id)"
).format(columns=sql.SQL(COLUMNS))
_SEALED_LATE = (
    "SELECT u.id::text AS id FROM unnest(%(ids)s::uuid[]) u (id) WHERE EXISTS (SELECT 1 FROM trail.batch_leaves l"
    " WHERE l.scope = %(scope)s AND l.sealed_at >= %(late)s AND u.id = ANY (l.event_ids))"
)
LAST_MOMENTS = timedelta(minutes=10)
LATE = timedelta(days=7)
"""An event is sealed within seconds. Only one that is not, so long after its month, is looked for among all later batches."""


class NotSealed(Exception):
    """`trail.not-sealed`: the event is stored and waits for the sealer."""

    identifier = "trail.not-sealed"

    def __init__(self) -> None:
        super().__init__("この記録はまだ封をしていません。10秒ほど待ってから、もう一度お試しください。")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The head of one batch as it is handed out. ``line`` is what the verifier's ``--head`` reads."""

    number: int
    head: str
    signature: str
    public_key: str
    sealed_at: datetime
    first_seq: int
    events: int

    def as_json(self) -> dict[str, Any]:
        return {"type": "head", "head": self.head, "signature": self.signature}

    @property
    def line(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)


def newest_head(of: str = "") -> SignedHead | None:
    """The newest head of a scope, the current one unless named; None when nothing is sealed yet. Raises TrailUnavailable."""
    whose = of or scope()
    rows = read(connections.reader(whose), lambda trail: trail.execute(_NEWEST, (whose,)).fetchall())
    return SignedHead(**rows[0]) if rows else None


def signatures(of: str, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Head and signature by number, of the heads that a scope's chain has today. Raises TrailUnavailable."""
    rows = _rows_as(connections.reader(of), _SIGNATURES, (of, list(numbers)))
    return {row["number"]: (row["head"], row["signature"]) for row in rows}


def public_keys() -> list[str]:
    """Every key that signed heads of the current scope, the first one first, in hexadecimal. Raises TrailUnavailable."""
    return [row["public_key"] for row in _rows(_KEYS, (scope(),))]


def head_of(number: int) -> SignedHead | None:
    """The head with a number. Raises TrailUnavailable."""
    rows = _rows(_SOME, (scope(), number - 1, 1))
    return SignedHead(**rows[0]) if rows and rows[0]["number"] == number else None


def heads_after(number: int, most: int) -> list[SignedHead]:
    """The heads that follow one, in order. Raises TrailUnavailable."""
    return [SignedHead(**row) for row in _rows(_SOME, (scope(), number, most))]


def events_of(head: SignedHead) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events below a head with their numbers in the chain, in order. Raises TrailUnavailable."""
    for event in _rows(_EVENTS, (scope(), head.number, head.sealed_at)):
        yield head.first_seq + event.pop("place"), event


def heads_within(since: datetime, until: datetime) -> Iterator[SignedHead]:
    """The heads sealed in a period, in order. Raises TrailUnavailable."""
    first, last = _range(since, until)
    reached = first - 1
    while last and reached < last and (heads := heads_after(reached, BATCHES_AT_ONCE)):
        for head in heads:
            reached = head.number
            if reached <= last:
                yield head


def export_lines(since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """The lines of an export: header, each head with the events below it, what stands below no head. Raises TrailUnavailable.

    With a period the heads of all batches stand in it, and the events of those sealed within, or minutes after it, where its last
    moments are: the chain stays whole. Of what
    stands below no head, whatever says that it happened in the period.
    """
    newest = newest_head()
    first, last = (
        _range(since, until and until + LAST_MOMENTS) if since or until else (1, newest.number if newest else None)
    )
    prefecture, exported_at = current_prefecture(), timezone.now().astimezone(UTC)
    header = {
        "type": "trail-export",
        "version": 1,
        "scope": scope(),
        "prefecture_code": prefecture.code if prefecture else "",
        "exported_at": exported_at.isoformat(),
        "batches": [first, last],
        "checkpoint": newest.as_json() if newest else None,
    }
    yield _line(header)
    yield from _sealed_lines(newest, first, last)
    for event in stray_events(since, until):
        # What came while the file was written is not of its moment; what says that it will come is.
        if not exported_at < datetime.fromisoformat(event["recorded_at"]) <= timezone.now():
            yield _line({"type": "unsealed", "event": event})


def _sealed_lines(newest: SignedHead | None, first: int, last: int | None) -> Iterator[str]:
    reached = 0
    while newest and (rows := _rows(_SOME, (scope(), reached, BATCHES_AT_ONCE))):
        for row in rows:
            if row["number"] > newest.number:
                return
            yield from _batch_lines(SignedHead(**row), last is not None and first <= row["number"] <= last)
            reached = row["number"]


def stray_events(since: datetime | None = None, until: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Events of the current scope that stand below no head: those of the last seconds, and whatever was put in past the sealer.

    Counted by month first, so that only a month that does not come out is looked through, or one that the period cuts: what is
    missing from its other days would make up for what is too much in these.
    """
    own = connections.reader(scope())
    sealed = {row["month"]: row["events"] for row in _rows_as(own, _SEALED, (scope(),))}
    for row in _rows_as(own, _STORED, (scope(), _month_of(since or EARLIEST))):
        first = datetime.fromisoformat(f"{row['month']}-01T00:00:00+09:00")
        after = (first + timedelta(days=32)).replace(day=1)
        begins, ends = max(first, since or first), min(after, until or after)
        if begins < ends and (row["events"] != sealed.get(row["month"], 0) or (begins, ends) != (first, after)):
            yield from _stray({"scope": scope(), "month": first, "first": begins, "next": ends, "late": after + LATE})


def _month_of(moment: datetime) -> datetime:
    return moment.astimezone(JAPAN).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _stray(asked: dict[str, Any]) -> list[dict[str, Any]]:
    own = connections.reader(scope())
    found = _rows_as(own, _STRAY, asked)
    if not found:
        return []
    late = {row["id"] for row in _rows_as(own, _SEALED_LATE, asked | {"ids": [event["id"] for event in found]})}
    return [event for event in found if event["id"] not in late]


def _rows_as(reader: connections.Target, statement: Any, parameters: Any) -> list[dict[str, Any]]:
    return read(reader, lambda trail: trail.execute(statement, parameters).fetchall())


def proof_of(event_id: UUID) -> dict[str, Any] | None:
    """The inclusion proof of one event of the current scope; None when it is unknown. Raises NotSealed, TrailUnavailable."""
    try:
        made = datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)  # the id begins with its time (RFC 9562)
        found = _rows(_ABOUT, (scope(), event_id, made - HALF_A_DAY, made + HALF_A_DAY))
    except (ValueError, OverflowError):
        return None
    if not found:
        return None
    stored = found[0].pop("stored")
    for row in _rows(_AFTER, (scope(), stored - TAKEN_LATER, BATCHES_SEARCHED)):
        head = SignedHead(**row)
        place = _rows(_PLACE, (event_id, scope(), head.number, head.sealed_at))
        if place and place[0]["place"] is not None:
            index = int(place[0]["place"])
            path = audit_path(_split(bytes(place[0]["leaves"])), index)
            return {
                **head.as_json(),
                "type": "trail-proof",
                "event": found[0],
                "seq": head.first_seq + index,
                "path": [node.hex() for node in path],
            }
    raise NotSealed


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 6962 2.1.1: the nodes that lead from one leaf to the root, from below."""
    path, level = [], list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        level, index = risen(level), index // 2
    return path


def _batch_lines(head: SignedHead, is_wanted: bool) -> Iterator[str]:
    asked = (scope(), head.number, head.sealed_at)
    found = _rows(_LEAVES, asked) if is_wanted else []
    leaves = [leaf.hex() for leaf in _split(bytes(found[0]["leaves"]))] if found else []
    yield _line(head.as_json() | {"leaves": leaves})
    for seq, event in events_of(head) if leaves else ():
        yield _line({"type": "event", "seq": seq, "event": event})


def _range(since: datetime | None, until: datetime | None) -> tuple[int, int | None]:
    (row,) = _rows(_RANGE, (scope(), since or datetime.min.replace(tzinfo=UTC), until or timezone.now()))
    return (row["first"], row["last"]) if row["first"] else (1, 0)


def _rows(statement: Any, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    def ask(trail: connections.Connection) -> list[dict[str, Any]]:
        with trail.transaction():
            trail.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off")
            return trail.execute(statement, parameters).fetchall()

    return read(connections.reader(scope()), ask)


def _split(leaves: bytes) -> list[bytes]:
    return [leaves[start : start + 32] for start in range(0, len(leaves), 32)]


def _line(value: Mapping[str, Any]) -> str:
    return canonical(value).decode() + "\n"

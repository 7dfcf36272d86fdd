"""How the current scope's chain, its sealing and the clocks stand, from outside the sealer: for the watch, every 30 seconds.

It looks at the last batches as the scope's own reader. The whole chain, back to the first event, is the verifier's to check.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from audit.trail import connections
from audit.trail.audit_verify import NO_HEAD, SIGNED
from audit.trail.models import LATEST
from audit.trail.reader import read
from tenants.core.context import scope

BATCHES_LOOKED_AT = 200
"""At one batch in four seconds, more than thirteen minutes."""

STEP_REMEMBERED = timedelta(minutes=10)

# One statement, one snapshot: a sealer at work never looks like a break.
_CHAIN = """
SELECT c.number AS end_number, c.next_seq AS end_seq, encode(c.head_hash, 'hex') AS end_hash,
       nullif(c.sealed_at, '-infinity') AS end_at, b.number, b.first_seq, b.events, b.head, b.signature, b.public_key
FROM trail.checkpoint c LEFT JOIN LATERAL
     (SELECT * FROM trail.batch WHERE scope = c.scope ORDER BY number DESC LIMIT %s) b ON true
WHERE c.scope = %s ORDER BY b.number
"""
_WAITING = """
SELECT occurred_at FROM trail.event WHERE scope = %s AND occurred_at > %s AND occurred_at < %s ORDER BY occurred_at LIMIT 1
"""
_BEFORE_NOW = "SELECT max(sealed_at) AS at, clock_timestamp() AS now FROM trail.batch WHERE scope = %s AND sealed_at <= clock_timestamp()"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Break:
    """`number`: the first batch that does not fit; `what`: in words."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Health:
    """`unsealed_since`: the oldest event after the last seal. `apart`: seconds by which a database's clock is ahead of ours,
    the larger of both in size. `stepped`: seconds by which our own clock jumped within the last ten minutes. `is_set_back`:
    the last seal lies in the audit database's future."""

    breaks: tuple[Break, ...] = ()
    unsealed_since: datetime | None = None
    apart: float = 0.0
    stepped: float = 0.0
    is_set_back: bool = False


def health() -> Health:
    """Of the current scope. Raises TrailUnavailable."""
    rows: list[dict[str, Any]] = read(
        connections.reader(scope()), lambda trail: trail.execute(_CHAIN, (BATCHES_LOOKED_AT, scope())).fetchall()
    )
    end, audit = rows[0]["end_at"] if rows else None, _apart_of_audit()
    is_set_back = end is not None and end.timestamp() > time.time() + audit
    between = _after_the_last_right_seal() if is_set_back else (end or _BEGINNING, LATEST)
    waiting = read(connections.reader(scope()), lambda trail: trail.execute(_WAITING, (scope(), *between)).fetchone())
    return Health(
        breaks=tuple(breaks_of(rows)),
        unsealed_since=waiting["occurred_at"] if waiting else None,
        apart=max(audit, _apart_of_main(), key=abs),
        stepped=_steps.look(time.clock_gettime(time.CLOCK_BOOTTIME), time.time()),
        is_set_back=is_set_back,
    )


def _after_the_last_right_seal() -> tuple[datetime, datetime]:
    """Until now: what was sealed under a clock that ran ahead says that it happens later."""
    asked = read(connections.reader(scope()), lambda trail: trail.execute(_BEFORE_NOW, (scope(),)).fetchone() or {})
    return asked["at"] or _BEGINNING, asked["now"]


def breaks_of(rows: Sequence[Mapping[str, Any]]) -> list[Break]:
    """Where numbers, event counts, hashes, signatures or the end of a chain do not fit. `rows`: batches in order, each with
    the checkpoint beside it."""
    batches = [row for row in rows if row["number"] is not None]
    found = [broken for one in batches for broken in _own(one)]
    found += [broken for before, after in pairwise(batches) for broken in _joint(before, after)]
    return sorted(found + (_end(rows[0], batches) if rows else []), key=lambda one: one.number)


def _own(batch: Mapping[str, Any]) -> list[Break]:
    head = json.loads(batch["head"])
    said = (head["number"], head["first_seq"], head["count"])
    if said != (batch["number"], batch["first_seq"], batch["events"]):
        return [Break(batch["number"], "見出しと束の番号・件数が合わない")]
    if batch["number"] == 1 and head["prev"] != NO_HEAD:
        return [Break(1, "最初の束の前に別の束がある")]
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes(batch["public_key"]))
        key.verify(bytes(batch["signature"]), SIGNED + batch["head"].encode())
    except InvalidSignature:
        return [Break(batch["number"], "署名が見出しと合わない")]
    return []


def _joint(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Break]:
    if after["number"] != before["number"] + 1:
        return [Break(after["number"], "束の番号が飛んでいる")]
    if after["first_seq"] != before["first_seq"] + before["events"]:
        return [Break(after["number"], "記録の番号が続いていない")]
    if json.loads(after["head"])["prev"] != _hash(before):
        return [Break(after["number"], "前の束につながっていない")]
    return []


def _end(row: Mapping[str, Any], batches: Sequence[Mapping[str, Any]]) -> list[Break]:
    """The checkpoint remembers the newest head: a tail that was cut off contradicts it."""
    if not batches:
        return [Break(row["end_number"], "束がなくなっている")] if row["end_number"] else []
    last = batches[-1]
    fits = (last["number"], last["first_seq"] + last["events"], _hash(last))
    if fits != (row["end_number"], row["end_seq"], row["end_hash"]):
        return [Break(row["end_number"], "最後の束が控えと合わない")]
    return []


def _hash(batch: Mapping[str, Any]) -> str:
    return hashlib.sha256(batch["head"].encode()).hexdigest()


# --- clocks -----------------------------------------------------------------------------------------------------------


class Steps:
    """Jumps of this machine's clock, seen as wall time against the time since boot. Slewing moves both and is no jump."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._jump: tuple[float, float] | None = None

    def look(self, since_boot: float, wall: float) -> float:
        """Seconds of the last jump while it is remembered; 0 without one. Sums of less than a second are noise."""
        if self._last is not None:
            jump = (wall - self._last[1]) - (since_boot - self._last[0])
            if abs(jump) >= 1:
                self._jump = since_boot, jump
        self._last = since_boot, wall
        if self._jump is None or since_boot - self._jump[0] > STEP_REMEMBERED.total_seconds():
            return 0.0
        return self._jump[1]


_steps = Steps()


def _apart_of_audit() -> float:
    before = time.time()
    row = read(
        connections.reader(scope()), lambda trail: trail.execute("SELECT clock_timestamp() AS now").fetchone() or {}
    )
    return _apart(row["now"], before, time.time())


def _apart_of_main() -> float:
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    return _apart(now, before, time.time())


def _apart(theirs: datetime, before: float, after: float) -> float:
    """A slow answer is no difference: only what lies outside of asking and answering counts."""
    moment = theirs.timestamp()
    return moment - after if moment > after else min(0.0, moment - before)

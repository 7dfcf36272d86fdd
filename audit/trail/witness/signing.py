"""The application's signature under each event of the outbox, so that an event put there by injected SQL does not pass for one.

Whoever can inject SQL into a page writes as the scope's login and could add an event to what it changed. The key of the
signature never reaches the database but wrapped. A signature holds for one event, with all its words, in one transaction of the
scope: over other words, or taken from another transaction, undone ones included, it fits nothing, because the witness notes the
transaction and the digest of the words itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from audit.trail.audit_verify import canonical
from audit.trail.entries import Row
from audit.trail.models import HandedHead, WitnessComparison
from tenants.core.context import NoScope
from tenants.core.db.base import current
from tenants.core.keys import KeyMissing, signer

PURPOSE = "trail.outbox"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TRANSACTION = "SELECT pg_current_xact_id()::text::bigint"

Sign = Callable[[Row], bytes]
IsGenuine = Callable[[int, UUID, datetime, bytes, bytes], bool]
"""Of the number of a transaction, an event's id and time, the digest of its content, and its signature."""


def signer_here() -> Sign:
    """What signs events of the running transaction.

    Where there are no keys (a scope not laid out yet, or shredded; the owner at work on the registry) nothing signs; nothing is
    compared there either.
    """
    try:
        sign = signer(PURPOSE)
    except (KeyMissing, NoScope):
        return lambda _row: b""
    transaction = _transaction()
    return lambda row: sign(_signed(transaction, row.id, row.occurred_at, digest_of(row.content)))


def digest_of(content: str) -> bytes:
    """SHA-256 of the text as it is, which the witness's trigger takes as well."""
    return hashlib.sha256(content.encode()).digest()


def is_genuine() -> IsGenuine:
    """Whether a signature is the application's, for that event of that transaction of the current scope."""
    sign = signer(PURPOSE)
    return lambda transaction, event_id, at, digest, signature: hmac.compare_digest(
        sign(_signed(transaction, event_id, at, digest)), signature
    )


def is_waiting_genuine() -> IsGenuine:
    """The same before an event is taken out of the outbox. Where nothing signs (see `signer_here`) nothing can be told apart."""
    try:
        return is_genuine()
    except (KeyMissing, NoScope):
        return lambda _transaction, _id, _at, _digest, _signature: True


def signature_of(comparison: WitnessComparison) -> str:
    """Of a comparison before it is kept: one made up could let the next one begin after what it should have found."""
    return signer(PURPOSE)(_said(comparison)).hex()


def is_genuine_comparison(comparison: WitnessComparison) -> bool:
    return hmac.compare_digest(signature_of(comparison).encode(), comparison.signature.encode())


def signature_of_handed(handed: HandedHead) -> str:
    """Of a head before it is kept as handed out: one made up could stop all later ones from being handed out."""
    times = [(at - _EPOCH) // _MICROSECOND for at in (handed.sealed_at, handed.handed_at)]
    words = [handed.head, handed.signature, handed.public_key, handed.platform_head, handed.sent_to]
    return signer(PURPOSE)(canonical(["handed", handed.number, *times, *words])).hex()


def is_genuine_handed(handed: HandedHead) -> bool:
    return hmac.compare_digest(signature_of_handed(handed).encode(), handed.kept_signature.encode())


def _said(comparison: WitnessComparison) -> bytes:
    made = (comparison.compared_at - _EPOCH) // _MICROSECOND
    counts = [made, comparison.until, comparison.writes, comparison.events]
    found = [comparison.unrecorded, comparison.lost, comparison.unsigned, comparison.changed_heads]
    return canonical(["comparison", *counts, *found])


def _signed(transaction: int, event_id: UUID, at: datetime, digest: bytes) -> bytes:
    return b"%d|%b|%d|%b" % (transaction, event_id.bytes, (at - _EPOCH) // _MICROSECOND, digest)


def _transaction() -> int:
    """The number of the running transaction, asked for once in each (and again after a part of it was undone)."""
    kept = current().kept_in_transaction
    if PURPOSE not in kept:
        with connection.cursor() as cursor:
            cursor.execute(_TRANSACTION)
            kept[PURPOSE] = int(cursor.fetchone()[0])
    return int(kept[PURPOSE])

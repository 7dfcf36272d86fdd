"""How events are written: acts into the outbox of their own transaction, reads straight into the audit database."""

import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

import psycopg
from django.db import transaction

from audit.trail import store
from audit.trail.entries import JSON, MOST_BYTES, Entry, EventTooLarge, Row, Subject, compose
from audit.trail.models import OutboxEvent
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import signer_here
from tenants.core.context import current_prefecture, scope
from tenants.core.db.copying import copy_in

__all__ = ["Entry", "Subject", "TrailUnavailable", "record", "record_access", "record_access_many", "record_many"]

logger = logging.getLogger(__name__)

COPY_FROM = 50
"""So many events and more are written by COPY."""


class TrailUnavailable(Exception):
    """`trail.unavailable`: the audit database cannot be written or read, so nothing may be shown. Answered with 503."""

    identifier = "trail.unavailable"

    def __init__(self) -> None:
        super().__init__(
            "記録できないため表示しません。閲覧の記録を書き込む先に接続できません。"
            "しばらく待って開き直してください。続くときは情報システムの担当者に連絡してください。"
        )


def record(
    event: Event,
    *,
    subjects: Iterable[Subject] = (),
    detail: Mapping[str, JSON] | None = None,
    allowed_by: str = "",
    duty: str = "",
    case: str = "",
) -> UUID:
    """Write an act into the outbox of the current scope, in the caller's transaction. Returns the event's id.

    Raises NumberInTrail when a text looks like an individual number, EventTooLarge when it says too much for one event.
    """
    return record_many([Entry(event, tuple(subjects), detail or {}, allowed_by, duty, case)])[0]


def record_many(entries: Iterable[Entry]) -> list[UUID]:
    """Write many acts into the outbox, in the caller's transaction, each signed for this transaction alone.

    Raises as ``record``.
    """
    rows = [_fitting(compose(entry), entry.event) for entry in entries]
    if not rows:
        return []
    with transaction.atomic(savepoint=False):
        sign = signer_here()
        waiting = (_waiting(row, sign(row)) for row in rows)
        if len(rows) < COPY_FROM:
            OutboxEvent.objects.bulk_create(waiting)
        else:
            copy_in(OutboxEvent, waiting)
    return [row.id for row in rows]


def record_access(
    event: Event,
    *,
    subjects: Iterable[Subject] = (),
    detail: Mapping[str, JSON] | None = None,
    allowed_by: str = "",
    duty: str = "",
    case: str = "",
) -> UUID:
    """Write a read, search, reveal, print or export into the audit database *before* anything is shown.

    It lasts at once, whatever becomes of the caller's transaction. Raises TrailUnavailable (show nothing) and
    NumberInTrail.
    """
    return record_access_many([Entry(event, tuple(subjects), detail or {}, allowed_by, duty, case)])[0]


def record_access_many(entries: Iterable[Entry]) -> list[UUID]:
    """Write many accesses, all or none (tens of thousands are fine). Raises as ``record_access``."""
    rows = [compose(entry) for entry in entries]
    prefecture = current_prefecture()
    code = prefecture.code if prefecture else ""
    try:
        store.insert([row.content for row in rows], scope=scope(), prefecture_code=code)
    except psycopg.Error as error:
        # The driver's text may quote the row; only its class and code may reach the log.
        logger.error("trail: direct write failed (%s, %s)", type(error).__name__, error.sqlstate)
        raise TrailUnavailable from None
    return [row.id for row in rows]


def _fitting(row: Row, event: Event) -> Row:
    if len(row.content) > MOST_BYTES:  # ASCII: as many bytes as characters
        raise EventTooLarge(event.value, len(row.content))
    return row


def _waiting(row: Row, signature: bytes) -> OutboxEvent:
    return OutboxEvent(id=row.id, occurred_at=row.occurred_at, content=row.content, signature=signature)

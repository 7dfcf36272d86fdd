"""Which events of an outbox the relay takes: those that the application signed, as they lie there, in the very transaction that put
them there.

Whatever else lies there was put there by somebody who writes as the scope's login (SQL injected into a page), or changed by
somebody who stands above it. It goes into a quarantine beside the outbox, which nobody can empty; the trail is told how many, never
what they say. Quarantine first, then telling, then out of the outbox: cut off anywhere, the next run tells the same event again,
and the audit database keeps one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg import sql

from audit.trail.actors import SYSTEM, acting_as
from audit.trail.connections import Connection
from audit.trail.entries import MOST_BYTES, Entry, compose
from audit.trail.grants import OUTBOX_TABLE, REFUSED_TABLE
from audit.trail.identifiers import uuid7
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import digest_of, is_waiting_genuine
from tenants.core.context import console_context, current_prefecture, gateway_context, prefecture_context
from tenants.core.credentials import CONSOLE, login_name
from tenants.core.db.base import PUBLIC
from tenants.core.models import Prefecture

IsGenuine = Callable[[Mapping[str, Any]], bool]
"""Of a row of the outbox with its `id`, `occurred_at`, `content`, `signature`, `transaction` and `login`; what was too long to be read
is None."""

_SET_ASIDE = """
INSERT INTO {refused} (event_id, transaction, login, row, told_as, refused_at)
SELECT o.id, o.transaction, o.login, json_build_object(
    'id', o.id, 'occurred_at', o.occurred_at, 'bytes', octet_length(o.content), 'content', left(o.content, {most}),
    'signature', encode(substring(o.signature for 64), 'hex'))::text, %s, now()
FROM {outbox} o WHERE o.id = ANY(%s)
ON CONFLICT DO NOTHING
"""
_TOLD = """
SELECT told_as, refused_at, count(*) AS events FROM {refused} WHERE told_as IN (
    SELECT r.told_as FROM {refused} r JOIN {outbox} o ON o.id = r.event_id AND o.transaction = r.transaction WHERE o.id = ANY(%s)
) GROUP BY told_as, refused_at
"""


def judge_of(schema: str) -> IsGenuine:
    """For the events of one schema. Raises SealBroken where its key was tampered with.

    The owner, who lays out the tables and could change anything in them, also writes where there is no key to sign with.
    """
    scope_login = login_name(CONSOLE if schema == PUBLIC else schema)
    with _inside(schema) as is_known:
        genuine = is_waiting_genuine() if is_known else None

    def judge(row: Mapping[str, Any]) -> bool:
        content, signature = row["content"], row["signature"]
        if content is None or signature is None:
            return False
        if genuine is None or row["login"] != scope_login:
            return True
        return genuine(row["transaction"], row["id"], row["occurred_at"], digest_of(content), signature)

    return judge


def set_aside(main: Connection, schema: str, ids: list[UUID]) -> None:
    """Copy refused events into the quarantine, in the relay's transaction; those that are there already stay as they are.

    Of what is too long only the beginning is kept.
    """
    statement = sql.SQL(_SET_ASIDE).format(most=sql.Literal(MOST_BYTES), **_tables(schema))
    main.execute(statement, (uuid7(), ids))


def told_of(main: Connection, schema: str, ids: list[UUID]) -> list[tuple[UUID, str]]:
    """The events by which the trail is told of refused ones that still lie in the outbox: the same whenever it is asked."""
    rows = main.execute(sql.SQL(_TOLD).format(**_tables(schema)), (ids,)).fetchall()
    with acting_as(SYSTEM):
        told = [
            compose(
                Entry(Event.TRAIL_EVENT_REFUSED, detail={"件数": row["events"]}),
                event_id=row["told_as"],
                at=row["refused_at"],
            )
            for row in rows
        ]
    return [(one.id, one.content) for one in told]


def _tables(schema: str) -> dict[str, sql.Identifier]:
    return {"outbox": sql.Identifier(schema, OUTBOX_TABLE), "refused": sql.Identifier(schema, REFUSED_TABLE)}


@contextmanager
def _inside(schema: str) -> Iterator[bool]:
    """Inside the scope of a schema; False for a schema that is no longer in the registry, into which nobody can write."""
    here = current_prefecture()
    if here is not None and here.schema_name == schema:
        yield True
    elif schema == PUBLIC:
        with console_context():
            yield True
    else:
        with gateway_context():
            prefecture = Prefecture.objects.filter(schema_name=schema).first()
        if prefecture is None:
            yield False
        else:
            with prefecture_context(prefecture):
                yield True

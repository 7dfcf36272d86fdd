"""Which events of an outbox the relay takes: those that the application signed in the very transaction that put them there.

Whatever else lies there was put there by somebody who writes as the scope's login (SQL injected into a page). It goes into a
quarantine beside the outbox, which nobody can empty, in the relay's own transaction; the trail is told how many, never what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg import sql

from audit.trail.actors import SYSTEM, acting_as
from audit.trail.connections import Connection
from audit.trail.entries import Entry, compose
from audit.trail.grants import OUTBOX_TABLE, REFUSED_TABLE
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import is_waiting_genuine
from tenants.core.context import console_context, current_prefecture, gateway_context, prefecture_context
from tenants.core.credentials import CONSOLE, login_name
from tenants.core.db.base import PUBLIC
from tenants.core.models import Prefecture

IsGenuine = Callable[[Mapping[str, Any]], bool]
"""Of a row of the outbox with its `id`, `occurred_at`, `signature`, `transaction` and `login`."""

_SET_ASIDE = (
    "INSERT INTO {refused} (event_id, transaction, login, row, refused_at)"
    " SELECT o.id, o.transaction, o.login, row_to_json(o)::text, clock_timestamp() FROM {outbox} o WHERE o.id = ANY(%s)"
    " ON CONFLICT DO NOTHING"
)


def judge_of(schema: str) -> IsGenuine:
    """For the events of one schema. Raises SealBroken where its key was tampered with.

    The owner, who lays out the tables and could change anything in them, also writes where there is no key to sign with.
    """
    scope_login = login_name(CONSOLE if schema == PUBLIC else schema)
    with _inside(schema) as is_known:
        genuine = is_waiting_genuine() if is_known else None

    def judge(row: Mapping[str, Any]) -> bool:
        if genuine is None or genuine(row["transaction"], row["id"], row["occurred_at"], row["signature"]):
            return True
        return bool(row["login"] != scope_login)

    return judge


def set_aside(main: Connection, schema: str, ids: list[UUID]) -> tuple[UUID, str]:
    """Copy refused events into the quarantine, in the relay's transaction. Returns the event that says so, for the trail."""
    outbox, refused = sql.Identifier(schema, OUTBOX_TABLE), sql.Identifier(schema, REFUSED_TABLE)
    main.execute(sql.SQL(_SET_ASIDE).format(outbox=outbox, refused=refused), (ids,))
    with acting_as(SYSTEM):
        told = compose(Entry(Event.TRAIL_EVENT_REFUSED, detail={"件数": len(ids)}))
    return told.id, told.as_json()


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

"""From the outbox to the audit database exactly once, whatever is killed, absent or doubled on the way."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections as main_connections
from django.db import transaction

from audit.trail import connections, reader, relay, store
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import compose
from audit.trail.models import OutboxEvent
from audit.trail.reader import Filters
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import signer_here
from tenants.core.context import gateway_context
from tenants.core.credentials import login_name
from tenants.core.models import Prefecture
from tests.support.outbox import outbox

KILLED_RELAY = Path(__file__).with_name("killed_relay.py")


def make_events(number: int) -> tuple[str, set[uuid.UUID]]:
    """Commit events of an actor of their own into the outbox; (actor id, event ids)."""
    somebody = Actor(ActorKind.PERSON, f"u-{uuid.uuid4()}", "試験 太郎", "学校事務担当")
    with acting_as(somebody):
        return somebody.id, set(record_many(Entry(Event.STATEMENT_RECORD_SAVED) for _ in range(number)))


def stored(audit_superuser: Any, actor: str) -> list[uuid.UUID]:
    """Ids of the actor's events in the audit database, doubles included."""
    rows = audit_superuser.execute("SELECT id FROM trail.event WHERE actor_id = %s", [actor]).fetchall()
    return [row[0] for row in rows]


def waiting(made: set[uuid.UUID]) -> int:
    return outbox.filter(pk__in=made).count()


def test_events_move_once_and_the_outbox_is_empty(really_in_a: Any, audit_superuser: Any) -> None:
    actor, made = make_events(2_345)
    assert relay.relay_schema(really_in_a.schema_name, really_in_a.code) >= 2_345
    assert sorted(stored(audit_superuser, actor)) == sorted(made)
    assert waiting(made) == 0
    assert relay.relay_schema(really_in_a.schema_name, really_in_a.code) == 0


def test_an_event_arrives_as_it_was_recorded(really_in_a: Any) -> None:
    subject = Subject("statement", str(uuid.uuid4()))
    job = uuid.uuid4()
    from audit.trail.actors import within_job

    with acting_as(Actor(ActorKind.JOB, "7", "山田 花子", "学校事務担当", "t-1", "ab")), within_job(job):
        made = record(
            Event.STATEMENT_CATEGORY_COMPUTED,
            subjects=[subject],
            detail={"区分": "Ⅱ"},
            allowed_by="規則",
            duty="d",
            case="c",
        )
    kept = outbox.get(pk=made)
    relay.relay_all()
    (event,) = reader.search(Filters(subject=subject))
    assert (event.id, event.occurred_at, event.job_id) == (made, kept.occurred_at, job)
    assert (event.actor_kind, event.actor_name, event.terminal, event.session) == ("job", "山田 花子", "t-1", "ab")
    assert (event.detail, event.allowed_by, event.duty, event.case) == ({"区分": "Ⅱ"}, "規則", "d", "c")


def test_the_scope_comes_from_the_outbox_and_the_code_from_the_registry(really_in_a: Any, audit_superuser: Any) -> None:
    actor, _ = make_events(1)
    relay.relay_all()
    row = audit_superuser.execute("SELECT scope, prefecture_code FROM trail.event WHERE actor_id = %s", [actor])
    assert row.fetchone() == (really_in_a.schema_name, really_in_a.code)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["before", "after"])
def test_killed_around_the_audit_commit_nothing_is_lost_or_doubled(
    really_in_a: Any, audit_superuser: Any, place: str
) -> None:
    actor, made = make_events(1_500)
    command = [sys.executable, str(KILLED_RELAY), really_in_a.schema_name, really_in_a.code, place]
    killed = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert killed.returncode == -9, killed.stderr.decode()
    assert waiting(made) == 1_500
    assert len(stored(audit_superuser, actor)) == (store.BATCH if place == "after" else 0)
    relay.relay_schema(really_in_a.schema_name, really_in_a.code)
    assert sorted(stored(audit_superuser, actor)) == sorted(made)
    assert waiting(made) == 0


def test_two_relays_at_once_move_everything_once(really_in_a: Any, audit_superuser: Any) -> None:
    actor, made = make_events(4_000)
    moved: list[int] = []

    def work() -> None:
        moved.append(relay.relay_schema(really_in_a.schema_name, really_in_a.code))
        main_connections.close_all()  # this thread's own, through which the key was read

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A relay that finds another one at work leaves; whoever had the last batch saw the end of the outbox or not.
    relay.relay_schema(really_in_a.schema_name, really_in_a.code)
    assert sorted(stored(audit_superuser, actor)) == sorted(made)
    assert waiting(made) == 0
    assert sum(moved) <= 4_000


def test_the_login_of_a_prefecture_cannot_hold_up_the_relay_of_another(
    really_in_a: Any, as_login: Any, audit_superuser: Any
) -> None:
    """Neither by the name of an advisory lock, nor by a lock on the other's outbox."""
    schema = really_in_a.schema_name
    outbox = psycopg.sql.Identifier(schema, "trail_outboxevent")
    with gateway_context():
        neighbour = Prefecture.objects.get(slug="otsu").schema_name
    b = as_login(login_name(neighbour), main=True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        b.execute("SELECT pg_advisory_lock(hashtextextended('trail.relay:' || %s, 0))", [schema])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), b.transaction():
        b.execute(psycopg.sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(outbox))
    actor, made = make_events(3)
    assert relay.relay_schema(schema, really_in_a.code) >= 3
    assert sorted(stored(audit_superuser, actor)) == sorted(made)


def test_a_prefecture_cannot_take_the_relays_lock_on_its_own_outbox_either(
    really_in_a: Any, as_login: Any, audit_superuser: Any
) -> None:
    schema = really_in_a.schema_name
    outbox = psycopg.sql.Identifier(schema, "trail_outboxevent")
    own = as_login(login_name(schema), main=True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), own.transaction():
        own.execute(psycopg.sql.SQL("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE").format(outbox))
    actor, made = make_events(3)
    with own.transaction():
        refresh = psycopg.sql.Identifier(schema, "refresh_statistics")
        own.execute(psycopg.sql.SQL("SELECT {}(ARRAY['trail_outboxevent'])").format(refresh))
        own.execute(psycopg.sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(outbox))
        assert relay.relay_schema(schema, really_in_a.code) >= 3
    assert sorted(stored(audit_superuser, actor)) == sorted(made)


def test_a_relay_leaves_the_outbox_to_the_one_at_work(really_in_a: Any, as_login: Any) -> None:
    schema = really_in_a.schema_name
    _, made = make_events(2)
    other = as_login(login_name("relay"), main=True)
    with other.transaction():
        table = psycopg.sql.Identifier(schema, "trail_outboxevent")
        other.execute(psycopg.sql.SQL("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE").format(table))
        assert relay.relay_schema(schema, really_in_a.code) == 0
    assert waiting(made) == 2
    assert relay.relay_schema(schema, really_in_a.code) == 2


def test_an_event_of_an_open_transaction_is_left_alone_and_comes_later(really_in_a: Any, audit_superuser: Any) -> None:
    with transaction.atomic():
        actor, made = make_events(1)
        relay.relay_schema(really_in_a.schema_name, really_in_a.code)
        assert stored(audit_superuser, actor) == []
    relay.relay_schema(really_in_a.schema_name, really_in_a.code)
    assert stored(audit_superuser, actor) == list(made)


def test_an_undone_act_never_arrives(really_in_a: Any, audit_superuser: Any) -> None:
    with transaction.atomic():
        actor, _ = make_events(3)
        transaction.set_rollback(True)
    relay.relay_schema(really_in_a.schema_name, really_in_a.code)
    assert stored(audit_superuser, actor) == []


def test_a_bad_row_waits_and_holds_up_nobody(
    really_in_a: Any, audit_superuser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bad = compose(Entry(Event.STATEMENT_RECORD_SAVED), at=datetime(1999, 1, 1, tzinfo=UTC))
    stuck = bad.id
    with transaction.atomic():
        row = OutboxEvent(id=bad.id, occurred_at=bad.occurred_at, content=bad.content, signature=signer_here()(bad))
        OutboxEvent.objects.bulk_create([row])
    try:
        actor, made = make_events(1_200)
        relay.relay_schema(really_in_a.schema_name, really_in_a.code)
        assert sorted(stored(audit_superuser, actor)) == sorted(made)
        assert list(outbox.values_list("pk", flat=True)) == [stuck]
        assert str(stuck) in caplog.text
    finally:
        connections.use(
            connections.relay(),
            lambda main: main.execute(
                psycopg.sql.SQL("DELETE FROM {} WHERE id = %s").format(
                    psycopg.sql.Identifier(really_in_a.schema_name, "trail_outboxevent")
                ),
                (stuck,),
            ),
        )


def test_without_the_audit_database_events_wait(
    really_in_a: Any, audit_superuser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    actor, made = make_events(5)

    def down(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "insert", down)
        assert relay.relay_all() == 0
    assert waiting(made) == 5
    assert "relay" in caplog.text
    relay.relay_all()
    assert sorted(stored(audit_superuser, actor)) == sorted(made)


def test_the_outbox_of_every_scope_is_found(database: None) -> None:
    from tenants.core.models import Prefecture

    schemas = set(Prefecture.objects.values_list("schema_name", flat=True))
    assert set(relay.outboxes()) == schemas | {"public"}

"""An event that the application did not sign does not reach the trail: it is set aside, told, and holds up nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
import uuid
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.trail import connections, relay, store
from audit.trail.entries import MOST_BYTES
from audit.trail.models import RefusedEvent
from audit.trail.recorder import Entry, record, record_many
from audit.trail.vocabulary import Event
from audit.trail.witness.comparison import compare
from tenants.core.context import console_context, prefecture_context, scope
from tenants.core.credentials import login_name
from tests.audit.review.test_keeping_pages import person
from tests.audit.trail.test_relay import KILLED_RELAY, make_events, stored, waiting
from tests.audit.trail.test_witness import as_it_lies
from tests.support import trail
from tests.support.outbox import outbox
from tests.support.rollback import rolled_back


def put(row: dict[str, Any]) -> uuid.UUID:
    """As injected SQL would: a row of the outbox, as the scope's own login, outside of the application's signing."""
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO trail_outboxevent ({names}) VALUES ({marks})", [*row.values()])
    return uuid.UUID(str(row["id"]))


def forge(actor: str = "") -> uuid.UUID:
    """A new event under the signature of another one."""
    row = as_it_lies(record(Event.ROUND_PAYER_CHANGED))
    return put(row | {"id": uuid.uuid4(), "content": other_words(row["content"], actor)})


def other_words(content: str, actor: str) -> str:
    return json.dumps(json.loads(content) | {"actor_id": actor})


def move(prefecture: Any) -> int:
    return relay.relay_schema(prefecture.schema_name, prefecture.code)


def refused() -> list[uuid.UUID]:
    return list(RefusedEvent.objects.order_by("pk").values_list("event_id", flat=True))


def told(began: datetime) -> list[int]:
    return [event.detail["件数"] for event in trail.since(began, prefix="trail:event:refused")]


def test_a_forged_event_is_set_aside_told_and_named_by_the_night(
    workers_beside_unseen: None, really_in_a: Any, audit_superuser: Any
) -> None:
    compare()
    began, forged = timezone.now(), forge("u-somebody-else")
    assert move(really_in_a) >= 1
    (kept,) = RefusedEvent.objects.all()
    assert (kept.event_id, kept.login) == (forged, login_name(really_in_a.schema_name))
    assert "u-somebody-else" in kept.row
    assert stored(audit_superuser, "u-somebody-else") == []
    assert (waiting({forged}), told(began)) == (0, [1])
    night = compare()
    assert (night.unsigned, night.lost) == ([str(forged)], [])


def test_in_the_middle_of_a_batch_all_others_arrive_and_the_chain_goes_on(
    really_in_a: Any, audit_superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BATCH", 7)
    actor, first = make_events(10)
    forged = [forge(actor), forge(actor)]
    with connection.cursor() as cursor:  # their ids are random: one stands before all others, one after
        cursor.execute("SELECT min(id::text) < %s FROM trail_outboxevent", [str(max(forged))])
        assert cursor.fetchone() == (True,)
    with transaction.atomic():
        second = set(record_many(Entry(Event.STATEMENT_RECORD_SAVED) for _ in range(3)))
    move(really_in_a)
    assert sorted(stored(audit_superuser, actor)) == sorted(first)
    assert waiting(first | second | set(forged)) == 0
    assert sorted(refused()) == sorted(forged)
    assert not outbox.exists()


def test_an_event_that_was_moved_and_is_put_there_twice_again_is_refused_twice(
    really_in_a: Any, audit_superuser: Any
) -> None:
    actor, (made,) = make_events(1)
    row = as_it_lies(made)
    move(really_in_a)
    for _ in range(2):
        put(row)
        move(really_in_a)
        move(really_in_a)
    assert stored(audit_superuser, actor) == [made]
    assert refused() == [made, made]


def test_the_signature_of_an_act_that_was_undone_is_worth_nothing(really_in_a: Any, audit_superuser: Any) -> None:
    with transaction.atomic():
        actor, (made,) = make_events(1)
        row = as_it_lies(made)
        transaction.set_rollback(True)
    put(row)
    move(really_in_a)
    assert (stored(audit_superuser, actor), refused()) == ([], [made])


def changed_in_its_own_transaction(_: Any) -> uuid.UUID:
    """SQL injected after a part of the act was undone: the event's own row, but for what it says."""
    with transaction.atomic():
        with transaction.atomic():
            made = record(Event.ROUND_PAYER_CHANGED)
            row = as_it_lies(made)
            transaction.set_rollback(True)
        return put(row | {"content": other_words(row["content"], "u-somebody-else")})


def changed_while_it_waits(superuser: Any) -> uuid.UUID:
    """Somebody above every right and trigger."""
    made = record(Event.ROUND_PAYER_CHANGED)
    content = other_words(as_it_lies(made)["content"], "u-somebody-else")
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(f"UPDATE {scope()}.trail_outboxevent SET content = %s WHERE id = %s", (content, made))
    return made


@pytest.mark.parametrize("change", [changed_in_its_own_transaction, changed_while_it_waits])
def test_an_event_whose_words_were_changed_is_set_aside_and_named_by_the_night(
    workers_beside_unseen: None, really_in_a: Any, postgres: Any, audit_superuser: Any, change: Any
) -> None:
    compare()
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:
        changed = change(superuser)
    move(really_in_a)
    assert (refused(), stored(audit_superuser, "u-somebody-else")) == ([changed], [])
    night = compare()
    assert (night.unsigned, night.lost) == ([str(changed)], [])


def test_what_is_too_long_is_set_aside_without_being_read(really_in_a: Any) -> None:
    row = as_it_lies(record(Event.ROUND_PAYER_CHANGED))
    long = {"content": json.dumps({"x": "a" * 8 * MOST_BYTES})}, {"signature": b"a" * 8 * MOST_BYTES}
    forged = {put(row | {"id": uuid.uuid4()} | one) for one in long}
    tracemalloc.start()
    try:
        move(really_in_a)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (set(refused()), waiting(forged)) == (forged, 0)
    assert most < 4 * MOST_BYTES
    assert max(len(one.row) for one in RefusedEvent.objects.all()) < MOST_BYTES + 500


def test_a_full_outbox_is_read_in_parts(
    really_in_a: Any, audit_superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH_BYTES", 2_000)
    sent, insert = list[int](), store.insert

    def counted(rows: list[str], **place: str) -> None:
        sent.append(len(rows))
        insert(rows, **place)

    monkeypatch.setattr(store, "insert", counted)
    actor, made = make_events(20)
    move(really_in_a)
    assert sorted(stored(audit_superuser, actor)) == sorted(made)
    assert max(sent) <= 6


def test_a_relay_killed_before_its_end_sets_aside_once(really_in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit database is gone after the batch: nothing of it is kept, and the next run does it whole."""
    forged, insert, calls = forge(), store.insert, []

    def gone_at_the_second(*arguments: Any, **options: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise psycopg.OperationalError("gone")
        insert(*arguments, **options)

    monkeypatch.setattr(store, "insert", gone_at_the_second)
    began = timezone.now()
    with pytest.raises(psycopg.OperationalError):
        move(really_in_a)
    assert (refused(), waiting({forged}), told(began)) == ([forged], 1, [])
    move(really_in_a)
    assert (refused(), waiting({forged}), told(began)) == ([forged], 0, [1])


@pytest.mark.slow
def test_a_relay_killed_after_it_told_tells_no_second_time(really_in_a: Any) -> None:
    """Others that are refused meanwhile are told as an event of their own."""
    began, forged = timezone.now(), {forge(), forge()}
    command = [sys.executable, str(KILLED_RELAY), really_in_a.schema_name, really_in_a.code, "told"]
    killed = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert killed.returncode == -9, killed.stderr.decode()
    assert (waiting(forged), told(began)) == (2, [2])
    later = forge()
    move(really_in_a)
    assert (waiting(forged), told(began)) == (0, [1, 2])
    assert set(refused()) == forged | {later}


def test_what_the_owner_writes_where_nothing_signs_arrives(really_in_a: Any, as_login: Any) -> None:
    made = record(Event.STATEMENT_RECORD_SAVED)
    row = as_it_lies(made)
    move(really_in_a)
    row |= {"id": uuid.uuid4(), "signature": b""}
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    owner = as_login(login_name("owner"), main=True)
    owner.execute(
        f"INSERT INTO {really_in_a.schema_name}.trail_outboxevent ({names}) VALUES ({marks})", [*row.values()]
    )
    assert (move(really_in_a), refused()) == (1, [])


def test_a_key_that_was_tampered_with_lets_the_events_of_its_scope_wait(
    really_in_a: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants.core.providers import SealBroken

    made = record(Event.STATEMENT_RECORD_SAVED)

    def broken() -> Any:
        raise SealBroken

    monkeypatch.setattr("audit.trail.refusing.is_waiting_genuine", broken)
    relay.relay_all()
    assert (waiting({made}), really_in_a.schema_name in caplog.text) == (1, True)
    monkeypatch.undo()
    relay.relay_all()
    assert waiting({made}) == 0
    connections.close_all()


def test_the_next_sweep_alerts_and_the_page_lists_what_was_set_aside(really_in_a: Any, settings: Any) -> None:
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    settings.ROOT_URLCONF = "tests.audit.review.test_keeping_pages"
    forged = [forge(), forge()]
    move(really_in_a)
    with rolled_back(), prefecture_context(really_in_a):
        for _ in range(2):
            sweep(timezone.now())
        (alert,) = Alert.objects.filter(rule="trail_forged")
        assert "システムの署名が合わない操作の記録が2件あり、受け取らずに隔離した" in alert.sentence
        page = person("monitor").get("/trail/keeping/").content.decode()
    assert "システムの署名が合わない記録2件を隔離しています" in page
    assert all(str(one) in page for one in forged)


def test_of_the_consoles_own_outbox_the_health_of_the_platform_tells(really_in_a: Any) -> None:
    from tenants.console.health import _refused

    with console_context():
        assert _refused().word == "正常"
        forged = forge()
        relay.relay_schema("public", "")
        assert refused() == [forged]
        finding = _refused()
    assert finding.word == "異常"
    assert f"1件を受け取らずに隔離しました（新しいもの: {forged}）" in finding.seen

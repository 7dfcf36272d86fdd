"""Everything stored is sealed once, in chains that cannot fork, whoever is killed or runs at the same time."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from psycopg import errors, sql

from audit.trail import roles, store, tasks
from audit.trail.entries import Entry, compose
from audit.trail.recorder import Subject, record, record_access
from audit.trail.sealing import sealer
from audit.trail.sealing.export import export_lines, newest_head
from audit.trail.vocabulary import Event
from tenants.core.credentials import login_name
from tests.audit.trail.sealing.conftest import empty

KILLED_SEALER = Path(__file__).with_name("killed_sealer.py")


def count(superuser: Any, table: str, scope: str) -> int:
    return int(superuser.execute(f"SELECT count(*) FROM trail.{table} WHERE scope = %s", [scope]).fetchone()[0])


def test_what_is_stored_waits_and_is_sealed_in_one_chain(chain: Any, in_b: Any, audit_superuser: Any) -> None:
    chain.add(25)
    assert count(audit_superuser, "unsealed", in_b.schema_name) == 25
    assert chain.seal(most=10) == 25
    assert count(audit_superuser, "unsealed", in_b.schema_name) == 0
    assert count(audit_superuser, "batch", in_b.schema_name) == 3
    assert chain.seal() == 0
    report = chain.check(chain.export())
    assert (report.findings, report.events, report.batches) == ([], 25, 3)


def test_an_act_and_an_access_are_sealed_by_the_tasks_of_beat(really_in_a: Any) -> None:
    record(Event.STATEMENT_RECORD_SAVED)
    record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "1")])
    tasks.relay_outboxes()
    assert tasks.seal() >= 2
    head = newest_head()
    assert head is not None
    assert really_in_a.schema_name in head.head
    assert tasks.seal.name == "trail.seal"


def test_what_nobody_can_seal_is_an_error_until_the_prefecture_was_shredded(
    in_b: Any, audit_superuser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Shredding seals the end of the chain and closes the login; before that, a scope that cannot be sealed is told each time."""
    gone = "p_goneforever3"
    row = compose(Entry(Event.READ_HOUSEHOLD_SHOWN))
    store.insert([row.content], scope=gone, prefecture_code="")
    login = sql.Identifier(login_name(gone))
    try:
        sealer.seal_all()
        assert f"sealing {gone} failed" in caplog.text
        caplog.clear()
        audit_superuser.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(login))
        sealer.seal_all()
        assert gone not in caplog.text
    finally:
        audit_superuser.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(login))
        empty(audit_superuser, gone)


@pytest.mark.parametrize("place", ["before", "during", "after"])
def test_a_killed_sealer_leaves_nothing_half_done(place: str, chain: Any, in_b: Any, audit_superuser: Any) -> None:
    made = chain.add(40)
    code = chain.key.private_bytes_raw().hex()
    done = subprocess.run([sys.executable, str(KILLED_SEALER), in_b.schema_name, code, place], check=False)
    assert done.returncode == -9
    waiting = count(audit_superuser, "unsealed", in_b.schema_name)
    assert waiting == (0 if place == "after" else 40)
    chain.seal()
    report = chain.check(chain.export())
    assert (report.findings, report.events) == ([], len(made))


def test_many_sealers_and_writers_make_one_chain(chain: Any, in_b: Any) -> None:
    def write() -> None:
        for _ in range(20):
            chain.add(10)

    def seal() -> None:
        for _ in range(20):
            sealer.seal_scope(in_b.schema_name, chain.key, 30)

    threads = [threading.Thread(target=work) for work in (write, seal, write, seal, seal)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain.seal()
    report = chain.check(chain.export())
    assert (report.findings, report.events) == ([], 400)


def test_the_database_itself_refuses_a_fork(chain: Any, in_b: Any, as_login: Any) -> None:
    chain.add(1)
    chain.seal()
    connection = as_login(roles.audit_login(roles.SEALER))
    copied = (
        "INSERT INTO trail.batch (scope, number, first_seq, events, root, prev, head, signature, public_key, sealed_at)"
        " VALUES (%s, 2, 2, 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), '', "
        "decode(repeat('00', 64), 'hex'), decode(repeat('00', 32), 'hex'), now())"
    )
    with pytest.raises(errors.UniqueViolation):
        connection.execute(copied, [in_b.schema_name])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail.event SET event = 'x'",
        "DELETE FROM trail.event",
        "INSERT INTO trail.unsealed VALUES ('x', now(), gen_random_uuid())",
        "UPDATE trail.batch SET head = ''",
        "DELETE FROM trail.batch",
        "TRUNCATE trail.batch",
        "UPDATE trail.checkpoint SET number = 0",
        "UPDATE trail.checkpoint SET number = number + 2, next_seq = next_seq + 1",
        "DELETE FROM trail.checkpoint",
        "SELECT trail.dispose_month('2001-01-01')",
    ],
)
def test_the_sealer_adds_to_the_end_and_nothing_else(chain: Any, as_login: Any, statement: str) -> None:
    chain.add(1)
    chain.seal()
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.audit_login(roles.SEALER)).execute(statement)


@pytest.mark.parametrize("table", ["batch", "batch_leaves", "checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE trail.{} SET scope = 'x'", "DELETE FROM trail.{}", "TRUNCATE trail.{}"])
def test_not_even_the_superuser_changes_a_seal_by_mistake(
    chain: Any, audit_superuser: Any, table: str, statement: str
) -> None:
    chain.add(1)
    chain.seal()
    with pytest.raises(errors.InsufficientPrivilege):
        audit_superuser.execute(statement.format(table))


def test_a_clock_apart_or_set_back_stops_sealing(chain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.add(2)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(seconds=9))
    with pytest.raises(sealer.ClockUnfit, match="differ"):
        chain.seal()
    end = sealer._End(1, 2, b"", now)
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(seconds=3))
    with pytest.raises(sealer.ClockUnfit, match="set back"):
        sealer._check_clock(end, now - timedelta(seconds=3))


def test_a_reader_sees_heads_of_its_own_scope_only(prefecture_a: Any, chain: Any, in_b: Any, as_login: Any) -> None:
    chain.add(1)
    chain.seal()
    for prefecture, expected in ((prefecture_a, 0), (in_b, 1)):
        connection = as_login(roles.reader_login(prefecture.schema_name))
        for table in ("batch", "batch_leaves", "checkpoint"):
            found = connection.execute(f"SELECT count(*) FROM trail.{table} WHERE scope = %s", [in_b.schema_name])
            assert found.fetchone() == (expected,)


def test_an_export_of_nothing_is_an_export(chain: Any) -> None:
    assert chain.add(0) == []
    (header,) = export_lines()
    assert '"checkpoint":null' in header

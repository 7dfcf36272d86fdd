"""What each login can and cannot do, asked of the database itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from audit.trail import reader, roles
from audit.trail.recorder import Subject, record, record_access
from audit.trail.vocabulary import Event
from tenants.core.context import prefecture_context, scope
from tenants.core.credentials import login_name

AsLogin = Callable[..., psycopg.Connection[Any]]

INSERT = (
    "INSERT INTO trail.event (scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name,"
    " actor_role, terminal, session, subjects, detail, allowed_by, duty, case_ref) VALUES ('console', '',"
    " gen_random_uuid(), now(), 'read:list:shown', 'system', '', '', '', '', '', '[]', '{}', '', '', '')"
)


@pytest.fixture
def events_in_both(prefecture_a: Any, prefecture_b: Any) -> dict[str, str]:
    """One access in each prefecture; {scope: event id}."""
    made = {}
    for prefecture in (prefecture_a, prefecture_b):
        with prefecture_context(prefecture):
            made[scope()] = str(record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "1")]))
    return made


def test_the_writer_inserts(as_login: AsLogin) -> None:
    assert as_login(roles.audit_login("writer")).execute(INSERT).rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM trail.event",
        "SELECT count(*) FROM trail.event",
        "SELECT 1 FROM trail.event_subject",
        "SELECT 1 FROM trail.event_counts(now())",
        INSERT + " RETURNING id",
        INSERT + " ON CONFLICT (occurred_at, id) DO UPDATE SET event = 'x'",
        INSERT.replace("(scope,", "(recorded_at, scope,").replace("('console',", "('2000-01-01', 'console',"),
        "INSERT INTO trail.event_subject VALUES ('console', 'household', '1', now(), gen_random_uuid())",
        "UPDATE trail.event SET event = 'x'",
        "DELETE FROM trail.event",
        "TRUNCATE trail.event",
        "DROP TABLE trail.event",
        "ALTER TABLE trail.event DISABLE TRIGGER ALL",
        "ALTER TABLE trail.event DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE trail.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "COPY trail.event TO STDOUT",
        "SELECT trail.index_subjects()",
    ],
)
def test_the_writer_can_do_nothing_else(as_login: AsLogin, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)):
        as_login(roles.audit_login("writer")).execute(statement)


def test_the_writer_cannot_reach_a_partition_directly(as_login: AsLogin, audit_superuser: Any) -> None:
    partitions = audit_superuser.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'trail' AND c.relkind = 'r'"
    ).fetchall()
    assert len(partitions) >= 2 * 14
    writer = as_login(roles.audit_login("writer"))
    for (name,) in partitions:
        for statement in ("SELECT 1 FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"):
            with pytest.raises(errors.InsufficientPrivilege):
                writer.execute(sql.SQL(statement).format(sql.Identifier("trail", name)))


@pytest.mark.parametrize("table", ["trail.event", "trail.event_subject"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET scope = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_is_refused_a_change(as_login: AsLogin, table: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
        as_login(roles.audit_login("owner")).execute(statement.format(table))


def test_even_the_superuser_does_not_empty_a_single_partition_by_mistake(
    audit_superuser: Any, events_in_both: dict[str, str]
) -> None:
    (name,) = audit_superuser.execute("SELECT tableoid::regclass::text FROM trail.event LIMIT 1").fetchone()
    for statement in (f"TRUNCATE {name}", f"DELETE FROM {name}", f"UPDATE {name} SET event = 'x'"):
        with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
            audit_superuser.execute(statement)


def test_a_reader_sees_its_own_scope_and_nothing_of_another(
    as_login: AsLogin, prefecture_a: Any, prefecture_b: Any, events_in_both: dict[str, str]
) -> None:
    mine, theirs = prefecture_a.schema_name, prefecture_b.schema_name
    connection = as_login(roles.reader_login(mine))
    scopes = {row[0] for row in connection.execute("SELECT DISTINCT scope FROM trail.event").fetchall()}
    assert scopes == {mine}
    found = connection.execute("SELECT count(*) FROM trail.event WHERE id = %s", [events_in_both[theirs]]).fetchone()
    assert found == (0,)
    subjects = connection.execute("SELECT DISTINCT scope FROM trail.event_subject").fetchall()
    assert subjects == [(mine,)]


def test_a_reader_cannot_become_somebody_else(
    as_login: AsLogin, prefecture_a: Any, prefecture_b: Any, events_in_both: dict[str, str]
) -> None:
    connection = as_login(roles.reader_login(prefecture_a.schema_name))
    other = roles.reader_login(prefecture_b.schema_name)
    for statement in (
        "SELECT set_config('role', %s, false)",
        "SELECT set_config('session_authorization', %s, false)",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement, [other])
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(roles.audit_login("owner"))))
    connection.execute("SELECT set_config('row_security', 'off', false)")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT count(*) FROM trail.event")


@pytest.mark.parametrize(
    "statement",
    [
        INSERT,
        "UPDATE trail.event SET event = 'x'",
        "DELETE FROM trail.event",
        "SELECT 1 FROM trail.event_counts(now())",
    ],
)
def test_a_reader_only_reads(as_login: AsLogin, prefecture_a: Any, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.reader_login(prefecture_a.schema_name)).execute(statement)


def test_the_monitor_sees_counts_of_all_scopes_and_no_event(
    as_login: AsLogin, prefecture_a: Any, prefecture_b: Any, events_in_both: dict[str, str]
) -> None:
    monitor = as_login(roles.audit_login("monitor"))
    counts = monitor.execute("SELECT * FROM trail.event_counts(now() - interval '1 day')")
    assert counts.description is not None
    assert [column.name for column in counts.description] == ["scope", "event", "day", "events"]
    assert {prefecture_a.schema_name, prefecture_b.schema_name} <= {row[0] for row in counts.fetchall()}
    monitor.execute("SELECT scope, number, sealed_at, waiting FROM trail.seal_states()")
    for table in ("trail.event", "trail.event_subject", "trail.checkpoint", "trail.batch", "trail.unsealed"):
        with pytest.raises(errors.InsufficientPrivilege):
            monitor.execute(f"SELECT 1 FROM {table}")
    with pytest.raises(errors.InsufficientPrivilege):
        monitor.execute(INSERT)


@pytest.mark.parametrize("kind", ["gateway", "console", "relay", "owner"])
def test_logins_of_the_main_database_cannot_enter_the_audit_database(as_login: AsLogin, kind: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(login_name(kind))


def test_the_login_of_a_prefecture_cannot_enter_either(as_login: AsLogin, prefecture_a: Any) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(login_name(prefecture_a.schema_name))


@pytest.mark.parametrize("kind", ["writer", "monitor"])
def test_logins_of_the_audit_database_cannot_enter_the_main_one(as_login: AsLogin, kind: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(roles.audit_login(kind), main=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {}.trail_outboxevent SET content = '{{}}'",
        "DELETE FROM {}.trail_outboxevent",
        "TRUNCATE {}.trail_outboxevent",
    ],
)
def test_the_outbox_is_insert_only_for_its_own_scope(as_login: AsLogin, prefecture_a: Any, statement: str) -> None:
    schema = prefecture_a.schema_name
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(login_name(schema), main=True).execute(statement.format(schema))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {}.trail_outboxevent SET content = '{{}}'",
        "TRUNCATE {}.trail_outboxevent",
        "INSERT INTO {}.trail_outboxevent SELECT * FROM {}.trail_outboxevent",
        "SELECT * FROM {}.jobs_job",
        "SELECT * FROM public.core_prefecture",
    ],
)
def test_the_relay_takes_away_and_nothing_else(as_login: AsLogin, prefecture_a: Any, statement: str) -> None:
    schema = prefecture_a.schema_name
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(login_name("relay"), main=True).execute(statement.replace("{}", schema))


def test_the_owner_is_refused_an_update_of_the_outbox(as_login: AsLogin, prefecture_a: Any) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="insert-only"):
        as_login(login_name("owner"), main=True).execute(
            sql.SQL("UPDATE {} SET content = 'x'").format(sql.Identifier(prefecture_a.schema_name, "trail_outboxevent"))
        )


@pytest.mark.parametrize("column", ["transaction", "login"])
def test_nobody_says_for_postgresql_where_an_event_of_the_outbox_comes_from(
    as_login: AsLogin, prefecture_a: Any, column: str
) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES (DEFAULT)").format(
        sql.Identifier(prefecture_a.schema_name, "trail_outboxevent"), sql.Identifier(column)
    )
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(login_name(prefecture_a.schema_name), main=True).execute(statement)


@pytest.mark.parametrize("login", ["own", "relay", "owner"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_takes_anything_out_of_the_quarantine(
    as_login: AsLogin, prefecture_a: Any, login: str, statement: str
) -> None:
    kind = prefecture_a.schema_name if login == "own" else login
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(login_name(kind), main=True).execute(
            statement.format(f"{prefecture_a.schema_name}.trail_refusedevent")
        )


def test_only_the_relay_fills_the_quarantine(as_login: AsLogin, prefecture_a: Any) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(login_name(prefecture_a.schema_name), main=True).execute(
            f"INSERT INTO {prefecture_a.schema_name}.trail_refusedevent (login) VALUES ('x')"
        )


@pytest.mark.parametrize("table", ["trail_handedhead", "trail_witnesscomparison"])
@pytest.mark.parametrize("login", ["own", "owner"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_handed_out_and_compared_is_only_added_to(
    as_login: AsLogin, prefecture_a: Any, table: str, login: str, statement: str
) -> None:
    """By the missing right, and for whoever has every right by the trigger."""
    schema = prefecture_a.schema_name
    words = "permission denied" if login == "own" else "insert-only"
    with pytest.raises(errors.InsufficientPrivilege, match=words):
        as_login(login_name(schema if login == "own" else login), main=True).execute(
            sql.SQL(statement).format(sql.Identifier(schema, table))
        )


def test_a_prefecture_writes_its_outbox_and_reads_its_trail(in_a: Any) -> None:
    record(Event.STATEMENT_RECORD_SAVED, subjects=[Subject("statement", "1")])
    made = record_access(Event.READ_STATEMENT_SHOWN, subjects=[Subject("statement", "rights-1")])
    found = reader.search(reader.Filters(subject=Subject("statement", "rights-1")))
    assert [event.id for event in found] == [made]

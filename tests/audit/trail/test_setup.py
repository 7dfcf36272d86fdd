"""Laying out can be repeated, and a new prefecture gets its reader; the tasks are where beat looks for them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from audit.trail import reader, relay, roles, setup, tasks
from audit.trail.grants import outbox_grants
from audit.trail.recorder import Subject, record, record_access
from audit.trail.vocabulary import Event
from tenants.core.credentials import login_name

AsLogin = Callable[..., psycopg.Connection[Any]]


@pytest.fixture
def as_deployed(audit_superuser: Any) -> None:
    """In a deployment the audit database belongs to its owner; the suite's copy of it belongs to the superuser."""
    name = sql.Identifier(audit_superuser.info.dbname)
    audit_superuser.execute(
        sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(roles.audit_login("owner")))
    )


def test_laying_out_again_changes_nothing(in_a: Any, as_deployed: None, as_login: AsLogin) -> None:
    subject = Subject("household", uuid.uuid4().hex)
    made = record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject])
    setup.install_audit_database()
    setup.open_scope(in_a.schema_name)
    assert [event.id for event in reader.search(reader.Filters(subject=subject))] == [made]
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.audit_login("writer")).execute("SELECT 1 FROM trail.event")
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.audit_login("owner")).execute("DELETE FROM trail.event")


def test_grants_of_the_outbox_can_be_given_again(prefecture_a: Any, as_login: AsLogin) -> None:
    schema = prefecture_a.schema_name
    owner = as_login(login_name("owner"), main=True)
    for statement in outbox_grants(schema, login_name(schema), login_name("relay")):
        owner.execute(statement.as_string(owner).encode())
    tenant = as_login(login_name(schema), main=True)
    with pytest.raises(errors.InsufficientPrivilege):
        tenant.execute(f"DELETE FROM {schema}.trail_outboxevent")


def test_a_new_scope_gets_a_reader_that_sees_nothing_yet(as_deployed: None, as_login: AsLogin) -> None:
    setup.open_scope("p_newnewnewnew")
    connection = as_login(roles.reader_login("p_newnewnewnew"))
    assert connection.execute("SELECT count(*) FROM trail.event").fetchone() == (0,)


def test_a_login_name_that_postgresql_would_cut_is_refused(database: None) -> None:
    with pytest.raises(ValueError, match="63"):
        roles.reader_login("p_" + "x" * 60)


def test_the_tasks_of_beat_move_and_extend(really_in_a: Any, audit_superuser: Any) -> None:
    made = record(Event.STATEMENT_RECORD_SAVED)
    assert tasks.relay_outboxes() >= 1
    assert audit_superuser.execute("SELECT count(*) FROM trail.event WHERE id = %s", [made]).fetchone() == (1,)
    assert tasks.extend() == 0
    assert (tasks.relay_outboxes.name, tasks.extend.name) == ("trail.relay", "trail.extend")


def test_a_main_database_that_is_away_is_an_error_of_the_task(rollback: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[str]:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(relay, "outboxes", away)
    with pytest.raises(psycopg.OperationalError):
        tasks.relay_outboxes()

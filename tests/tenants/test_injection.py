"""SQL injected into a page of A, with A's real login: every way out that PostgreSQL knows, against secrets that are really there.

Each read is first done by the superuser, who finds the secret with it: an attack that is merely misspelt proves nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ops.embedded.postgres import PostgresServer
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import cluster
from tests.tenants.test_isolation_sql import connect

CANARY = "乙県秘匿校"


@dataclass
class Target:
    client: Any
    a: str
    b: str
    superuser: psycopg.Connection[Any]
    secrets: tuple[str, ...]

    def filled(self, attack: str) -> str:
        from tenants.core.credentials import CONSOLE, GATEWAY, OWNER, RELAY, login_name

        names = {"a": self.a, "b": self.b, "login_b": login_name(self.b), "owner": login_name(OWNER)}
        names |= {"console": login_name(CONSOLE), "gateway": login_name(GATEWAY), "relay": login_name(RELAY)}
        names |= {"superuser": str(self.superuser.info.backend_pid)}
        return attack.format(**names, database=os.environ["TESTS_DATABASE"])

    def inject(self, attack: str) -> Any:
        return self.client.get("/vulnerable/", {"q": self.filled(attack)})

    def shown(self, answer: Any) -> list[str]:
        text = answer.content.decode(errors="replace")
        return [secret for secret in self.secrets if secret in text]


@pytest.fixture
def target(prefecture_a: Any, prefecture_b: Any, postgres: PostgresServer, settings: Any) -> Iterator[Target]:
    """Signed in at A. B's secret is committed, as it would be in real life: not hidden by a transaction of this test."""
    from accounts.roles import Role
    from tenants.core.context import prefecture_context

    settings.ROOT_URLCONF = "tests.tenants.vulnerable"
    a, b = prefecture_a.schema_name, prefecture_b.schema_name
    client = client_of("kou.localhost", raise_request_exception=False)
    with prefecture_context(prefecture_a):
        sign_in(client, make_person("board", Role.BOARD_OFFICER))
    table = sql.Identifier(b, "households_school")
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:
        insert = sql.SQL("INSERT INTO {} (code, name, departments) VALUES ('S99', {}, '[]')")
        superuser.execute(insert.format(table, sql.Literal(CANARY)))
        row = superuser.execute(
            sql.SQL("SELECT encode(wrapped, 'hex') FROM {} LIMIT 1").format(sql.Identifier(b, "keyring_wrappedkey"))
        ).fetchone()
        assert row is not None
        try:
            yield Target(client, a, b, superuser, (CANARY, str(row[0]), prefecture_b.name))
        finally:
            superuser.execute(sql.SQL("DELETE FROM {} WHERE code = 'S99'").format(table))


def events_of_a(prefecture: Any) -> list[Any]:
    from tenants.core.context import prefecture_context
    from tests.support.outbox import outbox

    with prefecture_context(prefecture):
        return [event.detail for event in outbox.filter(event="access:prefecture:refused")]


def test_the_page_is_as_open_as_it_looks(target: Target, prefecture_a: Any) -> None:
    """Injection works: what belongs to A itself comes out, by UNION and by a second statement."""
    shown = target.inject("' UNION SELECT session_user::text, current_schema()::text --").content.decode()
    assert target.a in shown
    assert "31337" in target.inject("'; SELECT 31336 + 1 --").content.decode()


READS = {
    "rows of another prefecture": "' UNION SELECT code, name FROM {b}.households_school --",
    "keys of another prefecture": "' UNION SELECT purpose, encode(wrapped, 'hex') FROM {b}.keyring_wrappedkey --",
    "registry of the console": "' UNION SELECT code, name FROM public.core_prefecture --",
    "second statement": "'; SELECT code, name FROM {b}.households_school --",
    "search path, then read": "'; SELECT set_config('search_path', '{b}', false); SELECT name FROM households_school --",
    "search path by SET": "'; SET search_path = public; SELECT name FROM core_prefecture --",
    "role by set_config": "'; SELECT set_config('role', '{login_b}', false); SELECT name FROM {b}.households_school --",
    "role by SET": "'; SET ROLE {login_b}; SELECT name FROM {b}.households_school --",
    "role of the owner": "'; SET LOCAL ROLE {owner}; SELECT name FROM {b}.households_school --",
    "session authorization": "'; SET SESSION AUTHORIZATION {login_b}; SELECT name FROM {b}.households_school --",
    "reset": "'; RESET ROLE; RESET SESSION AUTHORIZATION; SELECT name FROM {b}.households_school --",
    "prepared": "'; PREPARE x AS SELECT name FROM {b}.households_school; EXECUTE x --",
    "cursor": "'; DECLARE x CURSOR FOR SELECT name FROM {b}.households_school; FETCH ALL FROM x --",
    "whole row as text": "'; SELECT s::text FROM {b}.households_school s --",
    "as XML": "'; SELECT table_to_xml('{b}.households_school', true, false, '')::text --",
    "query as XML": "'; SELECT query_to_xml('SELECT name FROM {b}.households_school', true, false, '')::text --",
    "schema as XML": "'; SELECT schema_to_xml('{b}', true, false, '')::text --",
    "by an error's text": "'; SELECT name::integer FROM {b}.households_school --",
    "in a function": "'; DO $$ BEGIN RAISE EXCEPTION '%', (SELECT name FROM {b}.households_school LIMIT 1); END $$ --",
    "statistics of columns": "'; ANALYZE {b}.households_school; SELECT most_common_vals::text FROM pg_stats --",
    "copy out": "'; COPY {b}.households_school TO STDOUT --",
}
"""Each carries out a secret when the superuser does it (but for those that only fail in other ways)."""


@pytest.mark.parametrize("attack", READS.values(), ids=READS.keys())
def test_no_way_to_read_what_is_not_a_s(target: Target, attack: str) -> None:
    answer = target.inject(attack)
    assert target.shown(answer) == []
    assert answer.status_code == 500 or answer.content == b"[]"


@pytest.mark.parametrize(
    "kind", ["rows of another prefecture", "keys of another prefecture", "registry of the console", "cursor"]
)
def test_the_attacks_are_well_formed(target: Target, kind: str) -> None:
    with target.superuser.transaction():
        target.superuser.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(target.a)))
        statement = "SELECT code, name FROM households_school WHERE code = '" + target.filled(READS[kind])
        cursor = target.superuser.execute(statement.encode())
        found: list[Any] = []
        for result in cursor.results():
            found += result.fetchall() if result.description else []
    assert any(secret in repr(found) for secret in target.secrets)


OUTSIDE = {
    "program": "'; COPY (SELECT 1) TO PROGRAM 'id' --",
    "from program": "'; COPY households_school (code) FROM PROGRAM 'id' --",
    "to file": "'; COPY (SELECT 1) TO '/tmp/stolen' --",
    "from file": "'; COPY households_school (code) FROM '/etc/passwd' --",
    "read file": "'; SELECT pg_read_file('/etc/passwd') --",
    "read bytes": "'; SELECT pg_read_binary_file('postgresql.conf') --",
    "list folder": "'; SELECT pg_ls_dir('.') --",
    "list logs": "'; SELECT * FROM pg_ls_logdir() --",
    "file size": "'; SELECT pg_stat_file('postgresql.conf') --",
    "large object made": "'; SELECT lo_create(0) --",
    "large object from file": "'; SELECT lo_import('/etc/passwd') --",
    "large object to file": "'; SELECT lo_export(1, '/tmp/stolen') --",
    "large object read": "'; SELECT lo_get(1) --",
    "large object written": "'; SELECT lo_put(1, 0, 'x') --",
    "large objects listed": "'; SELECT * FROM pg_largeobject --",
    "dblink": "'; CREATE EXTENSION dblink --",
    "foreign data": "'; CREATE EXTENSION postgres_fdw --",
    "server": "'; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw --",
    "untrusted language": "'; CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'system' --",
    "function": "'; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1' --",
    "temporary table": "'; CREATE TEMP TABLE t (x int) --",
    "publication": "'; CREATE PUBLICATION p FOR ALL TABLES --",
    "subscription": "'; CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p --",
    "replication slot": "'; SELECT pg_create_logical_replication_slot('s', 'pgoutput') --",
    "system setting": "'; ALTER SYSTEM SET log_statement = 'all' --",
    "own role": "'; ALTER ROLE {owner} PASSWORD 'x' --",
    "role joined": "'; GRANT {owner} TO CURRENT_USER --",
    "passwords": "'; SELECT rolpassword FROM pg_authid --",
    "shadow": "'; SELECT passwd FROM pg_shadow --",
    "access rules": "'; SELECT * FROM pg_hba_file_rules --",
    "configuration file": "'; SELECT * FROM pg_file_settings --",
    "what others do": "'; SELECT query FROM pg_stat_activity --",
    "what others lock": "'; SELECT * FROM pg_locks --",
    "how busy others are": "'; SELECT relname, n_tup_ins FROM pg_stat_all_tables --",
    "how large others are": "'; SELECT pg_total_relation_size('{b}.households_household') --",
    "how many rows others have": "'; SELECT reltuples FROM pg_class --",
    "lock that all share": "'; SELECT pg_advisory_lock(hashtext('jobs:{b}:work')) --",
    "lock if it is free": "'; SELECT pg_try_advisory_lock(7301204) --",
    "lock of a transaction": "'; SELECT pg_advisory_xact_lock(1, 2) --",
    "lock shared": "'; SELECT pg_advisory_lock_shared(1) --",
    "end others": "'; SELECT pg_terminate_backend({superuser}) --",
    "reload": "'; SELECT pg_reload_conf() --",
    "rotate the log": "'; SELECT pg_rotate_logfile() --",
}


@pytest.mark.parametrize("attack", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_no_way_out_of_the_schema(target: Target, prefecture_a: Any, attack: str) -> None:
    answer = target.inject(attack)
    assert answer.status_code == 500
    assert target.shown(answer) == []


def test_leaving_the_transaction_changes_nobodys_rights(target: Target) -> None:
    """On a connection of its own: here the statement would end the transaction that undoes this test."""
    from tenants.core.credentials import login_name

    attack = target.filled("COMMIT; RESET ALL; RESET SESSION AUTHORIZATION; SELECT name FROM {b}.households_school")
    with connect(login_name(target.a)) as connection:
        connection.execute("BEGIN")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(attack.encode())


def test_no_login_holds_up_the_workers_of_another_prefecture(target: Target, prefecture_b: Any) -> None:
    """What workers of B take turns at is a row of B's own schema: A cannot reach it, nor any lock that the database shares."""
    from django.db import transaction

    from jobs.turns import take_turn
    from tenants.core.context import prefecture_context
    from tenants.core.credentials import login_name

    attempts = (
        "SELECT pg_advisory_lock(hashtext('jobs:{b}:work'))",
        "SELECT pg_advisory_lock(hashtext('linkage-batch:{b}'))",
        "SELECT * FROM {b}.jobs_turn FOR UPDATE",
        "LOCK TABLE {b}.jobs_turn",
    )
    with connect(login_name(target.a)) as a:
        for attempt in attempts:
            a.execute("BEGIN")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                a.execute(target.filled(attempt).encode())
            a.execute("ROLLBACK")
        with prefecture_context(prefecture_b), transaction.atomic():
            take_turn("jobs:work")


def test_a_refusal_by_the_login_leaves_an_event(target: Target, prefecture_a: Any) -> None:
    target.inject(READS["rows of another prefecture"])
    assert {"what": "database"} in events_of_a(prefecture_a)


def test_the_trail_and_other_databases_take_no_connection_of_a(target: Target, settings: Any) -> None:
    """The product's other databases and PostgreSQL's own, with A's own name and password: none lets it in.

    Named, not listed: a worker beside this one has main databases with the same rights, and other sides that come and go.
    """
    from tenants.core.credentials import derive, login_name

    default, login = settings.DATABASES["default"], login_name(target.a)
    others = (str(settings.AUDIT_DATABASE["name"]), f"{cluster.TEMPLATE}_audit", "postgres", "template1")
    rows = target.superuser.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
    assert set(others) <= {str(name) for (name,) in rows}
    for database in others:
        with pytest.raises(psycopg.OperationalError, match=r"permission denied|no pg_hba"):
            psycopg.connect(
                host=default["HOST"], port=default["PORT"], dbname=database, user=login, password=derive(login)
            ).close()


CATALOGUE = {
    "schemas": "'; SELECT nspname, '' FROM pg_namespace --",
    "roles": "'; SELECT rolname, rolconfig::text FROM pg_roles --",
    "databases": "'; SELECT datname, '' FROM pg_database --",
    "comments": "'; SELECT description, '' FROM pg_description WHERE objoid >= 16384 --",
    "functions": "'; SELECT proname, prosrc FROM pg_proc WHERE oid >= 16384 --",
    "grants": "'; SELECT relname, relacl::text FROM pg_class WHERE oid >= 16384 --",
    "triggers": "'; SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger --",
    "checks": "'; SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint --",
    "settings": "'; SELECT name, setting FROM pg_settings --",
    "prepared": "'; SELECT name, statement FROM pg_prepared_statements --",
}


@pytest.mark.parametrize("attack", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_the_catalogue_tells_of_others_by_opaque_codes_only(target: Target, prefecture_b: Any, attack: str) -> None:
    answer = target.inject(attack)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert target.shown(answer) == []
    for word in (prefecture_b.name, prefecture_b.slug, prefecture_b.code, "県"):
        assert not re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", shown), word


def test_notes_to_others_reach_nobody_of_ours(target: Target) -> None:
    """NOTIFY cannot be forbidden by PostgreSQL; so nothing of the product may listen, and a shout changes nothing."""
    target.inject("'; NOTIFY jobs, 'wake' --")
    root = Path(__file__).parents[2]
    for room in ("platform", "tenants", "domain", "audit", "ops"):
        for path in (root / room).rglob("*.py"):
            assert not re.search(r"""["']\s*LISTEN\s""", path.read_text(encoding="utf-8")), path

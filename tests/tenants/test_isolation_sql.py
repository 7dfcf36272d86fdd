"""What a prefecture's own login can reach when somebody may run any SQL with it: nothing of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tenants.core.credentials import CONSOLE, GATEWAY, derive, login_name
from tenants.core.grants import ADD_ONLY_TABLES


def connect(login: str, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
    default = settings.DATABASES["default"]
    return psycopg.connect(
        host=default["HOST"],
        port=default["PORT"],
        dbname=database or default["NAME"],
        user=login,
        password=derive(login),
        autocommit=True,
    )


@pytest.fixture
def as_a(prefecture_a: Any) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with connect(login_name(prefecture_a.schema_name)) as connection:
        yield connection


def refused(connection: psycopg.Connection[Any], statement: str | sql.Composable, *values: object) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement, values or None)  # type: ignore[arg-type]


def tables_of(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = %s AND relkind IN ('r', 'p', 'v', 'S')",
        [schema],
    ).fetchall()
    return [str(name) for (name,) in rows]


def test_reads_its_own_tables(as_a: psycopg.Connection[Any], prefecture_a: Any) -> None:
    tables = tables_of(as_a, prefecture_a.schema_name)
    assert "households_household" in tables
    statement = sql.SQL("SELECT count(*) FROM {}").format(
        sql.Identifier(prefecture_a.schema_name, "households_household")
    )
    assert as_a.execute(statement).fetchone() == (0,)


@pytest.mark.parametrize("other", ["b", "public"])
def test_every_table_of_others_is_refused(as_a: psycopg.Connection[Any], prefecture_b: Any, other: str) -> None:
    schema = prefecture_b.schema_name if other == "b" else "public"
    tables = tables_of(as_a, schema)
    assert len(tables) > 5
    for table in tables:
        refused(as_a, sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table)))
        refused(as_a, sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, table)))


def test_no_way_round_by_role_or_search_path(as_a: psycopg.Connection[Any], prefecture_b: Any) -> None:
    other = login_name(prefecture_b.schema_name)
    for role in (other, login_name(GATEWAY), login_name(CONSOLE), f"{settings.ROLE_PREFIX}_owner"):
        refused(as_a, sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        refused(as_a, "SELECT set_config('role', %s, false)", role)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_a.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(role)))
    as_a.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(prefecture_b.schema_name)))
    with pytest.raises((psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)):
        as_a.execute("SELECT * FROM households_household")
    as_a.execute("SELECT set_config('search_path', 'public', false)")
    with pytest.raises((psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)):
        as_a.execute("SELECT * FROM core_prefecture")


def test_other_databases_are_closed(prefecture_a: Any, prefecture_b: Any) -> None:
    login = login_name(prefecture_a.schema_name)
    for database in (str(settings.AUDIT_DATABASE["name"]), "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match=r"permission denied|no pg_hba"):
            connect(login, database)


def test_cannot_make_or_keep_anything_outside(as_a: psycopg.Connection[Any], prefecture_a: Any) -> None:
    own = prefecture_a.schema_name
    refused(as_a, "CREATE SCHEMA intruder")
    refused(as_a, "CREATE TEMP TABLE hidden (x int)")
    refused(as_a, sql.SQL("CREATE TABLE {} (x int)").format(sql.Identifier(own, "extra")))
    refused(as_a, sql.SQL("ALTER TABLE {} ADD COLUMN x int").format(sql.Identifier(own, "households_household")))
    refused(as_a, sql.SQL("DROP TABLE {}").format(sql.Identifier(own, "households_household")))
    refused(as_a, sql.SQL("TRUNCATE {}").format(sql.Identifier(own, "households_household")))
    refused(as_a, "COPY (SELECT 1) TO PROGRAM 'true'")
    refused(as_a, "SELECT pg_read_file('/etc/passwd')")
    refused(as_a, "CREATE ROLE helper")
    refused(as_a, "SELECT lo_create(0)")
    refused(as_a, "SELECT lo_from_bytea(0, 'x')")


@pytest.mark.parametrize("table", ADD_ONLY_TABLES)
def test_history_and_keys_can_be_added_to_and_nothing_else(
    as_a: psycopg.Connection[Any], prefecture_a: Any, table: str
) -> None:
    name = sql.Identifier(prefecture_a.schema_name, table)
    refused(as_a, sql.SQL("DELETE FROM {}").format(name))
    refused(as_a, sql.SQL("UPDATE {} SET id = id").format(name))


def test_catalogue_shows_only_opaque_names(as_a: psycopg.Connection[Any]) -> None:
    schemas = [str(name) for (name,) in as_a.execute("SELECT nspname FROM pg_namespace").fetchall()]
    strange = [
        name
        for name in schemas
        if not name.startswith(("pg_", "p_")) and name not in ("information_schema", "public", "ref")
    ]
    assert strange == []
    roles = [str(name) for (name,) in as_a.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin").fetchall()]
    assert all("kou" not in name and "29000" not in name for name in roles)


def test_the_gateway_reads_the_registry_and_nothing_else(rollback: None, prefecture_a: Any) -> None:
    with connect(login_name(GATEWAY)) as gateway:
        assert gateway.execute("SELECT count(*) FROM public.core_prefecture").fetchone() == (2,)
        refused(gateway, "UPDATE public.core_prefecture SET name = 'x'")
        for table in tables_of(gateway, "public"):
            if table not in ("core_prefecture", "core_host"):
                refused(gateway, sql.SQL("SELECT * FROM {}").format(sql.Identifier("public", table)))
        for table in tables_of(gateway, prefecture_a.schema_name):
            refused(gateway, sql.SQL("SELECT * FROM {}").format(sql.Identifier(prefecture_a.schema_name, table)))


def test_the_console_cannot_look_into_a_prefecture(rollback: None, prefecture_a: Any) -> None:
    with connect(login_name(CONSOLE)) as console:
        tables = tables_of(console, prefecture_a.schema_name)
        assert tables
        for table in tables:
            refused(console, sql.SQL("SELECT * FROM {}").format(sql.Identifier(prefecture_a.schema_name, table)))

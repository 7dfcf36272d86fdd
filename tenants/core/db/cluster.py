"""Laying out the cluster once: owners, the two databases, and what PUBLIC may not do. Needs a superuser (the DBA, or our embedded one)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import LiteralString

from psycopg import Connection, sql

from tenants.core.credentials import derive

# Roles belong to the whole cluster: two layouts at once would fight over them.
ROLE_LOCK = 7_301_204
ROLE_LOCK_SECONDS = 30


class RolesBusy(RuntimeError):
    """`tenants.roles-busy`: another session of the owner or the superuser holds the lock on roles; nobody waits for ever."""

    identifier = "tenants.roles-busy"

    def __init__(self) -> None:
        super().__init__(
            f"ほかの接続がロールの変更を{ROLE_LOCK_SECONDS}秒以上占有しているため、ログインを作れませんでした。"
            "pg_locks で占有している接続（advisory）を確かめ、終わらせてから、もう一度実行してください。"
        )


def wait_for_roles(take: Callable[[], object]) -> None:
    """Ask `take` (pg_try_advisory…lock of ROLE_LOCK) until it says yes. Raises RolesBusy."""
    until = time.monotonic() + ROLE_LOCK_SECONDS
    while not take():
        if time.monotonic() >= until:
            raise RolesBusy
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Layout:
    main_database: str
    audit_database: str
    role_prefix: str
    audit_prefix: str

    @property
    def owner(self) -> str:
        return f"{self.role_prefix}_owner"

    @property
    def audit_owner(self) -> str:
        return f"{self.audit_prefix}_owner"


def lay_out(superuser: Connection[tuple[object, ...]], layout: Layout) -> None:
    """Make owners and databases, and close what PostgreSQL opens to everyone. Can be run again."""
    wait_for_roles(lambda: _answer(superuser, "SELECT pg_try_advisory_lock(%s)"))
    try:
        for owner in (layout.owner, layout.audit_owner):
            ensure_login(superuser, owner, "CREATEROLE")
        for database, owner in (
            (layout.main_database, layout.owner),
            (layout.audit_database, layout.audit_owner),
        ):
            _ensure_database(superuser, database, owner)
        for database in ("postgres", "template1"):
            close_database(superuser, database)
    finally:
        superuser.execute("SELECT pg_advisory_unlock(%s)", [ROLE_LOCK])


def _answer(connection: Connection[tuple[object, ...]], question: LiteralString) -> bool:
    row = connection.execute(question, [ROLE_LOCK]).fetchone()
    return row is not None and bool(row[0])


def close_schema_public(superuser: Connection[tuple[object, ...]], owner: str) -> None:
    """Inside a database: schema public belongs to the owner and nobody else may even look into it."""
    superuser.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(owner)))
    superuser.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    superuser.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS ref AUTHORIZATION {}").format(sql.Identifier(owner)))
    _close_large_objects(superuser)
    _close_statistics(superuser)
    _close_advisory_locks(superuser, owner)


def _close_large_objects(superuser: Connection[tuple[object, ...]]) -> None:
    """Large objects belong to no schema: nobody may make or open one."""
    functions = superuser.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'pg_catalog'::regnamespace AND (proname LIKE 'lo\\_%' OR proname IN ('loread', 'lowrite'))"
    ).fetchall()
    for (signature,) in functions:
        superuser.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(str(signature))))


def _close_statistics(superuser: Connection[tuple[object, ...]]) -> None:
    """How busy and how large others are is nobody's business: activity, locks, sizes and row counts are the superuser's."""
    views = superuser.execute(
        "SELECT format('%I.%I', 'pg_catalog', relname) FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace"
        " AND relkind = 'v' AND (relname ~ '^pg_stat(io)?_' OR relname = 'pg_locks')"
    ).fetchall()
    for (name,) in views:
        superuser.execute(sql.SQL("REVOKE ALL ON {} FROM PUBLIC").format(sql.SQL(str(name))))
    functions = superuser.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~"
        " '^(pg_stat_get_|pg_(total_)?relation_size$|pg_(table|indexes|database|tablespace)_size$|pg_lock_status$)'"
    ).fetchall()
    for (signature,) in functions:
        superuser.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(str(signature))))
    _close_row_counts(superuser)


def _close_advisory_locks(superuser: Connection[tuple[object, ...]], owner: str) -> None:
    """One name of a lock is one for the whole database: a login that holds it for ever stops the others. The owner's alone."""
    functions = superuser.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_'"
    ).fetchall()
    for (signature,) in functions:
        function = sql.SQL(str(signature))
        superuser.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(function))
        superuser.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(function, sql.Identifier(owner)))


def _close_row_counts(superuser: Connection[tuple[object, ...]]) -> None:
    """`pg_class` tells each table's rows and pages to everybody; its other columns, tools need."""
    columns = superuser.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_class'::regclass AND attnum > 0"
        " AND attname NOT IN ('reltuples', 'relpages', 'relallvisible', 'relallfrozen')"
    ).fetchall()
    superuser.execute("REVOKE SELECT ON pg_class FROM PUBLIC")
    named = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in columns)
    superuser.execute(sql.SQL("GRANT SELECT ({}) ON pg_class TO PUBLIC").format(named))


def close_database(superuser: Connection[tuple[object, ...]], database: str) -> None:
    superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))


def ensure_login(connection: Connection[tuple[object, ...]], name: str, *options: str) -> None:
    """Create a login or give it today's password; never superuser, never able to create databases."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOBYPASSRLS {' '.join(options)} PASSWORD {{}}")
    if verb == "ALTER" and not options:
        statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Literal(derive(name))))


def _ensure_database(superuser: Connection[tuple[object, ...]], database: str, owner: str) -> None:
    exists = superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if not exists:
        superuser.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
        )
    close_database(superuser, database)

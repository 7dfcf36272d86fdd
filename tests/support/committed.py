"""A prefecture whose changes are committed, for what two connections do at once; emptied by the superuser afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from psycopg import sql


@contextmanager
def committed(server: Any) -> Iterator[Any]:
    """Inside サンプル甲県. At the end every table holds the rows that it held before, as they were, whatever triggers say; new keys
    are gone from the memory of this process too, where they would open nothing of the next test."""
    from django.conf import settings

    from tenants.core.context import prefecture_context
    from tenants.core.keys import forget_kept_keys
    from tenants.core.models import Prefecture

    prefecture = Prefecture.objects.get(slug="kou")
    with server.connect(settings.DATABASES["default"]["NAME"]) as session:
        before = [(table, _copy(session, table)) for table in _tables(session, prefecture.schema_name)]
        try:
            with prefecture_context(prefecture):
                yield prefecture
        finally:
            session.execute("SET session_replication_role = replica")
            for table, copy in before:
                session.execute(sql.SQL("DELETE FROM {}").format(table))
                if copy is not None:
                    session.execute(sql.SQL("INSERT INTO {} TABLE {}").format(table, copy))
            forget_kept_keys()


def meanwhile(pool: ThreadPoolExecutor, prefecture: Any, work: Callable[[], Any]) -> Future[Any]:
    """Begin `work` in a thread, inside the prefecture on a connection of its own."""

    def inside() -> Any:
        from django.db import connections

        from tenants.core.context import prefecture_context

        try:
            with prefecture_context(prefecture):
                return work()
        finally:
            connections.close_all()

    return pool.submit(inside)


def _tables(session: Any, schema: str) -> list[sql.Identifier]:
    rows = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema]).fetchall()
    return [sql.Identifier(schema, table) for (table,) in rows]


def _copy(session: Any, table: sql.Identifier) -> sql.Identifier | None:
    """A table of this session alone with the rows as they are; None where there are none."""
    if not session.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(table)).fetchone()[0]:
        return None
    copy = sql.Identifier(f"before_{table._obj[-1]}"[:63])
    session.execute(sql.SQL("CREATE TEMPORARY TABLE {} AS TABLE {}").format(copy, table))
    return copy

"""A prefecture whose changes are committed, for what two connections do at once; emptied by the superuser afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from psycopg import sql


@contextmanager
def committed(server: Any) -> Iterator[Any]:
    """Inside サンプル甲県. At the end every row that was not there before is gone, whatever triggers say; new keys from the memory
    of this process too, where they would open nothing of the next test."""
    from django.conf import settings

    from tenants.core.context import prefecture_context
    from tenants.core.keys import forget_kept_keys
    from tenants.core.models import Prefecture

    prefecture = Prefecture.objects.get(slug="kou")
    with server.connect(settings.DATABASES["default"]["NAME"]) as session:
        before = [(table, _ids(session, table)) for table in _tables(session, prefecture.schema_name)]
        try:
            with prefecture_context(prefecture):
                yield prefecture
        finally:
            session.execute("SET session_replication_role = replica")
            for table, ids in before:
                new = sql.SQL("WHERE id <> ALL (%s)" if ids else "")
                session.execute(sql.SQL("DELETE FROM {} {}").format(table, new), [ids] if ids else None)
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


def _ids(session: Any, table: sql.Identifier) -> list[Any]:
    """Of a table without rows, whatever its key is called: none."""
    if not session.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(table)).fetchone()[0]:
        return []
    return [key for (key,) in session.execute(sql.SQL("SELECT id FROM {}").format(table))]

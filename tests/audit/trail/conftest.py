"""Being a login of the audit database, and being inside a prefecture for real (committed, cleaned up afterwards)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from ops.embedded.postgres import PostgresServer

Login = Callable[[str], "psycopg.Connection[Any]"]

_OVER_HERE = (
    "SELECT coalesce(min(backend_xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
    " FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()"
)


@pytest.fixture(autouse=True)
def kept_connections_closed() -> Iterator[None]:
    """No test inherits another one's idle connections."""
    from audit.trail import connections

    yield
    connections.close_all()


@pytest.fixture
def as_login(database: None) -> Iterator[Callable[..., psycopg.Connection[Any]]]:
    """Connect as a login with its derived password: as_login("…_writer"), as_login("…_relay", main=True)."""
    from django.conf import settings

    from tenants.core.credentials import derive

    opened: list[psycopg.Connection[Any]] = []

    def connect(login: str, *, main: bool = False) -> psycopg.Connection[Any]:
        place: dict[str, Any] = dict(settings.AUDIT_DATABASE)
        name = settings.DATABASES["default"]["NAME"] if main else place["name"]
        connection: psycopg.Connection[Any] = psycopg.connect(
            host=place["host"],
            port=place["port"],
            dbname=name,
            user=login,
            password=derive(login),
            autocommit=True,
            connect_timeout=5,
        )
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def audit_superuser(database: None, postgres: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    """The superuser inside the audit database: what even the strongest login must not be able to do quietly."""
    from django.conf import settings

    with postgres.connect(str(settings.AUDIT_DATABASE["name"])) as connection:
        yield connection


@pytest.fixture
def really_in_a(database: None, postgres: PostgresServer) -> Iterator[Any]:
    """Inside サンプル甲県 with every change committed; its outbox is empty at the beginning and at the end, as is its quarantine."""
    from audit.trail import relay
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    prefecture = Prefecture.objects.get(slug="kou")
    relay.relay_schema(prefecture.schema_name, prefecture.code)
    with prefecture_context(prefecture):
        yield prefecture
    relay.relay_schema(prefecture.schema_name, prefecture.code)
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:  # nobody else could
        superuser.execute("SET session_replication_role = replica")
        for schema in (prefecture.schema_name, "public"):
            table = psycopg.sql.Identifier(schema, "trail_refusedevent")
            superuser.execute(psycopg.sql.SQL("DELETE FROM {}").format(table))


@pytest.fixture
def workers_beside_unseen(database: None, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A snapshot's oldest open transaction is the whole cluster's, and the workers of a run share one cluster.

    A test of another worker, rolled back only at its end, would put off everything here to "the next night". So only what
    is open in this worker's database counts; the product's own answer may be earlier, never later.
    """
    from audit.trail.witness import comparison

    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:

        def first_open_here() -> int:
            cautious = product()
            row = superuser.execute(_OVER_HERE).fetchone()
            assert row is not None
            here = int(str(row[0]))
            assert cautious <= here
            return here

        product = comparison._first_open_transaction
        monkeypatch.setattr(comparison, "_first_open_transaction", first_open_here)
        yield

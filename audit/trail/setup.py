"""Laying out the audit database with the deployment's settings. For provisioning; each step can be run again."""

from datetime import date
from typing import Any, cast

from django.utils import timezone

from audit.trail import connections, partitions, roles, schema
from tenants.core.db.cluster import ROLE_LOCK, ensure_login, wait_for_roles

MONTHS_BEHIND = 1
MONTHS_AHEAD = 14


def install_audit_database() -> None:
    """Logins, tables, rights and the first partitions, for the console too. The owner and the database must exist."""
    connections.use(connections.owner(), _install)


def open_scope(scope: str) -> None:
    """The reader of a scope (schema name, or ``console``): its login and its rights. Raises psycopg.Error."""
    connections.use(connections.owner(), lambda connection: _open_scope(connection, scope))


def extend_partitions(today: date | None = None) -> int:
    """Partitions from last month to MONTHS_AHEAD months ahead. Returns how many months were added."""
    first = today or timezone.localdate()
    behind = date(first.year - 1, 12, 1) if first.month == 1 else date(first.year, first.month - 1, 1)
    wanted = list(partitions.months(behind, MONTHS_BEHIND + 1 + MONTHS_AHEAD))
    return connections.use(connections.owner(), lambda owner: partitions.ensure_partitions(owner, wanted))


def _install(connection: connections.Connection) -> None:
    target = connections.owner()
    names = schema.AuditNames(
        database=target.database,
        owner=target.login,
        writer=roles.audit_login(roles.WRITER),
        monitor=roles.audit_login(roles.MONITOR),
        sealer=roles.audit_login(roles.SEALER),
        retention=roles.audit_login(roles.RETENTION),
        reader_prefix=roles.reader_prefix(),
    )
    _ensure_logins(connection, names.writer, names.monitor, names.sealer, names.retention)
    schema.install(connection, names)
    _open_scope(connection, "console")
    extend_partitions()


def _open_scope(connection: connections.Connection, scope: str) -> None:
    reader = roles.reader_login(scope)
    _ensure_logins(connection, reader)
    schema.admit_reader(connection, connections.owner().database, reader)


def _ensure_logins(connection: connections.Connection, *names: str) -> None:
    with connection.transaction():
        wait_for_roles(lambda: _taken(connection))
        for name in names:
            ensure_login(cast("Any", connection), name)


def _taken(connection: connections.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS mine", (ROLE_LOCK,)).fetchone()
    return row is not None and bool(row["mine"])

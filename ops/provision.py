"""Laying out both databases with their owners: what comes before any prefecture."""

from __future__ import annotations

from typing import Any

import psycopg

from audit.trail.setup import install_audit_database
from ops.embedded.postgres import SUPERUSER
from tenants.core.db.cluster import Layout, close_schema_public, lay_out


def lay_out_databases(settings: Any, *, superuser_password: str, port: int, host: str = "127.0.0.1") -> None:
    """Owners, the main and the audit database (as superuser), then the audit database's tables and logins."""
    main, audit = settings.DATABASES["default"]["NAME"], settings.AUDIT_DATABASE["name"]
    layout = Layout(main, audit, settings.ROLE_PREFIX, settings.AUDIT_DATABASE["prefix"])

    def connect(database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=host, port=port, user=SUPERUSER, password=superuser_password, dbname=database, autocommit=True
        )

    with connect("postgres") as superuser:
        lay_out(superuser, layout)
    for database, owner in ((main, layout.owner), (audit, layout.audit_owner)):
        with connect(database) as superuser:
            close_schema_public(superuser, owner)
    install_audit_database()

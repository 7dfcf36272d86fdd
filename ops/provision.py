"""Provisioning that spans several rooms: databases with both owners, and the onboarding of a prefecture in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from audit.trail.setup import install_audit_database, open_scope
from ops.embedded.postgres import SUPERUSER
from tenants.core import provisioning
from tenants.core.db.cluster import Layout, close_schema_public, lay_out
from tenants.core.models import Prefecture


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


def onboard_steps(prefecture_code: str) -> dict[str, Callable[[Prefecture], str]]:
    """The steps after registration in their order; each can be run again and says what it did."""

    def schema(prefecture: Prefecture) -> str:
        provisioning.create_schema(prefecture)
        return "保存領域を用意しました"

    def migrate(prefecture: Prefecture) -> str:
        return "表を作成しました" if provisioning.migrate(prefecture) else "表は最新です"

    def login(prefecture: Prefecture) -> str:
        provisioning.open_login(prefecture)
        return "この団体専用の接続権限を付与しました"

    def keys(prefecture: Prefecture) -> str:
        provisioning.ensure_scope_key(prefecture.schema_name, prefecture.schema_name)
        return "鍵を用意しました"

    def audit(prefecture: Prefecture) -> str:
        open_scope(prefecture.schema_name)
        return "監査記録の閲覧権限を用意しました"

    return {"schema": schema, "migrate": migrate, "login": login, "keys": keys, "audit": audit}


def onboard(*, code: str, name: str, slug: str, domain: str, sample: bool, working_year: int, state: str) -> Prefecture:
    """All steps at once (demo and tests; the console runs them one by one as a job)."""
    prefecture = provisioning.register(code, name, slug, domain, sample=sample, working_year=working_year)
    for step in onboard_steps(code).values():
        step(prefecture)
    if prefecture.state == Prefecture.State.PREPARING:
        prefecture.state = state
        prefecture.save(update_fields=["state"])
    return prefecture



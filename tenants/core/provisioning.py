"""Making and upgrading prefectures. Runs as the owner login, in a process of its own. Each step can be run again."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import schema_context
from psycopg import sql

from tenants.core import grants, versions
from tenants.core.credentials import CONSOLE
from tenants.core.db.base import PUBLIC, current
from tenants.core.models import Prefecture
from tenants.core.providers import provider


class NotOwner(RuntimeError):
    """Provisioning was called with a login that owns nothing."""


def require_owner() -> None:
    if not current().walks_schemas:
        raise NotOwner("この処理は SHOREI_DATABASE_LOGIN=owner の専用プロセスで実行してください。")


def upgrade_public() -> None:
    """Logins, tables of the registry and the console, grants, the console's key."""
    require_owner()
    current().set_schema_to_public()
    grants.create_shared_logins()
    if lagging("public"):
        with _nothing_old_searched():
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    grants.grant_public_schema()
    ensure_scope_key("public", CONSOLE)


@contextmanager
def _nothing_old_searched() -> Iterator[None]:
    """Python's search for garbage leaves out what was there before. Migrating makes and drops thousands of model classes; walking
    over everything loaded again and again for them was a third of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def create_schema(prefecture: Prefecture) -> None:
    require_owner()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(prefecture.schema_name)))


def migrate(prefecture: Prefecture) -> bool:
    """Bring a prefecture's tables to today's state. True when something was done."""
    require_owner()
    lags = lagging(prefecture.schema_name)
    if lags:
        with _nothing_old_searched():
            call_command("migrate_schemas", schema_name=prefecture.schema_name, interactive=False, verbosity=0)
    with schema_context(PUBLIC):
        Prefecture.objects.filter(pk=prefecture.pk).update(migrations=versions.of_the_code())
    return lags


def open_login(prefecture: Prefecture) -> None:
    require_owner()
    grants.ensure_login(prefecture.schema_name)
    grants.grant_prefecture_schema(prefecture.schema_name)


def ensure_scope_key(schema: str, owner: str) -> None:
    """The key under which everything of this scope is sealed; made once, never replaced here."""
    from tenants.keyring.models import SCOPE_KEY, WrappedKey

    require_owner()
    with schema_context(schema):
        if not WrappedKey.objects.filter(purpose=SCOPE_KEY).exists():
            WrappedKey.objects.create(purpose=SCOPE_KEY, wrapped=provider().wrap(owner, os.urandom(32)))


def lagging(schema: str) -> bool:
    """Whether a schema lacks a migration that the code has. One query, no model state is rendered."""
    with schema_context(schema):
        recorder = MigrationRecorder(connection)
        applied = set(recorder.applied_migrations()) if recorder.has_table() else set()
        return bool(versions.migrations_of_the_code() - applied)

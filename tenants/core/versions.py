"""Does every schema stand where the code expects it? Asked at start, answered from the registry the gateway may read."""

from __future__ import annotations

import hashlib
from functools import cache

from django.db.migrations.loader import MigrationLoader

from tenants.core.context import gateway_context
from tenants.core.models import Prefecture


class SchemaLags(RuntimeError):
    """A process must not start on tables that the code does not know. The message names the prefectures."""


def refuse_lagging() -> None:
    """Raises SchemaLags when a prefecture that takes traffic was not migrated to this code (`manage.py upgrade`)."""
    with gateway_context():
        behind = Prefecture.objects.filter(state__in=Prefecture.OPEN_STATES).exclude(migrations=of_the_code())
        names = list(behind.order_by("code").values_list("name", flat=True))
    if names:
        raise SchemaLags(f"migrations are missing in: {', '.join(names)}; run `manage.py upgrade` as the owner login")


@cache
def migrations_of_the_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations or {})


def of_the_code() -> str:
    """A fingerprint of all migrations the code has."""
    listed = "\n".join(f"{app}.{name}" for app, name in sorted(migrations_of_the_code()))
    return hashlib.sha256(listed.encode()).hexdigest()

"""A lock that any login of the database can take holds up provisioning for a while, never for ever."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.conf import settings

from tenants.core.credentials import derive, login_name
from tenants.core.db import cluster
from tenants.core.grants import ensure_login


def test_a_prefecture_that_holds_the_lock_is_told_of(prefecture_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ROLE_LOCK_SECONDS", 0.3)
    place, login = settings.DATABASES["default"], login_name(prefecture_a.schema_name)
    with psycopg.connect(
        host=place["HOST"], port=place["PORT"], dbname=place["NAME"], user=login, password=derive(login)
    ) as held:
        held.execute("SELECT pg_advisory_lock(%s)", [cluster.ROLE_LOCK])
        with pytest.raises(cluster.RolesBusy, match="pg_locks"):
            ensure_login("relay")

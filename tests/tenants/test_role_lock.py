"""The lock on roles is the owner's and the superuser's alone, and holds up provisioning for a while, never for ever."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.conf import settings

from tenants.core import grants
from tenants.core.credentials import OWNER, derive, login_name
from tenants.core.db import cluster


def _as(login: str) -> psycopg.Connection[Any]:
    place = settings.DATABASES["default"]
    return psycopg.connect(
        host=place["HOST"], port=place["PORT"], dbname=place["NAME"], user=login, password=derive(login)
    )


def test_a_prefecture_takes_no_lock_that_others_know(prefecture_a: Any) -> None:
    with _as(login_name(prefecture_a.schema_name)) as a, pytest.raises(psycopg.errors.InsufficientPrivilege):
        a.execute("SELECT pg_advisory_lock(%s)", [cluster.ROLE_LOCK])


def test_another_session_of_the_owner_that_holds_the_lock_is_told_of(
    prefecture_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ROLE_LOCK_SECONDS", 0.3)
    with _as(login_name(OWNER)) as held, _as(login_name(OWNER)) as owner:
        monkeypatch.setattr(grants, "connection", owner)
        held.execute("SELECT pg_advisory_lock(%s)", [cluster.ROLE_LOCK])
        with pytest.raises(cluster.RolesBusy, match="pg_locks"):
            grants.ensure_login("relay")

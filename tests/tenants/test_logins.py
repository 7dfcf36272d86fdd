"""A login of the database that changed itself, as an injected statement can, is set back by the owner, and told of."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tenants.console import logins
from tenants.core import grants
from tenants.core.context import console_context, prefecture_context
from tenants.core.credentials import OWNER, login_name
from tests.support.outbox import outbox
from tests.tenants.test_isolation_sql import connect

OF_ITSELF = {
    "password": "ALTER ROLE CURRENT_USER PASSWORD 'taken'",
    "limit": "ALTER ROLE CURRENT_USER SET statement_timeout = 0",
    "path": "ALTER ROLE CURRENT_USER SET search_path = ref",
    "path in the database": "ALTER ROLE CURRENT_USER IN DATABASE {database} SET search_path = ref",
    "reading alone": "ALTER ROLE CURRENT_USER SET default_transaction_read_only = on",
    "limit taken away": "ALTER ROLE CURRENT_USER RESET ALL",
}


@pytest.fixture
def kind(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A login of this test alone: those of the prefectures are in use by other tests. The owner acts, as in its own process."""
    schema = "p_" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(12))
    with connect(login_name(OWNER)) as owner:
        monkeypatch.setattr(grants, "connection", owner)
        monkeypatch.setattr(logins, "require_owner", lambda: None)
        grants.ensure_login(schema)
        name = psycopg.sql.Identifier(login_name(schema))
        place = psycopg.sql.Identifier(str(settings.DATABASES["default"]["NAME"]))
        owner.execute(psycopg.sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(place, name))
        grants.restore_login(schema)
        yield schema
        owner.execute(psycopg.sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(place, name))
        owner.execute(psycopg.sql.SQL("DROP ROLE {}").format(name))


@pytest.mark.parametrize("how", OF_ITSELF)
def test_a_login_that_changed_itself_is_set_back_and_both_trails_say_so(kind: str, in_a: Any, how: str) -> None:
    with connect(login_name(kind)) as itself:
        itself.execute(OF_ITSELF[how].format(database=settings.DATABASES["default"]["NAME"]).encode())
    assert logins.mend([(kind, in_a)]) == 1
    with connect(login_name(kind)) as again:
        assert again.execute("SELECT current_setting('statement_timeout')").fetchone() == ("1min",)
        assert again.execute("SELECT current_setting('search_path')").fetchone() == ('"$user", public',)
        assert again.execute("SELECT current_setting('default_transaction_read_only')").fetchone() == ("off",)
    what = ["password"] if how == "password" else ["settings"]
    assert outbox.get(event="access:prefecture:refused").detail == {"what": "database", "login": what}
    with console_context():
        told = outbox.filter(event="console:login:restored").order_by("-occurred_at").first()
        assert told is not None
        assert told.detail == {"login": kind, "what": what}
    assert logins.mend([(kind, in_a)]) == 0


def test_every_login_of_the_product_is_looked_at(prefecture_a: Any, kind: str) -> None:
    looked_at = dict(logins.all_logins())
    assert {"gateway", "console", "relay", prefecture_a.schema_name} <= set(looked_at)
    assert all(grants.has_its_settings(one) and logins.opens(one) for one in looked_at)


def test_the_limit_of_a_statement_comes_with_each_connection(in_a: Any) -> None:
    """Not only with the login, which could take it off for good."""
    with prefecture_context(in_a), connection.cursor() as cursor:
        cursor.execute("SELECT source, setting FROM pg_settings WHERE name = 'statement_timeout'")
        assert cursor.fetchone() == ("client", "60000")

"""A schema that is gone, renamed, or somebody else's under the right name: a page that says so, an event, and nothing shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import sql

from ops.embedded.postgres import PostgresServer
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

Rename = Callable[[str, str], None]


@pytest.fixture
def renaming(postgres: PostgresServer, rollback: None) -> Iterator[Rename]:
    """Rename schemas as a database administrator would; put back afterwards."""
    done: list[tuple[str, str]] = []
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:

        def rename(old: str, new: str) -> None:
            statement = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
            superuser.execute(statement.format(sql.Identifier(old), sql.Identifier(new)))

        def noted(old: str, new: str) -> None:
            rename(old, new)
            done.append((old, new))

        yield noted
        for old, new in reversed(done):
            rename(new, old)


@contextmanager
def in_console() -> Iterator[None]:
    from tenants.core.context import console_context

    with console_context():
        yield


def missing_events() -> list[Any]:
    from tests.support.outbox import outbox

    with in_console():
        return list(outbox.filter(event="console:schema:missing").order_by("occurred_at"))


@pytest.fixture
def signed_in_at_a(prefecture_a: Any) -> Any:
    from django.core.cache import cache

    from accounts.roles import Role
    from tenants.core.context import prefecture_context

    cache.clear()
    client = client_of("kou.localhost", raise_request_exception=False)
    with prefecture_context(prefecture_a):
        sign_in(client, make_person("board", Role.BOARD_OFFICER))
    assert client.get("/households/").status_code == 200
    return client


def test_a_renamed_schema_closes_every_page(signed_in_at_a: Any, prefecture_a: Any, renaming: Rename) -> None:
    schema = prefecture_a.schema_name
    renaming(schema, "p_moved2222222")
    for path in ("/households/", "/login/", "/", "/nowhere/"):
        answer = signed_in_at_a.get(path)
        assert answer.status_code == 503
        assert "保存領域が見つからない" in answer.content.decode()
        assert schema not in answer.content.decode()
    (event,) = missing_events()
    assert event.detail == {"schema": schema, "noticed_in": "request"}


def test_somebody_elses_schema_under_the_right_name_is_not_taken(
    prefecture_b: Any, signed_in_at_a: Any, prefecture_a: Any, renaming: Rename
) -> None:
    """The rights stay with the schema: A's login finds nothing where B's tables now carry A's name."""
    from tenants.core.context import prefecture_context
    from tests.support import records

    with prefecture_context(prefecture_b):
        records.school("S77")
    renaming(prefecture_a.schema_name, "p_moved2222222")
    renaming(prefecture_b.schema_name, prefecture_a.schema_name)
    answer = signed_in_at_a.get("/households/")
    assert answer.status_code == 503
    assert "S77" not in answer.content.decode()
    assert missing_events()


def test_a_job_of_a_renamed_schema_does_not_begin(prefecture_a: Any, renaming: Rename) -> None:
    from django.core.cache import cache

    from jobs import messages
    from jobs.services import start
    from jobs.tasks import wake
    from tenants.core.context import prefecture_context

    cache.clear()
    schema = prefecture_a.schema_name
    with prefecture_context(prefecture_a):
        job = start("linkage.register", {}, key="missing-schema")
        signature = messages.signature_of(schema, job.pk, "work")
    renaming(schema, "p_moved2222222")
    assert wake(schema, str(job.pk), signature) == "refused"
    (event,) = missing_events()
    assert event.detail == {"schema": schema, "noticed_in": "job"}


def test_a_prefecture_that_is_back_works_again(signed_in_at_a: Any, prefecture_a: Any, renaming: Rename) -> None:
    schema = prefecture_a.schema_name
    renaming(schema, "p_moved2222222")
    assert signed_in_at_a.get("/households/").status_code == 503
    renaming("p_moved2222222", schema)
    assert signed_in_at_a.get("/households/").status_code == 200

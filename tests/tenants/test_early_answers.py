"""Answers made before anybody knows whose page was asked for carry the same headers as a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ops.security.crawl import HEADERS
from tests.platform.accounts.sign_in import client_of

HOST = "kou.localhost"


def _lacking(answer: Any) -> list[str]:
    return [name for name, parts in HEADERS.items() if not all(part in answer.get(name, "") for part in parts)]


@pytest.mark.parametrize(
    ("host", "method", "path", "status"),
    [
        (HOST, "GET", "/login/", 200),
        (HOST, "GET", "/nowhere/", 404),
        (HOST, "TRACE", "/", 405),
        ("nobody.localhost", "GET", "/", 404),
        ("kou.localhost/evil", "GET", "/", 400),
        (HOST, "GET", "/health", 200),
    ],
)
def test_every_answer_of_the_door_has_the_headers(in_a: Any, host: str, method: str, path: str, status: int) -> None:
    answer = Client(HTTP_HOST=host).generic(method, path)
    assert (answer.status_code, _lacking(answer)) == (status, [])


def test_so_has_a_prefecture_that_is_closed_or_whose_schema_is_gone(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.core.presence import SchemaMissing

    client = client_of(HOST)
    client.raise_request_exception = False

    def gone() -> None:
        raise SchemaMissing(in_a.schema_name)

    monkeypatch.setattr("tenants.core.middleware.require_schema", gone)
    answer = client.get("/login/")
    assert (answer.status_code, _lacking(answer)) == (503, [])
    monkeypatch.setattr(type(in_a), "is_open", False)
    answer = client.get("/login/")
    assert (answer.status_code, _lacking(answer)) == (503, [])
    assert "準備中" in answer.content.decode()

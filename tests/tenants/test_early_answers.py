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


@pytest.mark.parametrize("path", ["/login/", "/health", "/nowhere/"])
def test_no_answer_invites_the_pages_of_another_origin(in_a: Any, path: str) -> None:
    """ASVS 3.4.2."""
    answer = Client(HTTP_HOST=HOST).options(path, headers={"origin": "https://evil.example"})
    asked = Client(HTTP_HOST=HOST).get(path, headers={"origin": "https://evil.example"})
    assert [name for one in (answer, asked) for name in one.headers if name.lower().startswith("access-control")] == []


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.git/HEAD", "/static/", "/static/web/", "/var/", "/static/../manage.py"]
)
def test_neither_folders_nor_what_lies_beside_the_pages_is_served(in_a: Any, path: str) -> None:
    """ASVS 13.4.1, 13.4.3."""
    assert client_of(HOST).get(path).status_code in (302, 404)
    assert b"git" not in client_of(HOST).get(path).content.lower()

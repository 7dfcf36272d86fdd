"""A dead database and a trail that cannot be written are told in Japanese, with 503, wherever they are first noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


@pytest.fixture
def quiet(in_console: None) -> Any:
    """A signed-in operator whose browser shows what a real one would, instead of raising."""
    from accounts.roles import Role

    client = client_of("console.localhost", raise_request_exception=False)
    sign_in(client, make_person("operator", Role.OPERATOR))
    return client


@contextmanager
def database_down(error: type[Exception]) -> Iterator[None]:
    """Every statement of the console's connection fails."""

    def down(*_: object) -> None:
        raise error("server closed the connection unexpectedly: host=10.0.0.9 user=console")

    with connection.execute_wrapper(down):
        yield


def test_both_kinds_of_host_name_the_handler() -> None:
    """Errors of a middleware are answered by the handler of the root URL map, whatever the host."""
    for module in ("config.urls_tenant", "config.urls_console"):
        assert getattr(import_module(module), "handler500", "") == "config.handlers.server_error", module


def test_noticed_while_the_host_is_looked_up(quiet: Any, prefecture_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.core import middleware

    def down(host: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(middleware, "prefecture_of", down)
    answer = client_of("kou.localhost", raise_request_exception=False).get("/login/")
    assert answer.status_code == 503
    assert "しばらく" in answer.content.decode() or "データベースにつながらない" in answer.content.decode()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_noticed_in_the_session_before_any_view(quiet: Any, error: type[Exception]) -> None:
    with database_down(error):
        answer = quiet.get("/prefectures/")
    assert answer.status_code == 503
    assert "データベースにつながらない" in answer.content.decode()
    assert "10.0.0.9" not in answer.content.decode()
    assert answer.headers["Retry-After"] == "30"


def test_noticed_in_a_view(quiet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import overview

    def down() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(overview, "rows", down)
    answer = quiet.get("/prefectures/")
    assert answer.status_code == 503
    assert "問い合わせ番号" in answer.content.decode()


def test_an_error_while_telling_of_the_dead_database_is_still_503(quiet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import overview

    nothing: dict[str, str] = {}

    def down() -> str:
        try:
            raise OperationalError("gone")
        except OperationalError:
            return nothing["page"]

    monkeypatch.setattr(overview, "rows", down)
    assert quiet.get("/prefectures/").status_code == 503


def test_any_other_error_is_500_with_a_number_and_no_words_of_it(
    quiet: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import re

    from tenants.console import overview

    def broken() -> None:
        raise KeyError("himitsu")

    monkeypatch.setattr(overview, "rows", broken)
    answer = quiet.get("/prefectures/")
    assert answer.status_code == 500
    assert "himitsu" not in answer.content.decode()
    number = re.search(r"問い合わせ番号 <strong>([0-9a-f]{8})", answer.content.decode())
    assert number is not None
    assert f"incident {number[1]}: KeyError" in caplog.text


def test_an_export_that_cannot_be_recorded_gives_nothing(
    quiet: Any, prefecture_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.trail.recorder import TrailUnavailable
    from tenants.console.views import adapter_versions
    from tests.tenants.console.conftest import draft_of

    def away(*_: object, **__: object) -> None:
        raise TrailUnavailable

    draft_of(prefecture_a)
    monkeypatch.setattr(adapter_versions, "record_access", away)
    answer = quiet.get("/prefectures/290009/adapter/1/export/")
    assert answer.status_code == 503
    assert "記録が残せないため" in answer.content.decode()
    assert "transport" not in answer.content.decode()

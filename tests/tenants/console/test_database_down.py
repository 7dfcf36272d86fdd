"""A dead database and a trail that cannot be written are told in Japanese, with 503, wherever they are first noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload, encode_multipart

from tests.platform.accounts.sign_in import client_of, code_of, give_password, make_person, sign_in
from tests.support.away import at_closed_port


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


class CutWhileRead(FakePayload):
    """What a browser sends, and the server ends the connection that the request works on as soon as it is read."""

    def __init__(self, content: bytes, postgres: Any) -> None:
        super().__init__(content)
        self.postgres = postgres

    def read(self, *size: Any, **named: Any) -> bytes:
        working: Any = connection.connection
        if not working.closed:
            with self.postgres.connect("postgres") as superuser:
                superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [working.info.backend_pid])
        return super().read(*size, **named)


def cut_post(client: Any, path: str, data: dict[str, Any], postgres: Any) -> Any:
    sent = encode_multipart(BOUNDARY, data)
    return client.generic("POST", path, sent, MULTIPART_CONTENT, **{"wsgi.input": CutWhileRead(sent, postgres)})


def assert_told(answer: Any, *, sent: bool) -> None:
    """What happened, what became of what was sent, when to try again, and the number for whoever asks."""
    text = answer.content.decode()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "データベースにつながらないため" in text
    assert ("いま送った内容（選んだファイルを含む）は、登録されていません" in text) is sent
    assert ("何も変更されていません" in text) is not sent
    assert "30秒ほどおいて" in text
    assert re.search(r"問い合わせ番号 <strong>[0-9a-f]{8}", text)
    assert "下書き" not in text, "nothing is promised that was not kept"
    assert "127.0.0.1" not in text


@pytest.mark.parametrize("path", ["/", "/login/"])
def test_noticed_before_anything_else(database: None, path: str) -> None:
    client = client_of("kou.localhost", raise_request_exception=False)
    assert_told(at_closed_port(lambda: client.get(path)), sent=False)


def test_noticed_before_a_file_is_read(database: None) -> None:
    client = client_of("kou.localhost", raise_request_exception=False)
    file = SimpleUploadedFile("名簿.xlsx", b"PK")
    assert_told(at_closed_port(lambda: client.post("/households/imports/", {"file": file})), sent=True)


def test_noticed_in_the_middle_of_an_upload(in_a: Any, postgres: Any, files_of_this_test: Path) -> None:
    from accounts.roles import Role

    client = client_of("kou.localhost", raise_request_exception=False)
    sign_in(client, make_person("clerk", Role.BOARD_OFFICER))
    assert_told(
        cut_post(client, "/households/imports/", {"file": SimpleUploadedFile("名簿.xlsx", b"PK")}, postgres), sent=True
    )
    assert not [path for path in files_of_this_test.rglob("*") if path.is_file()]


def test_noticed_while_the_one_time_password_is_tried(in_console: None, postgres: Any) -> None:
    from accounts.roles import Role

    client, operator = client_of("console.localhost", raise_request_exception=False), make_person("op", Role.OPERATOR)
    give_password(client, operator)
    assert_told(cut_post(client, "/login/otp/", {"token": code_of(operator)}, postgres), sent=True)


@pytest.mark.parametrize(("state", "words"), [("40P01", "混み合っているため"), ("53100", "空き容量がないため")])
def test_a_database_that_answers_is_not_called_away(quiet: Any, state: str, words: str) -> None:
    def refuse(execute: Any, statement: str, *rest: Any) -> Any:
        return execute(f"DO $$ BEGIN RAISE 'refused' USING ERRCODE = '{state}'; END $$", None, *rest[1:])

    with connection.execute_wrapper(refuse):
        answer = quiet.get("/prefectures/")
    assert answer.status_code == 503
    assert words in answer.content.decode()
    assert "つながらない" not in answer.content.decode()


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

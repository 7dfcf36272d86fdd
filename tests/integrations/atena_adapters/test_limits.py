"""However the other side hangs, whoever waits goes on at the limit, and is asked meanwhile whether it still wants to wait."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.port import CommunicationError
from integrations.atena_adapters.registry import Bounds, build, preset
from integrations.atena_adapters.transports import apart, limited
from integrations.atena_adapters.transports.factory import build_transport
from tests.integrations.atena_adapters.simulator.played import changed
from tests.integrations.atena_adapters.support import Keeper, registration

LIMIT = 0.6
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
ENOUGH = "c2FtcGxlLWtleS1vZi1leGFjdGx5LTMyLWJ5dGVzISE="


@contextmanager
def listening(act: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that takes every connection and then does what `act` does to it."""
    kept: list[socket.socket] = []
    server = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            try:
                kept.append(server.accept()[0])
            except OSError:
                return
            threading.Thread(target=act, args=(kept[-1],), daemon=True).start()

    threading.Thread(target=take, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for one in kept:
            one.close()


def silent(connection: socket.socket) -> None:
    """Never answers."""


def trickling(connection: socket.socket) -> None:
    """An answer without an end, a byte at a time: no single wait is ever long."""
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)
    except OSError:
        return


@pytest.mark.parametrize(
    ("name", "how"),
    [("sftp", silent), ("rest", silent), ("rest", trickling), ("nara", trickling), ("database", silent)],
)
def test_no_act_lasts_longer_than_its_limit(
    name: str, how: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(limited.LimitedTransport.__init__, "__kwdefaults__", {"act": LIMIT, "check": LIMIT})
    hidden = {each: SecretStr(ENOUGH) for each in ("sftp", "client_secret", "token", "database")}
    with listening(how) as port:
        where: dict[str, Any] = {"base_url": f"http://127.0.0.1:{port}"} if name in ("rest", "nara") else {"port": port}
        where |= {"login": "password"} if name == "sftp" else {}
        adapter = build(changed(preset(name), **where), keep=Keeper(), secrets=hidden, bounds=Bounds(tmp_path))
        began = time.monotonic()
        with pytest.raises(CommunicationError) as caught:
            adapter.register(registration(1, batch_id="a"))
        assert time.monotonic() - began < LIMIT + 2
    assert caught.value.retryable


def test_every_transport_of_the_factory_is_limited(tmp_path: Path) -> None:
    hidden = {each: SecretStr(ENOUGH) for each in ("sftp", "client_secret", "token", "database", "medium", "terminal")}
    for name in ("rest", "sftp", "database", "nara"):
        assert isinstance(build_transport(preset(name), hidden, Bounds(tmp_path)), limited.LimitedTransport)


def test_whoever_waits_is_asked_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BETWEEN_LOOKS", 0.05)
    asked: list[int] = []

    def slowly() -> str:
        time.sleep(0.3)
        return "done"

    with apart.meanwhile(lambda: asked.append(threading.get_ident())):
        assert apart.within(5, slowly) == "done"
    assert len(asked) >= 3
    assert set(asked) == {threading.get_ident()}, "in the thread that waits: its database connection is its own"
    assert apart.within(5, lambda: "again") == "again"


class NoLonger(BaseException):
    """Like a lease that was lost."""


def test_who_no_longer_wants_to_wait_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BETWEEN_LOOKS", 0.05)

    def no_longer() -> None:
        raise NoLonger

    began = time.monotonic()
    with pytest.raises(NoLonger), apart.meanwhile(no_longer):
        apart.within(30, lambda: time.sleep(20))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("error", [ValueError("x"), NoLonger()])
def test_what_the_act_raises_is_raised(error: BaseException) -> None:
    def act() -> Any:
        raise error

    with pytest.raises(type(error)):
        apart.within(1, act)

"""A server, or the line to it, that takes what is sent and never answers: nobody waits for it longer than seconds."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from audit.trail import connections
from audit.trail.connections import NoAnswer
from audit.trail.entries import Subject
from audit.trail.reader import Filters, search
from audit.trail.recorder import TrailUnavailable, record_access
from audit.trail.vocabulary import Event


class Line:
    """Forwards to the audit database until it falls silent: open connections stay open, and nobody else gets in."""

    def __init__(self, host: str, port: int) -> None:
        self.there, self.silent = (host, port), threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.open: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._let_in)]
        self.threads[0].start()

    def _let_in(self) -> None:
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.create_connection(self.there)
            self.open += [near, far]
            self.threads.append(threading.Thread(target=self._forward, args=(near, far)))
            self.threads[-1].start()

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        while not self.silent.is_set():
            for one in select.select([near, far], [], [], 0.02)[0]:
                data = b"" if self.silent.is_set() else one.recv(65536)
                if not data:
                    return
                (far if one is near else near).sendall(data)

    def fall_silent(self) -> None:
        self.silent.set()
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()

    def close(self) -> None:
        if not self.silent.is_set():
            self.fall_silent()
        for thread in self.threads:
            thread.join(5)
        for one in self.open:
            one.close()


@pytest.fixture
def line(in_a: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    place = settings.AUDIT_DATABASE
    line = Line(str(place["host"]), int(place["port"]))
    settings.AUDIT_DATABASE = place | {"host": "127.0.0.1", "port": line.door.getsockname()[1]}
    monkeypatch.setattr(connections, "LATER_BY", 0.2)
    monkeypatch.setattr(connections, "ANSWERS_WITHIN", 0.2)
    yield line
    line.close()
    connections.close_all()


def test_a_kept_connection_that_does_not_answer_keeps_no_page_waiting(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(Filters(limit=1))
    record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "1")])
    line.fall_silent()
    monkeypatch.setattr(connections, "IDLE_FOR", 0.0)
    began = time.monotonic()
    with pytest.raises(TrailUnavailable):
        search(Filters(limit=1))
    with pytest.raises(TrailUnavailable):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "1")])
    assert time.monotonic() - began < 2


def test_a_server_that_falls_silent_in_the_middle_is_left_after_its_own_limit(line: Line) -> None:
    target = replace(connections.writer(), statement_ms=100)

    def work(trail: connections.Connection) -> None:
        line.fall_silent()
        trail.execute("SELECT 1")

    began = time.monotonic()
    with pytest.raises(NoAnswer):
        connections.use(target, work)
    assert time.monotonic() - began < 2

"""Heads handed out hourly and events sent to a real TLS log server; what it refuses is sent again from where it stopped."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.trail.models import TrailReceiver
from audit.trail.sealing import handing
from audit.trail.sealing.export import newest_head
from audit.trail.syslog import Receiver, ReceiverAway, message, send
from tests.audit.trail.sealing.certificates import Issued, authority
from tests.support.outbox import outbox


class LogServer:
    """Reads octet-counted messages (RFC 5425) of every connection."""

    def __init__(self, issued: Issued, folder: Path) -> None:
        own = folder / "server.pem"
        own.write_text(issued.key + issued.certificate)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(own)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.messages: list[str] = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            with plain:
                try:
                    with self.context.wrap_socket(plain, server_side=True) as line:
                        self._read(line)
                        line.unwrap()
                except OSError:
                    continue

    def _read(self, line: ssl.SSLSocket) -> None:
        data = b""
        while part := line.recv(65536):
            data += part
        while data:
            count, _, data = data.partition(b" ")
            self.messages.append(data[: int(count)].decode())
            data = data[int(count) :]

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(10)


@pytest.fixture(scope="module")
def issued() -> Issued:
    return authority("localhost")


@pytest.fixture
def server(issued: Issued, tmp_path: Path) -> Iterator[LogServer]:
    server = LogServer(issued, tmp_path)
    yield server
    server.close()


def receiver(server: LogServer, issued: Issued, **changed: Any) -> TrailReceiver:
    values = {"host": "localhost", "port": server.port, "authority": issued.certificate} | changed
    return TrailReceiver.objects.create(**values)


def test_messages_follow_rfc_5424_and_arrive_whole(server: LogServer, issued: Issued) -> None:
    at = timezone.now()
    target = Receiver("localhost", server.port, issued.certificate)
    assert send(target, [message("head", f"本文 {n}\n二行目", at, sender="kou.localhost") for n in range(3)]) == 3
    server.thread.join(0.2)
    form = (
        r"<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z kou\.localhost shugaku-trail \d+ head - \ufeff本文 \d\n二行目"
    )
    assert [bool(re.fullmatch(form, one)) for one in server.messages] == [True] * 3


def test_a_server_that_is_not_who_it_should_be_gets_nothing(server: LogServer) -> None:
    stranger = authority("localhost")
    with pytest.raises(ReceiverAway):
        send(Receiver("localhost", server.port, stranger.certificate), [b"x"])
    assert server.messages == []


def test_the_newest_head_is_handed_out_once_an_hour(
    chain: Any, server: LogServer, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert handing.hand_out() is None
    receiver(server, issued)
    chain.add(3)
    chain.seal()
    handed = handing.hand_out()
    assert handed is not None
    assert (handed.number, handed.sent_to) == (1, f"localhost:{server.port}")
    server.thread.join(0.2)
    (sent,) = server.messages
    newest = newest_head()
    assert newest is not None
    assert json.loads(sent.partition("\ufeff")[2])["signature"] == newest.signature
    chain.add(1)
    chain.seal()
    assert handing.hand_out() is None
    later = timezone.now() + timedelta(hours=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    second = handing.hand_out()
    assert second is not None
    assert second.number == 2


def test_every_sealed_event_reaches_a_server_that_wants_them_once_it_is_there(
    chain: Any, server: LogServer, issued: Issued
) -> None:
    row = receiver(server, issued, sends_events=True, port=1)
    for _ in range(2):
        chain.add(4)
        chain.seal()
    assert handing.send_events() == 0
    row.refresh_from_db()
    assert (row.sent_number, bool(row.failure)) == (0, True)
    assert handing.send_events() == 0
    assert outbox.filter(event="trail:head:failed").count() == 1
    TrailReceiver.objects.update(port=server.port)
    assert handing.send_events() == 8
    assert handing.send_events() == 0
    server.thread.join(0.2)
    kinds = [one.split(" ")[5] for one in server.messages]
    assert kinds == [*["event"] * 4, "head"] * 2
    sequences = [
        json.loads(one.partition("\ufeff")[2])["metadata"]["sequence"] for one in server.messages if " event " in one
    ]
    assert sequences == list(range(1, 9))


def test_a_host_the_deployment_does_not_allow_is_not_called(
    chain: Any, server: LogServer, issued: Issued, settings: Any
) -> None:
    settings.TRAIL_RECEIVER_HOSTS = []
    row = receiver(server, issued)
    chain.add(1)
    chain.seal()
    handed = handing.hand_out()
    assert handed is not None
    assert handed.sent_to == ""
    row.refresh_from_db()
    assert row.failure == "host not allowed"


def test_a_rewritten_chain_contradicts_the_head_that_was_handed_out(
    chain: Any, in_b: Any, audit_superuser: Any
) -> None:
    chain.add(2)
    chain.seal()
    handing.hand_out()
    assert handing.changed_heads() == []
    with audit_superuser.transaction():
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        audit_superuser.execute("UPDATE trail.batch SET head = head || ' ' WHERE scope = %s", [in_b.schema_name])
    assert handing.changed_heads() == [1]

"""Heads handed out hourly and events sent to a real TLS log server; what it refuses is sent again from where it stopped."""

from __future__ import annotations

import io
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
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from audit.trail import audit_verify
from audit.trail.models import HandedHead, TrailReceiver
from audit.trail.recorder import record_access
from audit.trail.sealing import handing
from audit.trail.sealing.export import newest_head
from audit.trail.sealing.handed import changed_heads, forged_heads, handed_as
from audit.trail.sealing.sealer import PURPOSE, seal_scope
from audit.trail.syslog import Receiver, ReceiverAway, message, send
from audit.trail.vocabulary import Event
from audit.trail.witness.comparison import compare
from tenants.core.context import console_context
from tenants.core.credentials import CONSOLE
from tenants.core.keys import signing_key
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
        self.takes_leave = True
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
                        if self.takes_leave:
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
    sent = next(one for one in server.messages if " head " in one)
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


def test_a_head_put_among_those_handed_out_stops_none_and_is_named_once(chain: Any) -> None:
    now = timezone.now()
    forged = HandedHead(number=9 * 10**18, head="{}", signature="", public_key="", sealed_at=now, handed_at=now)
    forged.save()
    next_one = HandedHead(number=1, head="{}", signature="", public_key="", sealed_at=now, handed_at=now)
    next_one.save()
    chain.add(1)
    chain.seal()
    handed = handing.hand_out()
    assert handed is not None
    assert (handed.number, changed_heads()) == (1, [])
    assert handed_as(1) == handed
    assert forged_heads() == [f"引渡しの控え {one.pk}" for one in (forged, next_one)]
    told = compare()
    assert told.differs
    assert forged_heads() == []


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


def test_a_server_that_takes_no_leave_gets_nothing_twice(chain: Any, server: LogServer, issued: Issued) -> None:
    server.takes_leave = False
    row = receiver(server, issued, sends_events=True)
    chain.add(2)
    chain.seal()
    assert (handing.send_events(), handing.send_events()) == (2, 0)
    row.refresh_from_db()
    assert (row.sent_number, row.failure) == (1, "")
    server.thread.join(0.2)
    assert len(server.messages) == 3


@pytest.mark.parametrize("first", ["the head of the hour", "the events"])
def test_with_all_events_the_head_of_the_hour_goes_once(
    chain: Any, server: LogServer, issued: Issued, first: str
) -> None:
    receiver(server, issued, sends_events=True)
    chain.add(2)
    chain.seal()
    if first == "the events":
        handing.send_events()
    handed = handing.hand_out()
    handing.send_events()
    assert handed is not None
    assert handed.sent_to == f"localhost:{server.port}"
    server.thread.join(0.2)
    assert sorted(one.split(" ")[5] for one in server.messages if " platform-head " not in one) == ["event"] * 2 + [
        "head"
    ]


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
    assert changed_heads() == []
    with audit_superuser.transaction():
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        audit_superuser.execute("UPDATE trail.batch SET head = head || ' ' WHERE scope = %s", [in_b.schema_name])
    assert changed_heads() == ["第1束"]


@pytest.fixture
def platform(in_b: Any) -> Ed25519PrivateKey:
    """The key of the platform's own chain, which has two batches at least."""
    with console_context():
        key = signing_key(PURPOSE)
        for _ in range(2):
            record_access(Event.READ_LIST_SHOWN)
            seal_scope(CONSOLE, key)
    return key


def exported(folder: Path) -> tuple[Path, str]:
    """The platform's trail as the operator gives it out, and what the command says."""
    said = io.StringIO()
    call_command("console_trail", folder / "platform.jsonl", stdout=said)
    return folder / "platform.jsonl", said.getvalue()


def test_every_prefecture_holds_heads_of_the_platforms_own_chain_and_finds_it_cut(
    chain: Any, platform: Any, server: LogServer, issued: Issued, tmp_path: Path, audit_superuser: Any
) -> None:
    receiver(server, issued)
    chain.add(1)
    chain.seal()
    handed = handing.hand_out()
    assert handed is not None
    server.thread.join(0.2)
    sent = next(one for one in server.messages if " platform-head " in one)
    assert json.loads(sent.partition("\ufeff")[2]) == json.loads(handed.platform_head)
    held = tmp_path / "head.json"
    held.write_text(json.dumps({"platform": json.loads(handed.platform_head)}), encoding="utf-8")
    export, said = exported(tmp_path)
    keys = tmp_path / "keys.txt"
    keys.write_text(said.partition("\n")[2], encoding="utf-8")
    assert json.loads(handed.platform_head)["public_key"] in keys.read_text(encoding="utf-8")
    arguments = [str(export), "--key", str(keys), "--platform-head", str(held)]
    assert audit_verify.main(arguments) == 0
    with pytest.raises(CommandError, match="書けません"):
        exported(tmp_path)
    assert audit_verify.main([*arguments[:3], "--head", str(_of_prefecture(tmp_path, handed))]) == 1
    _cut(export)
    assert audit_verify.main(arguments[:3]) == 0, "whoever holds no head cannot tell"
    assert audit_verify.main(arguments) == 1


def _of_prefecture(folder: Path, handed: Any) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps({"head": handed.head, "signature": handed.signature}), encoding="utf-8")
    return path


def _cut(export: Path) -> None:
    """What the platform could do: leave out the newest batch, and say that the one before it was the last."""
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    heads = [place for place, line in enumerate(lines) if line["type"] == "head"]
    before, last = heads[-2:]
    lines[0]["checkpoint"] = {name: lines[before][name] for name in ("type", "head", "signature")}
    kept = [line for place, line in enumerate(lines) if place < last]
    export.write_text("\n".join(map(json.dumps, kept)), encoding="utf-8")


def test_the_night_finds_a_rewritten_head_of_the_platform(chain: Any, platform: Any, audit_superuser: Any) -> None:
    chain.add(1)
    chain.seal()
    handed = handing.hand_out()
    assert handed is not None
    assert changed_heads() == []
    change = "UPDATE trail.batch SET head = %s WHERE scope = %s AND number = %s"
    told = json.loads(handed.platform_head)["head"]
    try:
        for text, found in ((f"{told} ", [f"基盤の第{handed.platform_number}束"]), (told, [])):
            with audit_superuser.transaction():
                audit_superuser.execute("SET LOCAL session_replication_role = replica")
                audit_superuser.execute(change, [text, CONSOLE, handed.platform_number])
            assert changed_heads() == found
    finally:
        with audit_superuser.transaction():
            audit_superuser.execute("SET LOCAL session_replication_role = replica")
            audit_superuser.execute(change, [told, CONSOLE, handed.platform_number])

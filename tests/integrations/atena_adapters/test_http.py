"""What only HTTP can get wrong: certificates, credentials in a header of another name, odd statuses, waiting."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from integrations.atena_adapters.config import HttpTransport
from integrations.atena_adapters.errors import CommunicationError, ConfigurationInvalid
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.http import HttpLink

ADDRESS = Address(RequestKind.INQUIRY, "b1", 0, datetime(2026, 6, 1, tzinfo=UTC))


@contextmanager
def _server(
    *replies: tuple[int, dict[str, str]], tls: ssl.SSLContext | None = None, body: bytes = b""
) -> Iterator[tuple[int, list[Any]]]:
    """Answers with the given statuses and headers in turn, the last one for ever; notes the headers received."""
    left, seen = list(replies), list[Any]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers = left.pop(0) if len(left) > 1 else left[0]
            seen.append(dict(self.headers))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # the other side may have heard enough
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()


def _link(
    port: int, *, scheme: str = "http", waits: list[float] | None = None, certificate: Path | None = None, **more: Any
) -> HttpLink:
    config = HttpTransport(base_url=f"{scheme}://127.0.0.1:{port}", **({"attempts": 2, "timeout_seconds": 2.0} | more))
    noted = waits if waits is not None else []
    return HttpLink(config, SecretStr("key-1"), certificate=certificate, sleep=noted.append)


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "ca.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key_pem.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key_pem)
    return pem, context


def test_an_unknown_certificate_is_refused_and_a_configured_one_accepted(tmp_path: Path) -> None:
    pem, context = _certificate(tmp_path)
    with _server((200, {}), tls=context) as (port, _):
        assert not _link(port, scheme="https").health().ok
        assert _link(port, scheme="https", certificate=pem).health().ok


def test_an_unreadable_certificate_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="認証局証明書"):
        _link(1, scheme="https", certificate=tmp_path / "none.pem")
    (tmp_path / "bad.pem").write_text("x")
    with pytest.raises(ConfigurationInvalid, match="認証局証明書"):
        _link(1, scheme="https", certificate=tmp_path / "bad.pem")


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [("bearer", "Authorization", "Bearer key-1"), ("header", "X-Api-Key", "key-1"), ("none", "Authorization", None)],
)
def test_credentials_travel_where_configured(auth: str, header: str, value: str | None) -> None:
    with _server((200, {})) as (port, seen):
        assert _link(port, auth=auth).health().ok
    assert seen[0].get(header) == value


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7, 7),
        ("9999", 30, 30),
        ("soon", 1, 1),
        ("in twenty seconds", 17, 20),
    ],
)
def test_the_other_sides_wish_to_wait_is_respected_within_reason(asked: str, least: float, most: float) -> None:
    waits: list[float] = []
    if asked == "in twenty seconds":
        asked = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    with _server((503, {"Retry-After": asked}), (202, {})) as (port, _):
        assert _link(port, waits=waits).fetch_answers(ADDRESS) == []
    assert len(waits) == 1
    assert least <= waits[0] <= most


def test_it_is_known_when_nothing_can_have_left() -> None:
    """A line that was never open carried nothing; once one attempt got through, a later one that fails proves nothing."""
    closed = _link(9)
    with pytest.raises(CommunicationError) as caught:
        closed.send(ADDRESS, b"numbers", "text/csv")
    assert (caught.value.retryable, caught.value.nothing_left) == (True, True)
    with _server((503, {})) as (port, seen):
        config = HttpTransport(base_url=f"http://127.0.0.1:{port}", attempts=2, timeout_seconds=2.0)
        link = HttpLink(config, SecretStr("key-1"), sleep=lambda _: setattr(link, "_config", closed._config))
        with pytest.raises(CommunicationError) as caught:
            link.fetch_answers(ADDRESS)
    assert len(seen) == 1
    assert not caught.value.nothing_left


def test_an_unexpected_status_is_no_reason_to_retry() -> None:
    with (
        _server((302, {"Location": "http://127.0.0.1:9/"})) as (port, seen),
        pytest.raises(CommunicationError) as caught,
    ):
        _link(port).fetch_answers(ADDRESS)
    assert not caught.value.retryable
    assert len(seen) == 1


def test_an_answer_past_the_limit_is_not_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.atena_adapters.transports.http.LARGEST", 1000)
    with _server((200, {}), body=b"x" * 1000) as (port, _):
        assert _link(port).fetch_answers(ADDRESS) == [b"x" * 1000]
    with _server((200, {}), body=b"x" * 1001) as (port, seen), pytest.raises(CommunicationError, match="大きすぎます"):
        _link(port).fetch_answers(ADDRESS)
    assert len(seen) == 1


def test_packed_answers_are_neither_asked_for_nor_unpacked() -> None:
    packed = gzip.compress(b"x" * 100_000)
    with (
        _server((200, {"Content-Encoding": "gzip"}), body=packed) as (port, seen),
        pytest.raises(CommunicationError, match="圧縮"),
    ):
        _link(port).fetch_answers(ADDRESS)
    assert seen[0]["Accept-Encoding"] == "identity"


def test_a_redirection_never_carries_the_credentials_away() -> None:
    with (
        _server((200, {})) as (elsewhere, stolen),
        _server((307, {"Location": f"http://127.0.0.1:{elsewhere}/"})) as (port, _),
    ):
        assert not _link(port).health().ok
    assert stolen == []


@pytest.mark.parametrize("asked", ["²", "Fri, 31 Dec 99999999999 23:59:59 GMT"])
def test_an_odd_wish_to_wait_is_no_wish(asked: str) -> None:
    waits: list[float] = []
    with _server((503, {"Retry-After": asked}), (202, {})) as (port, _):
        assert _link(port, waits=waits).fetch_answers(ADDRESS) == []
    assert waits == [1.0]

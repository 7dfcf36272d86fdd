"""The look at the front door, tried on doors of both kinds on loopback."""

from __future__ import annotations

import datetime
import http.server
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command

from tenants.console.site_check import Door, clock_finding, findings, passwords_finding

HSTS = "max-age=31536000; includeSubDomains"


def certificate(folder: Path) -> Path:
    """A self-signed one for localhost, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "door.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


class Answering(http.server.BaseHTTPRequestHandler):
    hsts, trace, location = HSTS, 405, ""

    def do_GET(self) -> None:
        self.send_response(301 if self.location else 200)
        for name, value in (("Strict-Transport-Security", self.hsts), ("Location", self.location)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_TRACE(self) -> None:
        self.send_response(self.trace)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(context: ssl.SSLContext | None = None, **ways: Any) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Ways", (Answering,), ways))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are what is asked for
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def context_of(file: Path, *, careless: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_ciphers("ALL:@SECLEVEL=0" if careless else "ECDHE+AESGCM:ECDHE+CHACHA20")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1 if careless else ssl.TLSVersion.TLSv1_2
    return context


def test_a_good_door_has_no_findings_and_the_command_says_so(
    tmp_path: Path, capsys: Any, monkeypatch: Any, settings: Any
) -> None:
    file = certificate(tmp_path)
    settings.BREACHED_PASSWORDS = tmp_path / "breached.txt"
    settings.BREACHED_PASSWORDS.write_text("0" * 41 * 3_000)
    monkeypatch.setattr("tenants.console.site_check._clock_state", lambda: 0)
    with serving(context_of(file)) as port, serving(location="https://localhost/login/") as plain:
        door = Door("localhost", "127.0.0.1", port, plain, str(file))
        assert list(findings(door)) == []
        call_command("check_site", "localhost", address="127.0.0.1", port=port, plain_port=plain, authority=str(file))
    assert "指摘はありません" in capsys.readouterr().out


def test_a_careless_door_is_told_everything(tmp_path: Path) -> None:
    file = certificate(tmp_path)
    careless = context_of(file, careless=True)
    with serving(careless, hsts="max-age=60", trace=200) as port, serving() as plain:
        told = list(findings(Door("localhost", "127.0.0.1", port, plain, str(file))))
        unknown = list(findings(Door("localhost", "127.0.0.1", port, plain)))
        with pytest.raises(CommandError):
            call_command("check_site", "localhost", address="127.0.0.1", port=port, plain_port=plain)
    assert [one.partition(":")[0] for one in told] == ["TLS", "暗号", "HSTS", "TRACE", "HTTP"]
    assert unknown[0].startswith("証明書")


def test_a_door_that_is_shut_is_told(tmp_path: Path) -> None:
    with serving() as plain:
        told = list(findings(Door("localhost", "127.0.0.1", plain, plain)))
    assert [one.partition(":")[0] for one in told] == ["TLS", "HTTP"]


@pytest.mark.parametrize(("state", "told"), [(0, False), (1, False), (5, True)])
def test_a_clock_that_nobody_keeps_is_told(state: int, told: bool) -> None:
    assert bool(clock_finding(lambda: state)) is told


def test_a_list_of_passwords_that_is_missing_or_too_short_is_told(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("0" * 41)
    assert all("SHOREI_BREACHED_PASSWORDS" in passwords_finding(one) for one in (None, tmp_path, tmp_path / "short"))


def test_the_machine_is_asked() -> None:
    from tenants.console.site_check import _clock_state

    assert _clock_state() in range(6)

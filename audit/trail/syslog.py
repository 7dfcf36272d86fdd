"""Syslog over TLS: messages of RFC 5424, framed by octet counting as RFC 5425 asks. For the prefecture's own log server."""

import logging
import os
import socket
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger(__name__)

FACILITY_LOG_AUDIT = 13
SEVERITY_NOTICE = 5
PRIORITY = FACILITY_LOG_AUDIT * 8 + SEVERITY_NOTICE
SECONDS = 10
_BOM = "\ufeff"


class ReceiverAway(Exception):
    """`trail.receiver-away`: the log server cannot be reached, is not who it should be, or broke off."""

    identifier = "trail.receiver-away"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A log server: its name must stand in its certificate, which ``authority`` (PEM) must have issued."""

    host: str
    port: int
    authority: str
    certificate: str = ""
    key: bytes = b""


def message(kind: str, text: str, at: datetime, *, sender: str) -> bytes:
    """One message of RFC 5424: facility 13 (log audit), severity notice; ``kind`` is its MSGID."""
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{PRIORITY}>1 {time} {_word(sender, 255)} shugaku-trail {os.getpid()} {_word(kind, 32)} - "
    return (head + _BOM + text).encode()


def send(receiver: Receiver, messages: Iterable[bytes]) -> int:
    """Send messages over one connection; returns how many. Raises ReceiverAway: nothing is known of the last ones then."""
    sent = 0
    try:
        context = _context(receiver)
        with (
            socket.create_connection((receiver.host, receiver.port), timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=receiver.host) as line,
        ):
            for one in messages:
                line.sendall(f"{len(one)} ".encode() + one)
                sent += 1
            _close(line)
    except (OSError, ValueError) as error:
        raise ReceiverAway(f"{type(error).__name__}") from error
    return sent


def _close(line: ssl.SSLSocket) -> None:
    """The closing handshake: the other side has read to the end. Some end the connection in order and say nothing; what was written
    before counts as taken then, or the same batch would go there for ever. A reset, or silence, is a failure."""
    try:
        line.unwrap()
    except ssl.SSLEOFError:
        logger.info("syslog: the receiver ends its connections without close_notify")
    except OSError as error:
        if error.errno:
            raise
        logger.info("syslog: the receiver ends its connections without close_notify")


def _context(receiver: Receiver) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=receiver.authority)
    if receiver.certificate:
        _load_own(context, receiver)
    return context


def _load_own(context: ssl.SSLContext, receiver: Receiver) -> None:
    """The ssl module reads keys from files only: a folder that nobody else may open, gone at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(receiver.key + b"\n" + receiver.certificate.encode())
        context.load_cert_chain(path)


def _word(text: str, longest: int) -> str:
    return "".join(letter for letter in text if "!" <= letter <= "~")[:longest] or "-"

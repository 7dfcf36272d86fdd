"""Asking the virus scanner of the place (`settings.VIRUS_SCANNER`), by clamd's protocol (INSTREAM).

The scanner is the operator's: production names one and does not start without. What cannot be scanned is not taken.
"""

from __future__ import annotations

import logging
import socket
from contextlib import closing
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

logger = logging.getLogger(__name__)

SECONDS: Final = 20
CHUNK: Final = 64 * 1024
LONGEST_ANSWER: Final = 4096


class Verdict(Enum):
    CLEAN = "clean"
    FOUND = "found"
    UNKNOWN = "unknown"
    """No scanner answered, or it gave no verdict (too large for it, say)."""


def verdict(file: UploadedFile[Any]) -> Verdict:
    """What the scanner says of a file. Where no scanner is set (development), every file is clean."""
    place = settings.VIRUS_SCANNER
    if not place:
        return Verdict.CLEAN
    try:
        with closing(_connected(place)) as scanner:
            answer = _ask(scanner, file)
    except OSError as error:
        logger.error("virus scanner: no answer (%s)", type(error).__name__)
        return Verdict.UNKNOWN
    finally:
        file.seek(0)
    if answer.endswith(b" FOUND"):
        return Verdict.FOUND
    if answer != b"stream: OK":
        logger.error("virus scanner: neither clean nor found")
        return Verdict.UNKNOWN
    return Verdict.CLEAN


def _connected(place: str) -> socket.socket:
    """`place`: the absolute path of a socket, or host:port."""
    if place.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(SECONDS)
        scanner.connect(place)
        return scanner
    host, _, port = place.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _ask(scanner: socket.socket, file: UploadedFile[Any]) -> bytes:
    """Chunks, each after its length in four bytes; a length of nought ends them. The answer ends with a null byte."""
    scanner.sendall(b"zINSTREAM\0")
    for chunk in file.chunks(CHUNK):
        scanner.sendall(len(chunk).to_bytes(4, "big") + chunk)
    scanner.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = scanner.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0")

"""The front door of a place where this runs, looked at from outside: what only the proxy and the machine can keep (ASVS 12.1, 12.2).

Nothing is sent but a handful of requests without cookies to the hosts named. Each finding says what is wrong and what to do.
"""

from __future__ import annotations

import ctypes
import http.client
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 10
WEAK_CIPHERS: Final = (
    "AES128-SHA:AES256-SHA:AES128-SHA256:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"
)
"""Without forward secrecy, or without authentication of what is enciphered."""

LEAST_HSTS_SECONDS: Final = 365 * 24 * 60 * 60
LEAST_PASSWORDS: Final = 3_000
"""So many of the length that is asked for here a list must hold (ASVS 6.2.4)."""

SIGNS_A_PASSWORD: Final = 40
"""A SHA-1 in hexadecimal, as such lists are given out; a count or nothing follows it."""

TIME_ERROR: Final = 5
"""What adjtimex(2) answers while nothing keeps the machine's clock."""


@dataclass(frozen=True, slots=True)
class Door:
    """One host as people reach it. `authority`: a certificate file to believe instead of the machine's own."""

    host: str
    address: str
    port: int = 443
    plain_port: int = 80
    authority: str | None = None


def findings(door: Door) -> Iterator[str]:
    """What is not as it has to be at this door; nothing when all is well."""
    for check in (_verified, _old_versions, _weak_ciphers, _answers, _plain):
        yield from check(door)


def clock_finding(state: Callable[[], int] | None = None) -> str:
    """ "" when the machine's clock is kept by a time service: one-time passwords and the trail's seals hang on it (6.5.8)."""
    found = (state or _clock_state)()
    return (
        "時刻: この機械の時計は時刻サーバに合っていません。chrony などを動かしてください。"
        if found == TIME_ERROR
        else ""
    )


def passwords_finding(file: Path | None) -> str:
    """ "" when the operator's list of breached passwords is there and long enough (6.2.4, 6.2.12)."""
    least = LEAST_PASSWORDS * SIGNS_A_PASSWORD
    if file is not None and file.is_file() and file.stat().st_size >= least:
        return ""
    return (
        f"パスワード: 流出したパスワードの一覧（SHOREI_BREACHED_PASSWORDS、{LEAST_PASSWORDS:,}件以上）がありません。"
        "配布されている SHA-1 の一覧を持ち込み、環境変数で指してください。"
    )


def _clock_state() -> int:
    room = ctypes.create_string_buffer(512)  # struct timex, all nought: read, change nothing
    return int(ctypes.CDLL(None).adjtimex(room))


def _verified(door: Door) -> Iterator[str]:
    try:
        _connected(door, ssl.create_default_context(cafile=door.authority)).close()
    except ssl.SSLCertVerificationError as error:
        yield f"証明書: {door.host} の証明書を確かめられません（{error.verify_message}）。"
    except OSError as error:
        yield f"TLS: {door.host} に TLS でつながりません（{type(error).__name__}）。"


def _old_versions(door: Door) -> Iterator[str]:
    context = _careless()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    if _is_taken(door, context):
        yield f"TLS: {door.host} が TLS 1.1 以前を受け入れます。TLS 1.2 以上だけにしてください。"


def _weak_ciphers(door: Door) -> Iterator[str]:
    context = _careless()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(WEAK_CIPHERS)
    if _is_taken(door, context):
        yield f"暗号: {door.host} が弱い暗号を受け入れます。ECDHE と AES-GCM または ChaCha20 の組だけにしてください。"


def _answers(door: Door) -> Iterator[str]:
    with suppress(OSError):  # told by _verified
        status, headers = _asked(door, "GET")
        seconds = (headers.get("Strict-Transport-Security") or "").partition("max-age=")[2].partition(";")[0]
        if not (seconds.isdigit() and int(seconds) >= LEAST_HSTS_SECONDS):
            yield f"HSTS: {door.host} の Strict-Transport-Security が1年未満か、ありません（応答 {status}）。"
        status, _ = _asked(door, "TRACE")
        if status < 400:
            yield f"TRACE: {door.host} が TRACE に応えます（応答 {status}）。プロキシで断ってください。"


def _plain(door: Door) -> Iterator[str]:
    connection = http.client.HTTPConnection(door.address, door.plain_port, timeout=SECONDS)
    try:
        connection.request("GET", "/login/", headers={"Host": door.host})
        answer = connection.getresponse()
    except OSError:
        return
    finally:
        connection.close()
    if not (answer.status in (301, 308) and (answer.getheader("Location") or "").startswith("https://")):
        yield f"HTTP: {door.host} が暗号化なしで応えます（応答 {answer.status}）。https へ移すか、閉じてください。"


def _careless() -> ssl.SSLContext:
    """Believes any certificate: asks only whether a bad handshake would be taken. No request follows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _is_taken(door: Door, context: ssl.SSLContext) -> bool:
    try:
        _connected(door, context).close()
    except OSError:
        return False
    return True


def _connected(door: Door, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection((door.address, door.port), timeout=SECONDS)
    try:
        return context.wrap_socket(plain, server_hostname=door.host)
    except OSError:
        plain.close()
        raise


def _asked(door: Door, method: str) -> tuple[int, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(door.host, door.port, timeout=SECONDS)
    connection.sock = _connected(door, ssl.create_default_context(cafile=door.authority))
    try:
        connection.request(method, "/login/", headers={"Host": door.host})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()

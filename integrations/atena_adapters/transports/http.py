"""HTTP: post the request, fetch the answer later.

Statuses understood: 200 answer, 202 taken or not ready, 400/409/422 receipt with refusals, 401/403 credentials,
404 unknown batch, 408/429/5xx try again.
"""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable, Container, Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from pydantic import SecretStr

from integrations.atena_adapters.config import HttpTransport
from integrations.atena_adapters.config.templates import fill
from integrations.atena_adapters.errors import (
    AnswerUnreadable,
    AuthenticationRefused,
    BatchUnknown,
    CommunicationError,
    ConfigurationInvalid,
)
from integrations.atena_adapters.port import CheckResult, CheckState, Health
from integrations.atena_adapters.transports.base import Address, Delivery
from integrations.atena_adapters.transports.clocks import clock_result
from integrations.atena_adapters.transports.downloads import read_pointer
from integrations.atena_adapters.transports.limited import LONGEST_ACT
from integrations.atena_adapters.transports.oauth import TokenSource

_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_REFUSALS = frozenset({400, 409, 422})
_LONGEST_PAUSE = 30.0
_NO_WAY = "統合宛名側につながりません。接続先と通信経路を確かめてください。"
LARGEST = 64 * 1024 * 1024  # bytes; 100,000 lines (the most that a batch may hold) of 600 bytes


class HttpLink:
    """The HTTP transport.  Numbers travel in bodies only, never in a path."""

    by_people = False

    def __init__(
        self,
        config: HttpTransport,
        secret: SecretStr | None,
        *,
        certificate: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._config = config
        self._secret = secret
        self._sleep = sleep
        self._used = SecretStr("")
        self._ahead: float | None = None
        self._tls = _tls(config, certificate)
        self._tokens = TokenSource(config, secret) if config.auth == "oauth2" and secret else None

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Post a request."""
        path = self._path(self._config.submit_path, address)
        response = self._call("POST", path, payload, {"Content-Type": content_type})
        if response.status_code == HTTPStatus.OK:
            return Delivery(answer=response.content)
        if response.status_code == HTTPStatus.ACCEPTED or response.status_code in _REFUSALS:
            return Delivery(receipt=response.content)
        raise _unexpected(response)

    def fetch_receipt(self, address: Address) -> bytes | None:
        """Nothing: the receipt came in the response to the sending."""
        return None

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """Poll once."""
        response = self._call("GET", self._path(self._config.answer_path, address))
        if response.status_code == HTTPStatus.OK:
            return [self._download(response.content) if self._config.answer_by == "url" else response.content]
        if response.status_code == HTTPStatus.ACCEPTED:
            return []
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise BatchUnknown(
                "統合宛名側がこの送信単位を知りません。同じ内容をもう一度送ってください。", retryable=True
            )
        raise _unexpected(response)

    def withdraw(self, address: Address) -> None:
        """Nothing stays between the two sides."""

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Nothing stays between the two sides."""
        return True

    def health(self) -> Health:
        """Ask the health path once."""
        try:
            response = self._call("GET", self._config.health_path, attempts=1)
        except CommunicationError as error:
            return Health(ok=False, message=error.message)
        if response.status_code == HTTPStatus.OK:
            return Health(ok=True, message="統合宛名側につながります。")
        return Health(ok=False, message=_unexpected(response).message)

    def check(self) -> list[CheckResult]:
        """Reachable, credentials known, clocks together."""
        self._ahead = None
        health = self.health()
        remedy = "接続先のURL、認証情報、通信の許可(ファイアウォール)を確かめてください。"
        state = CheckState.OK if health.ok else CheckState.FAILED
        found = [CheckResult("接続と認証", state, health.message, "" if health.ok else remedy)]
        return found if self._ahead is None else [*found, clock_result(self._ahead)]

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """Nothing: the receipt came in the response to the sending."""
        return self.fetch_receipt(address)

    def _path(self, template: str, address: Address) -> str:
        word = self._config.names.word(address.kind)
        return fill(template, kind=word, batch=address.batch_id, sequence=address.sequence, made_at=address.made_at)

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        attempts: int = 0,
    ) -> httpx.Response:
        left = attempts or self._config.attempts
        pause = self._config.pause_seconds
        renewed = self._tokens is None
        stayed = True
        while True:
            left -= 1
            try:
                response = self._once(method, path, body, headers or {})
                stayed = False
                if response.status_code == HTTPStatus.UNAUTHORIZED and not renewed:
                    renewed = True
                    self._forget_token()
                    response = self._once(method, path, body, headers or {})
            except CommunicationError as error:
                stayed = error.nothing_left = (
                    stayed and error.nothing_left
                )  # one attempt that may have arrived is enough
                if left <= 0 or not error.retryable:
                    raise
                self._sleep(pause)
            else:
                if response.status_code not in _AGAIN:
                    return _authenticated(response)
                if left <= 0:
                    raise _unexpected(response)
                self._sleep(_asked_pause(response, pause))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> httpx.Response:
        """One request with the credentials of the configuration."""
        response = self._bare(method, path, body, headers | self._credentials())
        self._ahead = _seconds_ahead(response)
        return response

    def _bare(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> httpx.Response:
        try:
            with httpx.Client(
                base_url=self._config.base_url,
                timeout=self._config.timeout_seconds,
                verify=self._tls,
                trust_env=False,
                follow_redirects=False,  # the credentials go to the configured machine only
            ) as client:
                sent = {"Accept-Encoding": "identity"} | headers
                with client.stream(method, path, content=body, headers=sent) as response:
                    return _whole(response)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise CommunicationError(_NO_WAY, retryable=True, nothing_left=True) from None
        except httpx.TimeoutException:
            raise CommunicationError("統合宛名側の応答が時間内にありません。", retryable=True) from None
        except httpx.HTTPError:
            raise CommunicationError(_NO_WAY, retryable=True) from None

    def _credentials(self) -> dict[str, str]:
        if self._config.auth == "none" or self._secret is None:
            return {}
        if self._tokens is not None:
            self._used = SecretStr(self._tokens.token(self._post_form))
            return {"Authorization": f"Bearer {self._used.get_secret_value()}"}
        value = self._secret.get_secret_value()
        if self._config.auth == "bearer":
            return {"Authorization": f"Bearer {value}"}
        return {self._config.auth_header: value}

    def _post_form(self, path: str, form: bytes) -> tuple[int, bytes]:
        response = self._bare("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        if response.status_code in _AGAIN:
            raise _unexpected(response)
        return response.status_code, response.content

    def _forget_token(self) -> None:
        if self._tokens is not None:
            self._tokens.forget(self._used.get_secret_value())

    def _download(self, pointer: bytes) -> bytes:
        """The answer behind the pointer that the other side gave."""
        url, digest = read_pointer(pointer, self._config)
        response = self._call("GET", url)
        if response.status_code != HTTPStatus.OK:
            raise _unexpected(response)
        if digest and hashlib.sha256(response.content).hexdigest() != digest:
            raise AnswerUnreadable(
                "ダウンロードした回答のSHA-256が合いません。転送の途中で壊れています。取り込みません。",
                payload=response.content,
            )
        return response.content


def _whole(response: httpx.Response) -> httpx.Response:
    """The answer as it came over the line, up to `LARGEST` bytes: a packed or endless one could fill the memory."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise CommunicationError("統合宛名側の応答が圧縮されています。圧縮しない設定にするよう依頼してください。")
    content, until = bytearray(), time.monotonic() + LONGEST_ACT
    for piece in response.iter_raw():
        if time.monotonic() > until:  # nobody waits for the rest any more
            raise CommunicationError("統合宛名側の応答が時間内に終わりません。", retryable=True)
        content += piece
        if len(content) > LARGEST:
            raise CommunicationError("統合宛名側の応答が大きすぎます。1回に送れる件数を減らしてください。")
    kept = [(name, value) for name, value in response.headers.raw if name.lower() in (b"retry-after", b"date")]
    return httpx.Response(response.status_code, headers=kept, content=bytes(content))


def _tls(config: HttpTransport, certificate: Path | None) -> ssl.SSLContext | bool:
    """Certificates are always checked; plain HTTP is for the same machine only (see the configuration)."""
    if not config.base_url.startswith("https://") and not config.allowed_downloads:
        return False
    try:
        return ssl.create_default_context(cafile=certificate)
    except OSError:
        raise ConfigurationInvalid("認証局証明書を読めません。ファイルの場所と形式(PEM)を確かめてください。") from None


def _authenticated(response: httpx.Response) -> httpx.Response:
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise AuthenticationRefused("統合宛名側が認証情報を受け付けません。登録した認証情報を確かめてください。")
    return response


def _seconds_ahead(response: httpx.Response) -> float | None:
    """How far the other side's clock is ahead of ours, by its Date header."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).timestamp() - time.time()
    except (KeyError, ValueError, OverflowError):
        return None


def _asked_pause(response: httpx.Response, otherwise: float) -> float:
    """Seconds to wait: the other side's Retry-After (seconds, or a date), within reason."""
    asked = response.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_PAUSE)
    try:
        wait = parsedate_to_datetime(asked).timestamp() - time.time()
    except (ValueError, OverflowError):
        return otherwise
    return min(max(wait, 0.0), _LONGEST_PAUSE)


def _unexpected(response: httpx.Response) -> CommunicationError:
    status = response.status_code
    if status in _AGAIN:
        return CommunicationError(f"統合宛名側が混み合っているか止まっています(状態{status})。", retryable=True)
    return CommunicationError(f"統合宛名側が予期しない応答を返しました(状態{status})。設定の経路を確かめてください。")

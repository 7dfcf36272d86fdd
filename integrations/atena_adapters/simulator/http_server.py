"""The HTTP side: loopback only, JSON or whatever the profile's dialect writes."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from integrations.atena_adapters.config import HttpTransport, Workflow
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.simulator.damage import cut
from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.names import NamePattern
from integrations.atena_adapters.simulator.office import Office

_RETRY = {"Retry-After": "0"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP response."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] | None = None


class Counter:
    """Answers requests, without sockets.  `token` "" accepts any credentials."""

    def __init__(
        self, config: HttpTransport, workflow: Workflow, office: Office, faults: Faults, token: str, stall: float
    ) -> None:
        self._config = config
        self._workflow = workflow
        self._office = office
        self._faults = faults
        self._token = token
        self._stall = stall
        self._submit = NamePattern(config.submit_path, config.names)
        self._answer = NamePattern(config.answer_path, config.names)

    @property
    def content_type(self) -> str:
        """The media type of all bodies."""
        return self._office.content_type

    def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The response to one request."""
        if trouble := self._trouble(headers):
            return trouble
        if method == "GET" and path == self._config.health_path:
            return Reply(HTTPStatus.OK)
        if method == "POST" and (address := self._submit.read(path)):
            taken, receipt = self._office.take(address, body)
            if taken and self._in_call(address.kind):
                return self._answers(address.kind, address.batch_id)
            return Reply(HTTPStatus.ACCEPTED if taken else HTTPStatus.CONFLICT, receipt)
        if method == "GET" and (address := self._answer.read(path)):
            return self._poll(address.kind, address.batch_id)
        return Reply(HTTPStatus.NOT_FOUND)

    def _trouble(self, headers: Mapping[str, str]) -> Reply | None:
        if self._faults.strikes(Fault.TIMEOUT):
            time.sleep(self._stall)
        if self._faults.strikes(Fault.HTTP_401) or not self._knows(headers):
            return Reply(HTTPStatus.UNAUTHORIZED)
        if self._faults.strikes(Fault.HTTP_429):
            return Reply(HTTPStatus.TOO_MANY_REQUESTS, headers=_RETRY)
        if self._faults.strikes(Fault.HTTP_503):
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, headers=_RETRY)
        return None

    def _knows(self, headers: Mapping[str, str]) -> bool:
        if not self._token or self._config.auth == "none":
            return True
        bearer = self._config.auth == "bearer"
        given = headers.get("Authorization" if bearer else self._config.auth_header) or ""
        return hmac.compare_digest(given.removeprefix("Bearer ") if bearer else given, self._token)

    def _in_call(self, kind: RequestKind) -> bool:
        inquiry = kind is RequestKind.INQUIRY
        return (self._workflow.inquiry_answer if inquiry else self._workflow.registration_answer) == "in_call"

    def _poll(self, kind: RequestKind, batch_id: str) -> Reply:
        batch = self._office.find(kind, batch_id)
        if batch is None:
            return Reply(HTTPStatus.NOT_FOUND)
        return self._answers(kind, batch_id) if self._office.is_ready(batch) else Reply(HTTPStatus.ACCEPTED)

    def _answers(self, kind: RequestKind, batch_id: str) -> Reply:
        batch = self._office.find(kind, batch_id)
        if batch is None:
            return Reply(HTTPStatus.NOT_FOUND)
        rows = self._office.answers(batch) + (self._office.rejections(batch) if self._in_call(kind) else [])
        payload = self._office.write(batch, rows)
        return Reply(HTTPStatus.OK, cut(payload) if self._faults.strikes(Fault.TRUNCATED, kind) else payload)


def make_server(port: int, counter: Counter) -> ThreadingHTTPServer:
    """A server on 127.0.0.1; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        """Hands requests to the counter; logs nothing."""

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Nothing: paths and bodies stay out of logs."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = counter.reply(self.command, self.path, dict(self.headers), body)
            try:
                self._answer(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client stopped waiting

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in (reply.headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", counter.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server

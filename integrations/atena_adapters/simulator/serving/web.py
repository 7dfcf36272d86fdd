"""A small HTTP server on loopback; it writes no log, so that paths and bodies stay out of logs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LONGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    host: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response.  `cut_at` closes the connection after so many bytes of the body."""

    status: HTTPStatus
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None


class Server:
    """Answers on 127.0.0.1; port 0 takes a free one.  `drops` is asked whether to hang up while a body comes in."""

    def __init__(
        self,
        port: int,
        answer: Callable[[Request], Reply],
        *,
        now: Callable[[], float] = time.time,
        drops: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.http = ThreadingHTTPServer(("127.0.0.1", port), _handler(answer, now, drops))
        self.http.daemon_threads = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.http.server_address[1])


def serve(stack: ExitStack, server: Server) -> int:
    """Serve in a thread of its own until the stack closes; the port."""
    threading.Thread(target=server.http.serve_forever, args=(0.05,), daemon=True).start()
    stack.callback(server.http.server_close)
    stack.callback(server.http.shutdown)
    return server.port


def _handler(
    answer: Callable[[Request], Reply], now: Callable[[], float], drops: Callable[[str], bool]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Hands requests on."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Nothing."""

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(now() if timestamp is None else timestamp, usegmt=True)

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > _LONGEST_BODY:
                self.close_connection = True
                return
            if length and drops(self.path):
                self.rfile.read(length // 2)
                self.close_connection = True
                return
            headers = {name.title(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            reply = answer(Request(self.command, self.path, headers, body, headers.get("Host", "")))
            try:
                self._send(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client stopped waiting

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut_at])
            if reply.cut_at is not None:
                self.close_connection = True

    return Handler

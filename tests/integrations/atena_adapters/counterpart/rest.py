"""REST with OAuth2: a token endpoint that checks the assertion, an API, and a second server to download from."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tests.integrations.atena_adapters.counterpart.office import Office

SECRET = "sample-client-secret-of-32-letters"


@dataclass
class RestSide:
    """What the servers know and what is to go wrong next (`faults`: statuses to give instead of an answer)."""

    office: Office
    tokens: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    issued: int = 0
    lasts: int = 300
    faults: list[int] = field(default_factory=list)
    foreign_url: str = ""
    damage: bool = False
    url: str = ""
    files: str = ""

    def reply(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """One response of either server."""
        if path == "/oauth2/token":
            return self._token(parse_qs(body.decode()))
        if self.faults:
            return self.faults.pop(0), b"", {"Retry-After": "0"}
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, b"", {}
        parts = path.strip("/").split("/")
        if parts[-1] == "health":
            return 200, b"", {}
        if method == "POST":
            taken, receipt = self.office.take(parts[2], parts[3], body)
            return (202 if taken else 409), receipt, {}
        payload = self.office.answer(
            parts[-3] if parts[-1] == "result" else parts[-2], parts[-2] if parts[-1] == "result" else parts[-1]
        )
        if payload is None:
            return 404, b"", {}
        if parts[-1] == "result":
            url = self.foreign_url or f"{self.files}/files/{parts[-3]}/{parts[-2]}"
            return 200, json.dumps({"url": url, "sha256": hashlib.sha256(payload).hexdigest()}).encode(), {}
        return 200, payload[:-5] if self.damage else payload, {}

    def _token(self, form: dict[str, list[str]]) -> tuple[int, bytes, dict[str, str]]:
        try:
            claims = jwt.decode(form["client_assertion"][0], OctKey.import_key(SECRET), algorithms=["HS256"]).claims
        except JoseError:
            return 401, b'{"error":"invalid_client"}', {}
        good = (
            claims["iss"] == claims["sub"] == "shugaku-shorei"
            and claims["aud"] == f"{self.url}/oauth2/token"
            and time.time() - 5 < claims["exp"] <= time.time() + 60
            and claims["jti"] not in self.used
            and form["grant_type"] == ["client_credentials"]
        )
        if not good:
            return 401, b'{"error":"invalid_client"}', {}
        self.used.add(claims["jti"])
        self.issued += 1
        token = f"token-{self.issued}"
        self.tokens.add(token)
        return 200, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}).encode(), {}


@contextmanager
def rest_side(office: Office) -> Iterator[RestSide]:
    """Both servers, until the block ends."""
    side = RestSide(office)
    servers = [_server(side), _server(side)]
    side.url, side.files = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    try:
        yield side
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _server(side: RestSide) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content, headers = side.reply(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the base class names it so

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server

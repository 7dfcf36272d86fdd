"""The HTTP side: submit, poll, download, token endpoint, and the stand-in for the terminal."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from integrations.atena_adapters.simulator.damage import cut
from integrations.atena_adapters.simulator.faults import Fault
from integrations.atena_adapters.simulator.items import Kind
from integrations.atena_adapters.simulator.naming import Pattern
from integrations.atena_adapters.simulator.office import Address, Office
from integrations.atena_adapters.simulator.profile import Profile
from integrations.atena_adapters.simulator.serving.tokens import Refused, Tokens
from integrations.atena_adapters.simulator.serving.web import Reply, Request
from integrations.atena_adapters.simulator.wire.messages import content_type

INTROSPECTION = "/oauth2/introspect"
_TERMINAL = "/terminal/{kind}/{batch}"
_DOWNLOADS = "/kekka/"
_JSON = "application/json"
_KEPT_DOWNLOADS = 500
_ANSWERED = {
    Kind.INQUIRY: "inquiry_answer", Kind.REGISTRATION: "registration_answer", Kind.LINKAGE: "registration_answer",
}  # fmt: skip


class RestSide:
    """Answers requests, without sockets.  `secret` "" accepts any credentials."""

    def __init__(self, profile: Profile, office: Office, secret: str, stall: float) -> None:
        self._profile = profile
        self._office = office
        self._secret = secret
        self._stall = stall
        self._faults = office.faults
        self._type = content_type(office.form)
        self._submit = Pattern(profile, str(profile.option("submit_path", "/{kind}/{batch}")))
        self._answer = Pattern(profile, str(profile.option("answer_path", "/{kind}/{batch}/answer")))
        self._terminal = Pattern(profile, _TERMINAL)
        self._downloads: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self.base_url = self.download_url = ""
        name, scope = str(profile.option("client_id", "")), str(profile.option("scope", ""))
        seconds = office.conduct.token_seconds
        self.tokens = Tokens(name, secret, scope, seconds=seconds, now=office.clock.now)

    def drops(self, path: str) -> bool:
        """Whether the connection breaks while this body comes in."""
        address = self._submit.read(path)
        return address is not None and self._faults.strikes(Fault.DROP_UPLOAD, address.kind)

    def reply(self, request: Request) -> Reply:
        """The response of the API to one request."""
        method, path = request.method, request.path
        if method == "POST" and self._oauth and path == self._profile.option("token_path", "/oauth2/token"):
            return self._token(request.body)
        if method == "POST" and self._oauth and path == INTROSPECTION:
            token = parse_qs(request.body.decode("ascii", errors="replace")).get("token", [""])[0]
            return _json(HTTPStatus.OK, self.tokens.introspect(token))
        if trouble := self._trouble(request.headers):
            return trouble
        if method == "GET" and path == self._profile.option("health_path", "/health"):
            return Reply(HTTPStatus.OK)
        if method == "POST" and (address := self._terminal.read(path)):
            return self._keyed(address, request.body)
        if method == "POST" and (address := self._submit.read(path)):
            taken, receipt = self._office.take(address, request.body)
            if taken and self._in_call(address.kind):
                return self._answers(address)
            return Reply(HTTPStatus.ACCEPTED if taken else HTTPStatus.CONFLICT, receipt, self._type)
        if method == "GET" and (address := self._answer.read(path)):
            return self._poll(address)
        return Reply(HTTPStatus.NOT_FOUND)

    def download(self, request: Request) -> Reply:
        """The response of the separate place of downloads."""
        if trouble := self._trouble(request.headers):
            return trouble
        payload = self._downloads.get(request.path.removeprefix(_DOWNLOADS))
        if request.method != "GET" or payload is None:
            return Reply(HTTPStatus.NOT_FOUND)
        return self._body(payload, Kind.INQUIRY)

    @property
    def _oauth(self) -> bool:
        return bool(self._profile.option("auth", "bearer") == "oauth2")

    def _token(self, form: bytes) -> Reply:
        path = str(self._profile.option("token_path", "/oauth2/token"))
        audience = str(self._profile.option("token_audience", ""))
        try:
            return _json(HTTPStatus.OK, self.tokens.grant(form, frozenset({audience or self.base_url + path})))
        except Refused as error:
            status = HTTPStatus.UNAUTHORIZED if str(error) == "invalid_client" else HTTPStatus.BAD_REQUEST
            return _json(status, {"error": str(error)})

    def _trouble(self, headers: Mapping[str, str]) -> Reply | None:
        if self._faults.strikes(Fault.TIMEOUT):
            time.sleep(self._stall)
        if self._faults.strikes(Fault.TOKEN_EXPIRED):
            self.tokens.expire_all()
        if self._faults.strikes(Fault.HTTP_401) or not self._knows(headers):
            return Reply(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        if self._faults.strikes(Fault.HTTP_429):
            return Reply(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "0"})
        if self._faults.strikes(Fault.HTTP_503):
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "0"})
        if not self._office.is_open():
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
        return None

    def _knows(self, headers: Mapping[str, str]) -> bool:
        how = self._profile.option("auth", "bearer")
        if not self._secret or how == "none":
            return True
        name = "Authorization" if how in ("bearer", "oauth2") else str(self._profile.option("auth_header", "X-Api-Key"))
        given = headers.get(name.title()) or ""
        given = given.removeprefix("Bearer ") if name == "Authorization" else given
        return self.tokens.knows(given) if how == "oauth2" else hmac.compare_digest(given, self._secret)

    def _in_call(self, kind: Kind) -> bool:
        """Whether answers come with the submission."""
        return self._profile.workflow.get(_ANSWERED.get(kind, "act_answer")) == "in_call"

    def _keyed(self, address: Address, body: bytes) -> Reply:
        """What a clerk reads off the other side's terminal after keying the sheet in: everything at once."""
        taken, receipt = self._office.take(address, body)
        batch = self._office.find(address.kind, address.batch_id)
        if not taken or batch is None:
            return Reply(HTTPStatus.CONFLICT, receipt, self._type)
        rows = self._office.answers(batch) + self._office.rejections(batch)
        return Reply(HTTPStatus.OK, self._office.write(batch, rows), self._type)

    def _poll(self, address: Address) -> Reply:
        batch = self._office.find(address.kind, address.batch_id)
        if batch is None:
            return Reply(HTTPStatus.NOT_FOUND)
        return self._answers(address) if self._office.is_ready(batch) else Reply(HTTPStatus.ACCEPTED)

    def _answers(self, address: Address) -> Reply:
        kind = address.kind
        batch = self._office.find(kind, address.batch_id)
        if batch is None:
            return Reply(HTTPStatus.NOT_FOUND)
        told = self._office.rejections(batch) if self._in_call(kind) else []
        rows = self._office.answers(batch) + told
        short = len(rows) > 1 and self._faults.strikes(Fault.MISSING_LINE, kind)
        payload = self._office.write(batch, rows[:-1] if short else rows)
        if self._profile.option("answer_by", "body") != "url":
            return self._body(payload, kind)
        digest = hashlib.sha256(payload).hexdigest()
        with self._lock:
            self._downloads[digest] = cut(payload) if self._faults.strikes(Fault.TRUNCATED, kind) else payload
            while len(self._downloads) > _KEPT_DOWNLOADS:
                del self._downloads[next(iter(self._downloads))]
        return _json(HTTPStatus.OK, {"url": f"{self.download_url}{_DOWNLOADS}{digest}", "sha256": digest})

    def _body(self, payload: bytes, kind: Kind) -> Reply:
        if self._faults.strikes(Fault.TRUNCATED, kind):
            payload = cut(payload)
        at = len(payload) // 2 if self._faults.strikes(Fault.DROP_ANSWER, kind) else None
        return Reply(HTTPStatus.OK, payload, self._type, cut_at=at)


def _json(status: HTTPStatus, values: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(values).encode(), _JSON, {"Cache-Control": "no-store"})

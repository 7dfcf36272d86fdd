"""OAuth 2.0 client credentials with client_secret_jwt (RFC 7523): the token endpoint and its introspection."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

_GRANT = "client_credentials"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LEEWAY = 30.0
_LONGEST = 300.0
_PARTS = 3


class Refused(Exception):
    """The error word of RFC 6749 §5.2."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A token that was given; `until` in seconds since 1970."""

    scope: str
    until: float


class Tokens:
    """Gives and knows bearer tokens.  Every assertion serves once."""

    def __init__(self, client_id: str, secret: str, scope: str, *, seconds: float, now: Callable[[], float]) -> None:
        self._client_id = client_id
        self._secret = secret
        self._scope = frozenset(scope.split())
        self._seconds = seconds
        self._now = now
        self.issued = 0
        self._granted: dict[str, Granted] = {}
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def grant(self, form: bytes, audiences: frozenset[str]) -> dict[str, Any]:
        """The answer of the token endpoint.  Raises `Refused`."""
        values = {name: texts[-1] for name, texts in parse_qs(form.decode("ascii", errors="replace")).items()}
        if values.get("grant_type") != _GRANT:
            raise Refused("unsupported_grant_type")
        if values.get("client_assertion_type") != _ASSERTION:
            raise Refused("invalid_client")
        self._check(_claims(values.get("client_assertion", ""), self._secret), audiences)
        scope = values.get("scope", "")
        if self._scope and not set(scope.split()) <= self._scope:
            raise Refused("invalid_scope")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self.issued += 1
            self._granted[token] = Granted(scope, self._now() + self._seconds)
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(self._seconds), "scope": scope}

    def knows(self, token: str) -> bool:
        """Whether a token is good now."""
        granted = self._granted.get(token)
        return granted is not None and self._now() < granted.until

    def introspect(self, token: str) -> dict[str, Any]:
        """The answer of RFC 7662."""
        if not self.knows(token):
            return {"active": False}
        granted = self._granted[token]
        return {"active": True, "scope": granted.scope, "client_id": self._client_id, "exp": int(granted.until)}

    def expire_all(self) -> None:
        """All tokens end at once."""
        with self._lock:
            self._granted.clear()

    def _check(self, claims: dict[str, Any], audiences: frozenset[str]) -> None:
        """`iss` = `sub` = client, audience, times in the real clock's neighbourhood, `jti` never used before."""
        if not claims.get("iss") == claims.get("sub") == self._client_id:
            raise Refused("invalid_client")
        told = claims.get("aud")
        if not audiences & set(told if isinstance(told, list) else [told]):
            raise Refused("invalid_client")
        issued, ends, used = claims.get("iat"), claims.get("exp"), claims.get("jti")
        if not isinstance(issued, int | float) or not isinstance(ends, int | float) or not isinstance(used, str):
            raise Refused("invalid_client")
        now = time.time()  # the client knows nothing of a clock that tests advance
        if ends < now - _LEEWAY or issued > now + _LEEWAY or ends - issued > _LONGEST:
            raise Refused("invalid_client")
        with self._lock:
            self._used = {jti: until for jti, until in self._used.items() if until > now - _LEEWAY}
            if not used or used in self._used:
                raise Refused("invalid_client")
            self._used[used] = ends


def _claims(assertion: str, secret: str) -> dict[str, Any]:
    """The claims of a JWT signed with HS256.  Raises `Refused`."""
    parts = assertion.split(".")
    if len(parts) != _PARTS:
        raise Refused("invalid_client")
    signed = hmac.digest(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256)
    try:
        header, claims = (json.loads(_bytes(part)) for part in parts[:2])
        given = _bytes(parts[2])
    except (ValueError, binascii.Error):
        raise Refused("invalid_client") from None
    if not isinstance(header, dict) or header.get("alg") != "HS256" or not hmac.compare_digest(signed, given):
        raise Refused("invalid_client")
    return claims if isinstance(claims, dict) else {}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

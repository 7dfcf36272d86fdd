"""OAuth 2.0 client credentials with `client_secret_jwt` (共通機能標準仕様書 §2.2.5): one short-lived token for the system."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from integrations.atena_adapters.config import HttpTransport
from integrations.atena_adapters.errors import AuthenticationRefused

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 60
_BEFORE_EXPIRY = 30.0
_SHORTEST = 5.0

Post = Callable[[str, bytes], tuple[int, bytes]]


class TokenSource:
    """Keeps one token until shortly before it ends.  The secret and the token show nowhere."""

    def __init__(self, config: HttpTransport, secret: SecretStr, *, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._secret = secret
        self._clock = clock
        self._token = SecretStr("")
        self._until = 0.0
        self._lock = threading.Lock()

    def token(self, post: Post) -> str:
        """A token that is good for some seconds at least; `post` sends a form to a path and gives status and body."""
        with self._lock:
            if self._clock() >= self._until:
                self._renew(post)
            return self._token.get_secret_value()

    def forget(self, token: str) -> None:
        """The other side refused this token: the next call asks for another."""
        with self._lock:
            if self._token.get_secret_value() == token:
                self._until = 0.0

    def _renew(self, post: Post) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._assertion(),
        }
        if self._config.scope:
            form["scope"] = self._config.scope
        status, body = post(self._config.token_path, urlencode(form).encode())
        if status != 200:
            raise AuthenticationRefused(
                "認可サーバーがトークンを発行しません。クライアントID・共有の秘密・時計の差を確かめてください。"
            )
        try:
            told = json.loads(body)
            self._token = SecretStr(str(told["access_token"]))
            lasts = float(told.get("expires_in", _BEFORE_EXPIRY * 2))
        except (ValueError, KeyError, TypeError):
            raise AuthenticationRefused("認可サーバーの応答を読めません。トークンの経路を確かめてください。") from None
        self._until = self._clock() + max(lasts - _BEFORE_EXPIRY, min(lasts / 2, _SHORTEST))

    def _assertion(self) -> str:
        now = int(self._clock())
        audience = self._config.token_audience or f"{self._config.base_url}{self._config.token_path}"
        claims = {
            "iss": self._config.client_id,
            "sub": self._config.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        key = OctKey.import_key(self._secret.get_secret_value())
        return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])

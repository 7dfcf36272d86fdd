"""Who holds the master key: the one place that sees it. Everything else asks a provider to wrap and unwrap keys of scopes.

A provider for PKCS#11 or a key management service implements `KeyProvider` and is named in `settings.KEY_PROVIDER`; it may keep its
key to itself, since nothing here asks for it. The one that ships takes the key from the environment or a file (`SHOREI_MASTER_KEY`,
`SHOREI_MASTER_KEY_FILE`), and a second one while it is being changed (`SHOREI_MASTER_KEY_ALSO`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Protocol, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.module_loading import import_string

NONCE_BYTES = 12
MARK_BYTES = 4


class SealBroken(Exception):
    """`keys.seal-broken`: the value was altered, moved, or belongs to somebody else. Never says what it held."""

    identifier = "keys.seal-broken"

    def __init__(self) -> None:
        super().__init__(
            "暗号化された値を開けません。改ざん、または別の場所の値です。システム管理者に連絡してください。"
        )


class KeyProvider(Protocol):
    """Wraps the keys of scopes, and gives the database logins their passwords. `owner` is a schema name or "console"."""

    def wrap(self, owner: str, material: bytes) -> bytes:
        """Under the master key of today."""

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """Raises SealBroken when no master key known here wrapped it, or for another owner."""

    def is_current(self, wrapped: bytes) -> bool:
        """Whether it is wrapped under the master key of today."""

    def login_secrets(self, login: str) -> list[str]:
        """Passwords of a database login: today's first, then those of other master keys known here."""


def provider() -> KeyProvider:
    """The one that `settings.KEY_PROVIDER` names."""
    return cast(KeyProvider, import_string(settings.KEY_PROVIDER)())


def fresh_nonce(key: bytes, plaintext: bytes, bound: bytes) -> bytes:
    """96 bits that no two different values sealed under `key` share.

    A keyed hash (of its own subkey) of 256 random bits and of all that is sealed. With the random bits alone, a machine that was
    cloned or set back to a snapshot could repeat a nonce with other content, and AES-GCM would give both away; here it repeats
    only together with the very same content, which tells no more than that they are the same.
    """
    of_key = hmac.digest(key, b"nonce", "sha256")
    parts = os.urandom(32) + len(bound).to_bytes(4, "big") + bound + plaintext
    return hmac.digest(of_key, parts, "sha256")[:NONCE_BYTES]


class SettingsProvider:
    """The master key as text in the settings, which take it from the environment or from a file."""

    def __init__(self) -> None:
        self._texts: list[str] = [settings.MASTER_KEY, *settings.MASTER_KEYS_ALSO]

    def wrap(self, owner: str, material: bytes) -> bytes:
        key = _key(self._texts[0])
        nonce = fresh_nonce(key, material, _bound(owner))
        return _mark(key) + nonce + AESGCM(key).encrypt(nonce, material, _bound(owner))

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        mark, nonce = wrapped[:MARK_BYTES], wrapped[MARK_BYTES : MARK_BYTES + NONCE_BYTES]
        for key in map(_key, self._texts):
            if hmac.compare_digest(_mark(key), mark):
                try:
                    return AESGCM(key).decrypt(nonce, wrapped[MARK_BYTES + NONCE_BYTES :], _bound(owner))
                except (InvalidTag, ValueError):
                    raise SealBroken from None
        raise SealBroken

    def is_current(self, wrapped: bytes) -> bool:
        return hmac.compare_digest(_mark(_key(self._texts[0])), wrapped[:MARK_BYTES])

    def login_secrets(self, login: str) -> list[str]:
        return [_password(text, login) for text in self._texts]


def _key(text: str) -> bytes:
    return hashlib.sha256(b"shugaku master key v1:" + text.encode()).digest()


def _mark(key: bytes) -> bytes:
    """Which master key: tells nothing about it."""
    return hmac.new(key, b"which master key", hashlib.sha256).digest()[:MARK_BYTES]


def _bound(owner: str) -> bytes:
    return f"scope-key:{owner}".encode()


def _password(text: str, login: str) -> str:
    digest = hmac.new(text.encode(), f"database-login:{login}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

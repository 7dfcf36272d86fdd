"""One package on the medium (docs/adapters.md §Wire, E): manifest, MAC, encrypted payload."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FIRST = b"SHOREI-MEDIUM 1\n"
_NONCE = 12
_KEY = 32


class NotOurs(Exception):
    """The package cannot be trusted.  The text is Japanese."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that come of the shared secret."""

    encrypt: bytes
    mac: bytes
    content: bytes

    @classmethod
    def of(cls, secret: str) -> Keys:
        """From base64 of 32 bytes."""
        shared = base64.b64decode(secret)
        return cls(*(_derived(shared, b"shorei-medium/" + use) for use in (b"encrypt", b"mac", b"digest")))


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was opened."""

    manifest: Mapping[str, Any]
    payload: bytes
    mac: str


def close(manifest: Mapping[str, Any], payload: bytes, keys: Keys) -> bytes:
    """The bytes of a package."""
    told = dict(manifest) | {"digest": hmac.digest(keys.content, payload, hashlib.sha256).hex()}
    second = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    nonce = os.urandom(_NONCE)
    rest = nonce + AESGCM(keys.encrypt).encrypt(nonce, payload, second)
    mac = hmac.digest(keys.mac, _FIRST + second + b"\n" + rest, hashlib.sha256).hex()
    return _FIRST + second + b"\n" + mac.encode() + b"\n" + rest


def open_package(data: bytes, keys: Keys) -> Package:
    """What is in it.  Raises `NotOurs`."""
    if not data.startswith(_FIRST):
        raise NotOurs("媒体ファイルの形ではありません。")
    second, found, tail = data[len(_FIRST) :].partition(b"\n")
    mac, found_too, rest = tail.partition(b"\n")
    expected = hmac.digest(keys.mac, _FIRST + second + b"\n" + rest, hashlib.sha256).hex()
    if not (found and found_too) or not hmac.compare_digest(expected.encode(), mac):
        raise NotOurs("改ざんされたか、鍵が違います。")
    try:
        payload = AESGCM(keys.encrypt).decrypt(rest[:_NONCE], rest[_NONCE:], second)
    except InvalidTag:
        raise NotOurs("復号できません。") from None
    manifest: Mapping[str, Any] = json.loads(second)
    if manifest.get("digest") != hmac.digest(keys.content, payload, hashlib.sha256).hex():
        raise NotOurs("内容の照合値が合いません。")
    return Package(manifest, payload, expected)


def _derived(shared: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=info).derive(shared)

"""One file on a medium: a manifest that anyone may read, a MAC over everything, and the sealed payload."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.masking import HIDDEN, Masked

_MAGIC = b"SHOREI-MEDIUM 1\n"
_KEY_BYTES = 32
_NONCE = 12


class PackageRefused(Exception):
    """A package that must not be used; the text is Japanese and says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says about itself; never a person's data. `digest`: see `payload_digest`."""

    tenant: str
    sender: str
    receiver: str
    direction: str
    content: str
    kind: str
    batch: str
    part: int
    sequence: int
    previous: int
    count: int
    layout_version: str
    made_at: str
    made_by: str
    approval: str
    digest: str


@dataclass(frozen=True, slots=True, repr=False)
class MediumKeys(Masked):
    """The keys made of the shared secret."""

    encrypt: bytes = field(metadata=HIDDEN)
    mac: bytes = field(metadata=HIDDEN)
    digest: bytes = field(metadata=HIDDEN)


def shared_key(secret: SecretStr) -> bytes:
    """The 32 bytes of a registered secret.  Raises `ConfigurationInvalid`."""
    try:
        key = base64.b64decode(secret.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationInvalid("共有の鍵は、32バイトをBase64で書いたもの(44文字)を登録してください。")
    return key


def medium_keys(secret: SecretStr) -> MediumKeys:
    """HKDF-SHA256 of the shared secret, one key for each use."""
    key = shared_key(secret)
    return MediumKeys(*(derived(key, f"shorei-medium/{use}") for use in ("encrypt", "mac", "digest")))


def payload_digest(payload: bytes, keys: MediumKeys) -> str:
    """Names the content of a package where anyone may read it: HMAC-SHA-256 under a key of its own.

    A plain SHA-256 would give a 個人番号 away: all else of a file about one person is known, and 11 digits can be tried out.
    """
    return hmac.new(keys.digest, payload, hashlib.sha256).hexdigest()


def pack(manifest: Manifest, payload: bytes, keys: MediumKeys) -> bytes:
    """The bytes of a package."""
    line = json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    nonce = os.urandom(_NONCE)
    body = nonce + AESGCM(keys.encrypt).encrypt(nonce, payload, line)
    head = _MAGIC + line + b"\n"
    return head + _mac(keys, head + body).encode() + b"\n" + body


def may_be_of(package: bytes, kind: str, batch: str) -> bool:
    """Whether a package says that it belongs to this batch. Nothing is proved by that: `unpack` opens it and proves it."""
    line = package[len(_MAGIC) :].partition(b"\n")[0]
    return all(json.dumps(word, ensure_ascii=False).encode() in line for word in (kind, batch))


def unpack(package: bytes, keys: MediumKeys) -> tuple[Manifest, bytes]:
    """Manifest and payload of a package that nobody altered.  Raises `PackageRefused`."""
    if not package.startswith(_MAGIC):
        raise PackageRefused("この製品の媒体ファイルではありません。")
    line, _, rest = package[len(_MAGIC) :].partition(b"\n")
    mac, _, body = rest.partition(b"\n")
    if not hmac.compare_digest(mac, _mac(keys, _MAGIC + line + b"\n" + body).encode()):
        raise PackageRefused("改ざんを検知したか、鍵が違います。ファイルは使えません。")
    try:
        manifest = Manifest(**json.loads(line))
        payload = AESGCM(keys.encrypt).decrypt(body[:_NONCE], body[_NONCE:], line)
    except (ValueError, TypeError, InvalidTag):
        raise PackageRefused("媒体ファイルの中身を読めません。") from None
    if not hmac.compare_digest(payload_digest(payload, keys), manifest.digest):
        raise PackageRefused("媒体ファイルの中身の照合値が合いません。")
    return manifest, payload


def _mac(keys: MediumKeys, data: bytes) -> str:
    return hmac.new(keys.mac, data, hashlib.sha256).hexdigest()


def derived(key: bytes, use: str) -> bytes:
    """The key of one use."""
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=use.encode()).derive(key)

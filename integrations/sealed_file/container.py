"""Sealing and opening.

After the header: chunks of AES-256-GCM, each `length (4 bytes, big endian) + ciphertext with tag`, at most 1 MiB of
plaintext each.  The key of a file is derived (HKDF-SHA256) from the given key and the header's random salt, so that no
nonce ever meets its key twice.  A nonce is the chunk's number and a mark for the last chunk: cutting, reordering or
appending chunks fails.  The associated data of every chunk is the whole header.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from integrations.sealed_file.errors import Altered, Truncated, WrongKey, WrongPlace
from integrations.sealed_file.header import Header, split

KEY_BYTES = 32
_CHUNK = 1024 * 1024
_TAG = 16
_SALT = 32
_LENGTH = struct.Struct(">I")
_NONCE = struct.Struct(">QxxxB")


def key_id(key: bytes) -> str:
    """A short public name of a key: tells whether it is the same, and nothing else."""
    return hashlib.sha256(b"shugaku-shorei sealed file key id" + _checked(key)).hexdigest()[:16]


def seal(plaintext: bytes, key: bytes, *, kind: str, tenant: str, sequence: int = 0) -> bytes:
    """The sealed bytes.  `key` is 32 bytes; `kind` and `tenant` must be repeated to open."""
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    header = Header(kind, tenant, sequence, created_at, key_id(key), os.urandom(_SALT))
    head, cipher = header.to_bytes(), _cipher(key, header)
    return head + b"".join(_sealed_chunks(cipher, head, plaintext))


def unseal(data: bytes, key: bytes, *, kind: str, tenant: str) -> bytes:
    """The plaintext.  Raises a `SealedFileError` that says why not; no part of a damaged file is ever returned."""
    header, head, body = split(data)
    if header.key_id != key_id(key):
        raise WrongKey("鍵が違います。このファイルを封緘した鍵を使ってください。")
    if header.tenant != tenant:
        raise WrongPlace("別の都道府県のために封緘されたファイルです。取り込めません。")
    if header.kind != kind:
        raise WrongPlace("別の用途のために封緘されたファイルです。選んだファイルを確かめてください。")
    return b"".join(_opened_chunks(_cipher(key, header), head, body))


def seal_file(path: Path, plaintext: bytes, key: bytes, *, kind: str, tenant: str, sequence: int = 0) -> None:
    """Write a sealed file (mode 0600) so that no half of it is ever seen under its name."""
    data = seal(plaintext, key, kind=kind, tenant=tenant, sequence=sequence)
    partial = path.with_name(f"{path.name}.tmp")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def open_sealed(path: Path, key: bytes, *, kind: str, tenant: str) -> bytes:
    """The plaintext of a sealed file.  Raises a `SealedFileError`, or OSError when the file cannot be read."""
    return unseal(path.read_bytes(), key, kind=kind, tenant=tenant)


def read_header(data: bytes) -> Header:
    """The header as it claims to be; only opening proves it."""
    return split(data)[0]


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError("鍵は32バイトです。")
    return key


def _cipher(key: bytes, header: Header) -> AESGCM:
    derived = HKDF(SHA256(), KEY_BYTES, salt=header.salt, info=b"shugaku-shorei sealed file v1").derive(key)
    return AESGCM(derived)


def _sealed_chunks(cipher: AESGCM, head: bytes, plaintext: bytes) -> Iterator[bytes]:
    starts = range(0, max(len(plaintext), 1), _CHUNK)
    for number, start in enumerate(starts):
        last = number == len(starts) - 1
        chunk = cipher.encrypt(_NONCE.pack(number, last), plaintext[start : start + _CHUNK], head)
        yield _LENGTH.pack(len(chunk)) + chunk


def _opened_chunks(cipher: AESGCM, head: bytes, body: bytes) -> Iterator[bytes]:
    cut = Truncated("ファイルが途中で切れています。もう一度受け取ってください。")
    at, number = 0, 0
    while True:
        if len(body) - at < _LENGTH.size:
            raise cut
        (length,) = _LENGTH.unpack_from(body, at)
        chunk = body[at + _LENGTH.size : at + _LENGTH.size + length]
        if not _TAG <= length <= _CHUNK + _TAG:
            raise _altered()
        if len(chunk) < length:
            raise cut
        at += _LENGTH.size + length
        opened, last = _open(cipher, head, number, chunk)
        yield opened
        number += 1
        if last:
            break
    if at != len(body):
        raise _altered()


def _open(cipher: AESGCM, head: bytes, number: int, chunk: bytes) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(_NONCE.pack(number, last), chunk, head), last
        except InvalidTag:
            continue
    raise _altered()


def _altered() -> Altered:
    return Altered("封緘の後に内容が変わっています。取り込まず、送った側に確かめてください。")

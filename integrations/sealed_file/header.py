"""The head of a sealed file: readable without the key, bound to the content by authentication.

Layout: magic `SHGKSEAL` (8 bytes), version (1), length of the JSON that follows (4, big endian), JSON.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

from integrations.sealed_file.errors import NotSealed, Truncated

MAGIC = b"SHGKSEAL"
VERSION = 1
_FIXED = struct.Struct(">8sBI")
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What the file is for.  `sequence` counts the files that one maker made; `created_at` is ISO 8601."""

    kind: str
    tenant: str
    sequence: int
    created_at: str
    key_id: str
    salt: bytes

    def to_bytes(self) -> bytes:
        """The head as it stands in the file."""
        values = {
            "kind": self.kind,
            "tenant": self.tenant,
            "sequence": self.sequence,
            "created_at": self.created_at,
            "key_id": self.key_id,
            "salt": self.salt.hex(),
        }
        text = json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
        return _FIXED.pack(MAGIC, VERSION, len(text)) + text


def split(data: bytes) -> tuple[Header, bytes, bytes]:
    """The header, its raw bytes and the rest.  Raises `NotSealed` or `Truncated`."""
    if not data.startswith(MAGIC[: len(data)]) or not data:
        raise NotSealed("封緘されたファイルではありません。選んだファイルを確かめてください。")
    if len(data) < _FIXED.size:
        raise Truncated("ファイルが途中で切れています。もう一度受け取ってください。")
    _, version, length = _FIXED.unpack_from(data)
    if version != VERSION or length > _LONGEST:
        raise NotSealed("この版の封緘ファイルは読めません。作成した側の版を確かめてください。")
    end = _FIXED.size + length
    if len(data) < end:
        raise Truncated("ファイルが途中で切れています。もう一度受け取ってください。")
    return _parse(data[_FIXED.size : end]), data[:end], data[end:]


def _parse(text: bytes) -> Header:
    try:
        values: dict[str, Any] = json.loads(text)
        return Header(
            kind=str(values["kind"]),
            tenant=str(values["tenant"]),
            sequence=int(values["sequence"]),
            created_at=str(values["created_at"]),
            key_id=str(values["key_id"]),
            salt=bytes.fromhex(values["salt"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise NotSealed("封緘ファイルの見出しを読めません。ファイルが壊れています。") from error

"""Canonical JSON and digests: the same content gives the same bytes on every machine and every day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class SealedText(NamedTuple):
    """A receipt as the canonical text its `digest` (`sha256:` + hex) is taken of: everything in it but the digest itself."""

    text: str
    digest: str


def canonical_text(value: object) -> str:
    """JSON with sorted names and no white space."""
    return _ENCODER.encode(value)


def canonical(value: object) -> bytes:
    """The canonical text in UTF-8."""
    return canonical_text(value).encode()


def digest_of(value: object) -> str:
    """`sha256:` + hex of the canonical JSON."""
    return digest_of_text(canonical_text(value))


def digest_of_text(text: str) -> str:
    """`sha256:` + hex of a canonical text that was put together elsewhere."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def sealed(receipt: dict[str, object]) -> dict[str, object]:
    """The receipt with `digest` over everything else in it."""
    return {**receipt, "digest": digest_of(receipt)}


def is_intact(receipt: Mapping[str, object]) -> bool:
    """Whether the receipt still has the content its digest was made of."""
    return receipt.get("digest") == digest_of({name: value for name, value in receipt.items() if name != "digest"})

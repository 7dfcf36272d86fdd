"""What the first bytes of a sealed value say."""

from __future__ import annotations


def number_of(sealed: bytes) -> int:
    """The number of the key that a value was sealed with."""
    return int.from_bytes(bytes(sealed[1:3]), "big")

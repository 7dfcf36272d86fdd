"""Small helpers for text that came from outside."""

from __future__ import annotations


def shortened(text: str, length: int) -> str:
    """Printable characters only, cut to `length`."""
    return "".join(character for character in text if character.isprintable())[:length]

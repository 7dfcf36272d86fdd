"""How a difference is shown: the differing parts of both texts, and their code points (髙 U+9AD9 is not 高 U+9AD8)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text and whether the other text has something else there."""

    text: str
    differs: bool


def marked(text: str, other: str) -> list[Segment]:
    """`text` cut into pieces that stand in `other` too and pieces that do not."""
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    pieces = [
        Segment(text[start:end], tag != "equal") for tag, start, end, _, _ in matcher.get_opcodes() if start < end
    ]
    return pieces or [Segment(text, False)] if text else []


def code_points(text: str, other: str) -> list[str]:
    """「髙 U+9AD9」 for each character of the pieces of `text` that differ from `other`."""
    differing = "".join(piece.text for piece in marked(text, other) if piece.differs)
    return [f"{_visible(character)} U+{ord(character):04X}" for character in differing]


def _visible(character: str) -> str:
    if character.isspace():
        return "（空白）"
    return character if character.isprintable() and not _selects_variation(character) else "（異体字の指定）"


def _selects_variation(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF

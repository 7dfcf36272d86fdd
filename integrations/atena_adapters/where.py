"""Where something in a file is not what it should be: what may be told of it, and what may not."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.atena_adapters.masking import HIDDEN, Masked


@dataclass(frozen=True, slots=True)
class Place:
    """Line (from 1), byte offset in the file (from 0), and the title of the field."""

    line: int
    offset: int
    item: str


@dataclass(frozen=True, slots=True, repr=False)
class Fault(Masked):
    """Where a line could not be read: line (from 1), byte offset in the file (from 0), `item` (the field's title), what was expected.

    `seen` shows the shape only (9 for a digit, ア for kana, 字 for other characters) and may be shown to operators; `value` is what stood
    there, for the prefecture's own staff.
    """

    line: int
    offset: int
    item: str
    expected: str
    seen: str = ""
    value: str = field(metadata=HIDDEN, default="")

    @property
    def told(self) -> str:
        """In words, without the value."""
        seen = f"、実際は「{self.seen}」" if self.seen else ""
        return f"{self.line}行目、先頭から{self.offset}バイトの「{self.item}」。正しくは{self.expected}{seen}"

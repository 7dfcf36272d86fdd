"""What every dialect offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.receipts import Problem, Substitution


class CellError(Exception):
    """One value cannot be written or read; the text is Japanese and never repeats the value."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a message says about itself in its control record."""

    batch_id: str
    sequence: int = 0
    made_at: datetime | None = None


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


@dataclass(frozen=True, slots=True, repr=False)
class Encoded(Masked):
    """The bytes of a message, the lines left out of it with the reason, and the characters replaced by 〓."""

    payload: bytes = field(metadata=HIDDEN)
    count: int
    refused: Mapping[str, str] = field(metadata=HIDDEN)
    substitutions: tuple[Substitution, ...] = field(metadata=HIDDEN)


@dataclass(frozen=True, slots=True, repr=False)
class DecodedRow(Masked):
    """One line; `fault` says where its first error stands. With `error` its values are only good for finding out whose line it was."""

    values: Row = field(metadata=HIDDEN)
    error: str = ""
    fault: Fault | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Decoded(Masked):
    """The lines of a message, findings about the file, and the batch it says it belongs to ("" when it does not say)."""

    rows: Sequence[DecodedRow] = field(metadata=HIDDEN)
    problems: tuple[Problem, ...] = ()
    batch_id: str = ""


class Dialect(Protocol):
    """Writes and reads messages.  `decode` raises `AnswerUnreadable` when no line of the file may be used."""

    @property
    def content_type(self) -> str:
        """The media type of a payload."""

    def encode(self, message: Message, made: Made | str, rows: Sequence[Row]) -> Encoded:
        """The bytes for a message; a text for `made` is the batch alone."""

    def decode(self, message: Message, payload: bytes) -> Decoded:
        """The rows of a message."""


def made_of(made: Made | str) -> Made:
    """The control data of a message, given in full or as the batch alone."""
    return Made(made) if isinstance(made, str) else made

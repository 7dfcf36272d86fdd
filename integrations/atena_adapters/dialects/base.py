"""What every dialect offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.receipts import Problem, Substitution


class CellError(Exception):
    """One value cannot be written or read; the text is Japanese and never repeats the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Encoded(Masked):
    """The bytes of a message, the lines left out of it with the reason, and the characters replaced by 〓."""

    payload: bytes = field(metadata=HIDDEN)
    count: int
    refused: Mapping[str, str] = field(metadata=HIDDEN)
    substitutions: tuple[Substitution, ...] = field(metadata=HIDDEN)


@dataclass(frozen=True, slots=True, repr=False)
class DecodedRow(Masked):
    """One line; with `error` its values are only good for finding out whose line it was."""

    values: Row = field(metadata=HIDDEN)
    error: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Decoded(Masked):
    """The lines of a message and findings about the file."""

    rows: Sequence[DecodedRow] = field(metadata=HIDDEN)
    problems: tuple[Problem, ...] = ()


class Dialect(Protocol):
    """Writes and reads messages.  `decode` raises `AnswerUnreadable` when no line of the file may be used."""

    @property
    def content_type(self) -> str:
        """The media type of a payload."""

    def encode(self, message: Message, batch_id: str, rows: Sequence[Row]) -> Encoded:
        """The bytes for a message."""

    def decode(self, message: Message, payload: bytes) -> Decoded:
        """The rows of a message."""

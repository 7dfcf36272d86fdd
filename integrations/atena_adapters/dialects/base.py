"""What every dialect offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.receipts import Problem, Substitution
from integrations.atena_adapters.where import Fault, Place


class CellError(Exception):
    """One value cannot be written or read; the text is Japanese and never repeats the value."""


Locate = Callable[[int, str], Place]
"""Where an item of a row (from 0) stands."""


def by_number(row: int, item: str) -> Place:
    """Where nothing but the number of the line is known."""
    return Place(row + 1, 0, item)


@dataclass(frozen=True, slots=True)
class Made:
    """What a message says about itself in its control record."""

    batch_id: str
    sequence: int = 0
    made_at: datetime | None = None


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
    """The lines of a message, findings about the file, the batch it says it belongs to ("" when it does not say), and where
    the item of a row (from 0) stands."""

    rows: Sequence[DecodedRow] = field(metadata=HIDDEN)
    problems: tuple[Problem, ...] = ()
    batch_id: str = ""
    locate: Locate = by_number


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

"""What is kept of an exchange that carries 個人番号 or 団体内統合宛名番号: the same file, readable in the same layout, without them.

A number lives in the vault and on the wire, and ends where the vault ends it: by its holding mode, a disposal, the end of use. A copy
among the exchanges would outlive all three, on the disk and in every backup of it, so there never is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from functools import partial

from integrations.atena_adapters.dialects.base import CellError, DecodedRow, Dialect, Made
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import MESSAGES, Message, Row, key_of

NUMBERS = frozenset({"individual_number", "unified_number"})
Hidden = Callable[[], bytes]
"""Makes what is to be kept in the place of a payload; not called where that is kept already."""

_LONG_RUN = re.compile(r"\d(?:[ -]?\d){7,}")
_DIGEST = re.compile(rb"[0-9A-Fa-f]{32,}")
_WIDE_DIGITS = (
    (re.compile(rb"\xef\xbc[\x90-\x99]"), b"\xef\xbc\x90"),  # UTF-8
    (re.compile(rb"\x82[\x4f-\x58]"), b"\x82\x4f"),  # CP932
    (re.compile(rb"[\x10-\x19]\xff"), b"\x10\xff"),  # UTF-16, little-endian
    (re.compile(rb"\xff[\x10-\x19]"), b"\xff\x10"),  # UTF-16, big-endian
)
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")


def carries(message: Message) -> bool:
    """Whether a message has an item that is a number."""
    return any(spec.name in NUMBERS for spec in MESSAGES[message])


def of_request(dialect: Dialect, message: Message, made: Made, rows: Sequence[Row]) -> Hidden | None:
    """For the rows that are sent; None where none of them holds a number."""
    if not any(row.get(item) for row in rows for item in NUMBERS):
        return None
    return lambda: dialect.encode(message, made, _renumbered(rows)).payload


def of_answer(dialect: Dialect, message: Message, made: Made, asked: Container[str], payload: bytes) -> Hidden:
    """For an answer or a receipt about the lines `asked`: it reads as before, but for its numbers, and for their checksums."""
    return partial(_answer, dialect, message, made, asked, payload)


def of_unreadable(payload: bytes) -> Hidden:
    """For what cannot be taken apart into items: its shape, every digit and every letter of a checksum a zero."""
    return partial(_without_digits, payload)


def _answer(dialect: Dialect, message: Message, made: Made, asked: Container[str], payload: bytes) -> bytes:
    try:
        decoded = dialect.decode(message, payload)
        rows = _renumbered([_known_items(message, row, asked) for row in decoded.rows])
        encoded = dialect.encode(message, Made(decoded.batch_id or made.batch_id, made.sequence, made.made_at), rows)
    except (AnswerUnreadable, CellError):
        return _without_digits(payload)
    return _without_digits(payload) if encoded.refused else encoded.payload


def _known_items(message: Message, row: DecodedRow, asked: Container[str]) -> Row:
    """A line that cannot be read, or is nobody's who was asked about, may have its number anywhere: only whose it is stays."""
    key = key_of(message)
    whose = row.values.get(key) or ""
    if row.error:
        return {key: whose if whose in asked else _zeros(whose)}
    known = dict(row.values)
    known[key] = whose if whose in asked else _zeros(whose)
    if "reason" in known:
        known["reason"] = _LONG_RUN.sub(lambda run: _zeros(run[0]), known["reason"] or "")
    if "sha256" in known:  # of a file with numbers, all else of which is known: it can be tried out
        known["sha256"] = ""
    return known


def _renumbered(rows: Sequence[Row]) -> list[Row]:
    """Each number is its place among the numbers of the file, in as many digits: equal ones stay equal, and no other does."""
    places: dict[str, str] = {}
    return [
        {item: _place_of(value, places) if item in NUMBERS and value else value for item, value in row.items()}
        for row in rows
    ]


def _place_of(number: str, places: dict[str, str]) -> str:
    return places.setdefault(number, str(len(places) + 1).zfill(len(number)))


def _zeros(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _without_digits(payload: bytes) -> bytes:
    """In every encoding of a dialect. What was no digit but has the byte of one (UTF-16) changes with them."""
    plain = _DIGEST.sub(lambda run: b"0" * len(run[0]), payload).translate(_DIGITS_TO_ZERO)
    for digits, zero in _WIDE_DIGITS:
        plain = digits.sub(zero, plain)
    return plain

"""The first difference of a sample file as the prefecture's own staff see it: fields of the line, and the bytes around.

Twelve digits with the check digit of a 個人番号 are covered wherever they stand; answers should hold none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.atena_trials import services
from domain.atena_trials.models import SampleFile
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message
from tenants.core import files
from web.text import is_number_like

_ROW = 16  # bytes in a line of the byte view
_ROWS_AROUND = 3
_DIGITS = re.compile(rb"(?:[0-9]\x00?){12}")
_COVER = b"*"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the line: its bytes where its place is fixed, its text, and whether it is the one that differs."""

    title: str
    text: str
    offset: int | None = None
    hexadecimal: str = ""
    mismatch: bool = False


@dataclass(frozen=True, slots=True)
class Byte:
    hexadecimal: str
    mismatch: bool


@dataclass(frozen=True, slots=True)
class ByteRow:
    """Sixteen bytes from `offset`, in hex and as text."""

    offset: int
    octets: list[Byte]
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    cells: list[Cell]
    rows: list[ByteRow]


def shown(sample: SampleFile) -> Shown:
    """Opens the sealed file. Raises SealBroken, FileNotFoundError."""
    data = files.read(sample.path)
    config = AdapterConfig.model_validate(sample.offered.config)
    found = services.examine(sample.offered, sample.kind, data)
    covered = cover(data)
    encoding = getattr(config.dialect, "encoding", "utf-8")
    cells = [
        Cell(
            field.item, _text(covered[field.offset :][: _length(field.hexadecimal)], encoding), field.offset,
            covered[field.offset :][: _length(field.hexadecimal)].hex(" "), field.mismatch,
        )
        for field in found.fields
    ]  # fmt: skip
    if sample.fits:
        return Shown([], list(_rows(covered, 0, 0, encoding)))
    quotes = 2 if data[sample.offset :][:1] == b'"' and cells == [] else 0
    length = max(1, len(found.value.encode(encoding, errors="replace")) + quotes)
    return Shown(cells or list(_as_read(config, sample, data)), list(_rows(covered, sample.offset, length, encoding)))


def cover(data: bytes) -> bytes:
    """The same bytes, with everything that could be a 個人番号 replaced digit by digit."""
    return _DIGITS.sub(_covered, data)


def _covered(found: re.Match[bytes]) -> bytes:
    digits = found[0].replace(b"\x00", b"").decode("ascii")
    return re.sub(rb"[0-9]", _COVER, found[0]) if is_number_like(digits) else found[0]


def _as_read(config: AdapterConfig, sample: SampleFile, data: bytes) -> Iterator[Cell]:
    """The fields of the first line that differs, as far as they could be read."""
    message = Message(sample.kind)
    try:
        rows = build_dialect(config.dialect).decode(message, data).rows
    except AnswerUnreadable:
        return
    values = next((row.values for row in rows if row.error), {})
    for column in config.dialect.layouts.of(message):
        text = values.get(column.field) if column.field else column.constant
        mismatch = column.title == sample.item
        read = "（読み取れません）" if mismatch else "（ありません）" if text is None else text
        yield Cell(column.title, cover(read.encode()).decode(), mismatch=mismatch)


def _rows(data: bytes, offset: int, length: int, encoding: str) -> Iterator[ByteRow]:
    first = max(0, offset // _ROW - _ROWS_AROUND) * _ROW
    last = min(len(data), (offset // _ROW + _ROWS_AROUND + 1) * _ROW)
    for start in range(first, last, _ROW):
        part = data[start : min(start + _ROW, last)]
        octets = [Byte(f"{octet:02x}", offset <= start + at < offset + length) for at, octet in enumerate(part)]
        yield ByteRow(start, octets, _text(part, encoding))


def _text(part: bytes, encoding: str) -> str:
    """Control characters and halves of characters as dots."""
    text = part.decode(encoding, errors="replace")
    return "".join(character if character.isprintable() and character != "\ufffd" else "·" for character in text)


def _length(hexadecimal: str) -> int:
    return len(bytes.fromhex(hexadecimal))

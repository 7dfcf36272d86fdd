"""A sample file of the prefecture run through the dialect: the first place where it is not what the configuration says.

What operators may see (line, offset, item, kind of error) and what only the prefecture's own staff may see (the values and the bytes
around them) are two different objects; nothing of a person is in the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.atena_adapters.config import AdapterConfig, FixedDialect
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.where import Fault

_AROUND = 24  # bytes shown before and after the mismatch


@dataclass(frozen=True, slots=True)
class OperatorView:
    """For the console: `line` from 1 (0: the file as a whole), `offset` in bytes from 0; `seen` is a shape, never a value."""

    readable: bool
    lines: int
    faults: int
    line: int = 0
    offset: int = 0
    item: str = ""
    expected: str = ""
    seen: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ShownField(Masked):
    """One field of the line with the first mismatch: where it stands, its bytes in hex, its text."""

    item: str
    offset: int
    hexadecimal: str = field(metadata=HIDDEN)
    text: str = field(metadata=HIDDEN)
    mismatch: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class StaffView(Masked):
    """For the prefecture's own staff: the value, the line field by field where the layout has fixed places, the bytes around."""

    operator: OperatorView
    value: str = field(metadata=HIDDEN, default="")
    fields: tuple[ShownField, ...] = field(metadata=HIDDEN, default=())
    before: bytes = field(metadata=HIDDEN, default=b"")
    after: bytes = field(metadata=HIDDEN, default=b"")


def run_sample(config: AdapterConfig, message: Message, payload: bytes) -> StaffView:
    """Read a sample file; `.operator` of the result is what may leave the prefecture."""
    try:
        rows = build_dialect(config.dialect).decode(message, payload).rows
    except AnswerUnreadable as error:
        seen = OperatorView(False, 0, 1, error.line, error.offset, message=error.message)
        return StaffView(seen, before=_before(payload, error.offset), after=_after(payload, error.offset))
    faulty = [row for row in rows if row.error]
    if not faulty:
        return StaffView(OperatorView(True, len(rows), 0, message="サンプルのすべての明細を読み取れました。"))
    fault = faulty[0].fault or Fault(0, 0, "", "設定どおりの列")
    operator = OperatorView(
        True, len(rows), len(faulty), fault.line, fault.offset, fault.item, fault.expected, fault.seen,
        f"{fault.line}行目、先頭から{fault.offset}バイトの「{fault.item}」が、{fault.expected}ではありません。",
    )  # fmt: skip
    return StaffView(
        operator,
        fault.value,
        _fields(config, message, payload, fault),
        _before(payload, fault.offset),
        _after(payload, fault.offset),
    )


def _fields(config: AdapterConfig, message: Message, payload: bytes, fault: Fault) -> tuple[ShownField, ...]:
    if not isinstance(config.dialect, FixedDialect):
        return ()
    shown, columns = list[ShownField](), config.dialect.layouts.of(message)
    within = sum(column.width or 0 for column in columns[: [column.title for column in columns].index(fault.item)])
    at = fault.offset - within
    for column in columns:
        raw = payload[at : at + (column.width or 0)]
        text = raw.decode(config.dialect.encoding, errors="replace")
        shown.append(ShownField(column.title, at, raw.hex(" "), text, column.title == fault.item))
        at += column.width or 0
    return tuple(shown)


def _before(payload: bytes, offset: int) -> bytes:
    return payload[max(0, offset - _AROUND) : offset]


def _after(payload: bytes, offset: int) -> bytes:
    return payload[offset : offset + _AROUND]

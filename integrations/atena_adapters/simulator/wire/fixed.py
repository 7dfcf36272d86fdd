"""Records of one length, counted in bytes: header, data, trailer with count, amount total and hash total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from integrations.atena_adapters.simulator.items import ALL_AMOUNTS, NUMBERS_TO_COUNT
from integrations.atena_adapters.simulator.profile import Column, Form
from integrations.atena_adapters.simulator.wire.eras import write_day
from integrations.atena_adapters.simulator.wire.errors import Unreadable

if TYPE_CHECKING:
    from integrations.atena_adapters.simulator.wire.messages import Envelope

_ENDS = {"CRLF": b"\r\n", "LF": b"\n", "none": b""}
_ZERO_FILLED = ALL_AMOUNTS | NUMBERS_TO_COUNT


def read(form: Form, message: str, payload: bytes, batch: str) -> list[list[str | None]]:
    """The texts of every data record.  Raises `Unreadable`."""
    records = _records(form, message, payload)
    if form.head:
        head = _told(form, form.head, records.pop(0) if records else b"")
        if head.get("message", form.message_codes[message]) != form.message_codes[message]:
            raise Unreadable("先頭レコードのデータ種別が違います。")
        if batch and head.get("batch", batch) != batch:
            raise Unreadable("先頭レコードの送信単位が宛先と合いません。")
    if form.tail:
        tail = _told(form, form.tail, records.pop() if records else b"")
        for item, value in _totals(form, message, records).items():
            if item in tail and tail[item].lstrip("0") != str(value).lstrip("0"):
                raise Unreadable("末尾レコードの件数か合計が明細と合いません。")
    columns = form.layouts[message]
    return [
        [_text(form, column, field) for column, field in zip(columns, _fields(columns, record), strict=True)]
        for record in records
    ]


def write(form: Form, message: str, cells: Sequence[Sequence[str | None]], envelope: Envelope) -> bytes:
    """The file."""
    columns, size = form.layouts[message], record_bytes(form, message)
    data = [b"".join(_field(form, c, t) for c, t in zip(columns, line, strict=True)).ljust(size) for line in cells]
    told = {
        "message": form.message_codes[message],
        "batch": envelope.batch,
        "made_on": write_day(envelope.made_on.isoformat(), form.day),
        "sequence": str(envelope.sequence),
    } | {item: str(value) for item, value in _totals(form, message, data).items()}
    head = [_control(form, form.head, told).ljust(size)] if form.head else []
    tail = [_control(form, form.tail, told).ljust(size)] if form.tail else []
    end = _end(form)
    return b"".join(record + end for record in [*head, *data, *tail])


def record_bytes(form: Form, message: str) -> int:
    """The length of a record without its end."""
    return max(sum(column.width for column in part) for part in (form.head, form.layouts[message], form.tail))


def _records(form: Form, message: str, payload: bytes) -> list[bytes]:
    size, end = record_bytes(form, message), _end(form)
    step = size + len(end)
    if len(payload) % step:
        raise Unreadable("レコードの長さが違います。")
    records = [payload[at : at + step] for at in range(0, len(payload), step)]
    if not all(record.endswith(end) for record in records):
        raise Unreadable("レコードの終わりが違います。")
    return [record[:size] for record in records]


def _totals(form: Form, message: str, records: Sequence[bytes]) -> dict[str, int]:
    widths = {column.item: column.width for column in form.tail}
    amount_sum = hash_sum = 0
    for record in records:
        for column, field in zip(form.layouts[message], _fields(form.layouts[message], record), strict=True):
            if column.item in ALL_AMOUNTS:
                text = field.decode("ascii", errors="replace").strip()
                amount_sum += int(text) if text.lstrip("-").isdecimal() else 0
            if column.item in form.hash_items:
                hash_sum += int.from_bytes(field)
    return {
        "count": len(records),
        "sum": amount_sum % 10 ** widths.get("sum", 15),
        "hash": hash_sum % 10 ** widths.get("hash", 30),
    }


def _told(form: Form, columns: Sequence[Column], record: bytes) -> dict[str, str]:
    told = {}
    for column, field in zip(columns, _fields(columns, record), strict=True):
        text = field.decode(form.encoding, errors="replace").strip()
        if column.constant is not None and text != column.constant:
            raise Unreadable("先頭か末尾の制御レコードがありません。")
        told[column.item] = text
    return told


def _fields(columns: Sequence[Column], record: bytes) -> list[bytes]:
    fields, at = [], 0
    for column in columns:
        fields.append(record[at : at + column.width])
        at += column.width
    return fields


def _text(form: Form, column: Column, field: bytes) -> str | None:
    mark = form.missing_mark.encode()
    if mark and field == mark * len(field):
        return None
    try:
        text = field.decode(form.encoding).strip(" ")
    except UnicodeDecodeError:
        raise Unreadable(f"文字コード {form.encoding} として読めないレコードがあります。") from None
    return (text.lstrip("0") or "0") if column.fill == "0" and text.isdigit() else text


def _control(form: Form, columns: Sequence[Column], told: Mapping[str, str]) -> bytes:
    return b"".join(_field(form, c, c.constant if c.constant is not None else told[c.item]) for c in columns)


def _field(form: Form, column: Column, text: str | None) -> bytes:
    if text is None:
        return (form.missing_mark or " ").encode() * column.width
    raw = _shortened(text, form.encoding, column.width)
    zeros = column.fill == "0" or (not column.fill and column.item in _ZERO_FILLED)
    right = column.side == "r" or (not column.side and column.item in _ZERO_FILLED)
    if not raw or not right:
        return raw.ljust(column.width)
    return text.zfill(column.width).encode() if zeros else raw.rjust(column.width)


def _shortened(text: str, encoding: str, width: int) -> bytes:
    """The other side cuts its own messages at a whole character; it never cuts an amount, which always fits."""
    while len(raw := text.encode(encoding)) > width:
        text = text[:-1]
    return raw


def _end(form: Form) -> bytes:
    return _ENDS[str(form.options.get("record_end", "CRLF"))]

"""Control records of a fixed-width file: what they tell, against what is there."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.atena_adapters.config.fixed import FixedDialect
from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message


def spans(columns: Sequence[Column]) -> dict[str, slice]:
    """The bytes of each column within a record, by item."""
    found, at = dict[str, slice](), 0
    for column in columns:
        if column.field:
            found[column.field] = slice(at, at + (column.width or 0))
        at += column.width or 0
    return found


def hash_total(config: FixedDialect, message: Message, records: Sequence[bytes]) -> int:
    """The sum over all records of every hashed field, its bytes read as one big-endian number."""
    width = next((column.width or 0 for column in config.tail_record if column.field == "hash"), 0)
    if not width:
        return 0
    hashed = [place for item, place in spans(config.layouts.of(message)).items() if item in config.hash_fields]
    total = sum(sum([int.from_bytes(record[place]) for record in records]) for place in hashed)
    return int(total % 10**width)


def verify_head(config: FixedDialect, message: Message, record: bytes) -> str:
    """The batch that the control record names.  Raises `AnswerUnreadable`."""
    told = _told(config, config.head_record, record)
    if told is None:
        raise AnswerUnreadable("先頭レコードがありません。書式の設定を確かめてください。取り込みません。", line=1)
    if "message" in told and told["message"] != config.message_codes[message.value]:
        raise AnswerUnreadable("先頭レコードのデータ種別が違います。別の種類のファイルです。取り込みません。", line=1)
    return told.get("batch", "")


def verify_tail(
    config: FixedDialect, message: Message, record: bytes, records: Sequence[bytes], amount_total: int
) -> None:
    """Raises `AnswerUnreadable` when a total does not agree."""
    line = len(records) + (2 if config.head_record else 1)
    told = _told(config, config.tail_record, record)
    if told is None:
        raise AnswerUnreadable("末尾レコードがありません。途中で切れているため、取り込みません。", line=line)
    if "message" in told and told["message"] != config.message_codes[message.value]:
        raise AnswerUnreadable("末尾レコードのデータ種別が違います。取り込みません。", line=line)
    widths = {column.field: column.width or 0 for column in config.tail_record}
    found = {
        "count": len(records),
        "sum": amount_total % 10 ** widths.get("sum", 1),
        "hash": hash_total(config, message, records),
    }
    titles = {"count": "件数", "sum": "金額合計", "hash": "ハッシュ合計"}
    for item, title in titles.items():
        if item in told and _number(told[item]) != found[item]:
            raise AnswerUnreadable(f"末尾レコードの{title}が明細と合いません。取り込みません。", line=line)


def _told(config: FixedDialect, columns: tuple[Column, ...], record: bytes) -> dict[str, str] | None:
    """The items of a control record; None when its marks or its filling say that it is none."""
    told, at = dict[str, str](), 0
    for column in columns:
        width = column.width or 0
        text = record[at : at + width].decode(config.encoding, errors="replace").strip(" ")
        at += width
        if column.constant is not None and text != column.constant:
            return None
        if column.field:
            told[column.field] = text
    return told if not record[at:].strip(b" ") else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1

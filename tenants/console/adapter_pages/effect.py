"""What a configuration makes of a fictitious record: each field as text and as bytes, read back, with the first difference marked.

Nobody's data: the record is the same for every prefecture, and holds no 個人番号.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.form import from_form
from integrations.atena_adapters.dialects.base import Decoded, Made
from integrations.atena_adapters.dialects.encodings import measure
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.dialects.lines import LineCodec
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Form, Message, Row, specs

_MADE = Made("SAMPLE0001", 1, datetime(2026, 4, 1, tzinfo=UTC))
_PERSON: Row = {
    "name": "髙橋　花子",
    "kana": "タカハシ　ハナコ",
    "born": "2019-05-01",
    "address": "見本県見本市本町１−２−３",
}
_RECORDS: dict[Message, tuple[str, Row]] = {
    Message.INQUIRY: (
        "送る: 情報照会",
        {
            "line_id": "M0001", "atena_number": "100001", "unified_number": "900001", "kind": "tax", "base_date": "2026-01-01",
            "tax_year": "2025", "base_address": "見本県見本市本町１−２−３", "staff_number": "S01", "organisation_number": "K01",
            "approval_number": "7-12", "duty_code": "J01", "procedure_code": "T01", "layout_version": "01",
        },
    ),
    Message.INQUIRY_ANSWER: (
        "受け取る: 情報照会の回答",
        {
            "line_id": "M0001", "atena_number": "100001", "kind": "tax", "result": "answered", "reason": "", **_PERSON,
            "household": "H1", "tax_year": "2025", "municipality": "見本市", "total_income": "1234567", "retirement_income": "0",
            "forest_income": None, "social_insurance": "-80", "life_insurance": "", "earthquake_insurance": "0", "welfare": "no",
            "welfare_from": "", "welfare_to": "",
        },
    ),
}  # fmt: skip
_IN_WORDS = {"tax": "地方税関係情報", "answered": "回答あり", "no": "受給なし"}
"""The code words of the records above."""
_MISSING = "（項目なし）"
_BLANK = "（空欄）"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: our value, what stands on the wire in text and bytes, and what is read back."""

    title: str
    value: str
    wire: str
    octets: str
    back: str
    mismatch: bool


@dataclass(frozen=True, slots=True)
class Record:
    """`trouble` says why a record cannot be written or read."""

    title: str
    fields: list[Field]
    size: int = 0
    trouble: str = ""


def effect_of(values: Mapping[str, str]) -> list[Record]:
    """The effect of what the form says now; nothing while an entry cannot be read."""
    try:
        config = from_form(dict(values))
    except ValidationError:
        return []
    return [_record(config, message, *_RECORDS[message]) for message in _RECORDS]


def _record(config: AdapterConfig, message: Message, title: str, row: Row) -> Record:
    dialect = build_dialect(config.dialect)
    encoded = dialect.encode(message, _MADE, [row])
    if encoded.refused:
        return Record(title, [], trouble=f"見本を書けません。{next(iter(encoded.refused.values()))}")
    fields = list(_fields(config, message, row, {}))
    try:
        decoded = dialect.decode(message, encoded.payload)
    except AnswerUnreadable as error:
        return Record(title, fields, len(encoded.payload), f"書いた見本を読み戻せません。{error.message}")
    return Record(title, list(_fields(config, message, row, _values(decoded))), len(encoded.payload), _error(decoded))


def _fields(config: AdapterConfig, message: Message, row: Row, back: Row) -> Iterator[Field]:
    encoding = getattr(config.dialect, "encoding", "utf-8")
    codec, known, marked = LineCodec(encoding, config.dialect), specs(message), False
    lines = codec.write(message, [row]).lines
    for column, cell in zip(codec.columns(message), lines[0] if lines else [], strict=False):
        value = row.get(column.field) if column.field else column.constant
        read = back.get(column.field) if column.field else column.constant
        differs = not marked and bool(back) and read != value
        marked = marked or differs
        octets = (cell or "").encode(measure(encoding), errors="replace").hex(" ")
        title = column.title if not column.field else f"{known[column.field].title}（{column.title}）"
        coded = bool(column.field) and known[column.field].form is Form.CODE
        yield Field(title, _word(value, coded), _word(cell), octets, _word(read, coded), differs)


def _values(decoded: Decoded) -> Row:
    return decoded.rows[0].values if decoded.rows else {}


def _error(decoded: Decoded) -> str:
    return next((row.error for row in decoded.rows if row.error), "")


def _word(value: str | None, coded: bool = False) -> str:
    if value is None:
        return _MISSING
    return (_IN_WORDS.get(value, value) if coded else value) or _BLANK

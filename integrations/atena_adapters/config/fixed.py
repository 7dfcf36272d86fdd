"""Records of fixed width, counted in bytes, with a control record at the head and totals at the end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.config.layouts import Column, Layouts, parse_column
from integrations.atena_adapters.config.rules import Codes, DateRules, TextRules, check_missing_mark
from integrations.atena_adapters.fields import MESSAGES, Form, Message

FixedEncoding = Literal["cp932", "utf-8", "euc_jp"]
"""Encodings in which a blank, a digit and a line end are one byte each; see `dialects/encodings.py` for host codes."""

ControlColumns = tuple[Annotated[Column, BeforeValidator(parse_column)], ...]
HEADER_ITEMS = ("message", "batch", "made_on", "sequence", "count")
TRAILER_ITEMS = ("message", "batch", "sequence", "count", "sum", "hash")
_DIGITS_PER_BYTE = 2.40824  # log10(256): digits that a hash total needs for each byte of its widest field

HASHABLE = {
    spec.name: spec.title
    for specs in MESSAGES.values()
    for spec in specs
    if spec.form in (Form.DATE, Form.AMOUNT, Form.YEAR, Form.CODE, Form.IDENTIFIER)
}
MESSAGE_CODES = {
    "registration": "11", "registration_answer": "12", "update": "13", "update_answer": "14", "withdrawal": "15",
    "withdrawal_answer": "16", "linkage": "21", "linkage_answer": "22", "inquiry": "31", "inquiry_answer": "32",
    "provision": "41", "provision_answer": "42", "listing": "51", "listing_answer": "52",
    "release": "61", "release_answer": "62", "receipt": "91",
}  # fmt: skip


class FixedDialect(Settings):
    """One record per line of the message; all records are filled with spaces to the same length."""

    kind: Literal["fixed"] = "fixed"
    encoding: FixedEncoding = entry(
        Group.CHARACTERS,
        "文字コード",
        "相手のファイルの文字コードです。",
        "cp932",
        words={"cp932": "Shift_JIS(Windows)", "utf-8": "UTF-8", "euc_jp": "EUC-JP"},
    )
    record_end: Literal["CRLF", "LF", "none"] = entry(
        Group.LAYOUT,
        "レコードの終わり",
        "レコードの終わりの改行です。「なし」では長さだけで区切ります。",
        "CRLF",
        words={"CRLF": "CRLF", "LF": "LF", "none": "なし"},
    )
    head_record: ControlColumns = entry(
        Group.LAYOUT,
        "先頭レコード",
        "1行に1項目、「項目=見出し@バイト数」。項目は message(データ種別)、batch(送信単位)、made_on(作成日)、sequence(通番)、count(件数)。"
        "空なら置きません。",
        (),
        kind="columns",
    )
    tail_record: ControlColumns = entry(
        Group.LAYOUT,
        "末尾レコード",
        "項目は message、batch、sequence、count(件数)、sum(金額合計)、hash(ハッシュ合計)。空なら置きません。",
        (),
        kind="columns",
    )
    message_codes: dict[str, str] = entry(
        Group.LAYOUT, "データ種別のコード", "先頭レコードの message に入る値です。", MESSAGE_CODES, kind="table"
    )
    hash_fields: tuple[str, ...] = entry(
        Group.LAYOUT,
        "ハッシュ合計に入れる項目",
        "生年月日と金額を入れると、1か所の書き換えはすべて見つかります。",
        (),
        words=HASHABLE,
    )
    missing_mark: str = entry(
        Group.LAYOUT,
        "値なしの印",
        "「項目そのものがない」欄を埋める1文字。空なら空欄と区別しません。",
        "",
        max_length=1,
    )
    layouts: Layouts = Field(default_factory=Layouts)
    text: TextRules = Field(default_factory=TextRules)
    dates: DateRules = Field(default_factory=DateRules)
    codes: Codes = Field(default_factory=Codes)

    def record_bytes(self, message: Message) -> int:
        """The length of a record without its line end: that of the longest of its three kinds."""
        parts = (self.head_record, self.layouts.of(message), self.tail_record)
        return max(sum(column.width or 0 for column in part) for part in parts)

    @model_validator(mode="after")
    def _sound(self) -> FixedDialect:
        if not self.missing_mark.isascii():
            raise ValueError("値なしの印は半角の1文字にしてください。")
        check_missing_mark(self.missing_mark, self.codes)
        if set(self.message_codes) != {message.value for message in Message}:
            raise ValueError("データ種別のコードは、すべての種類に一つずつ必要です。")
        if unknown := [name for name in self.hash_fields if name not in HASHABLE]:
            raise ValueError(f"ハッシュ合計に知らない項目があります: {'、'.join(unknown)}")
        _check_control(self.head_record, HEADER_ITEMS, "先頭レコード")
        _check_control(self.tail_record, TRAILER_ITEMS, "末尾レコード")
        for message in Message:
            self._check_records(message)
        return self

    def _check_records(self, message: Message) -> None:
        columns = self.layouts.of(message)
        if bare := [column.title for column in columns if column.width is None]:
            raise ValueError(
                f"固定長では、すべての列にバイト数が必要です({message.value}: {'、'.join(bare[:5])})。「項目=見出し@12」のように書きます。"
            )
        marks = [_mark_of(part) for part in (self.head_record, columns, self.tail_record) if part]
        if len(marks) > 1 and ("" in marks or len(set(marks)) < len(marks)):
            raise ValueError(
                f"先頭・明細・末尾のレコードは、最初の列に、互いに違うレコード区分(固定値)を置いてください({message.value})。"
            )


def detected_items(dialect: FixedDialect, message: Message) -> frozenset[str]:
    """Items of a message of which any single changed value shows in a total of the trailer.

    The amount total catches any other amount, but not a blank that became zero; the hash total catches every other byte, as long as
    its modulus is greater than any value that the field can hold.
    """
    digits = max((column.width or 0 for column in dialect.tail_record if column.field == "hash"), default=0)
    return frozenset(
        column.field
        for column in dialect.layouts.of(message)
        if column.field in dialect.hash_fields and (column.width or 0) * _DIGITS_PER_BYTE < digits
    )


def amount_columns(dialect: FixedDialect, message: Message) -> list[Column]:
    """The columns that the amount total is made of."""
    amounts = {spec.name for spec in MESSAGES[message] if spec.form is Form.AMOUNT}
    return [column for column in dialect.layouts.of(message) if column.field in amounts]


def _mark_of(columns: tuple[Column, ...]) -> str:
    return columns[0].constant or ""


def _check_control(columns: tuple[Column, ...], items: tuple[str, ...], title: str) -> None:
    names = [column.field for column in columns if column.field]
    if unknown := [name for name in names if name not in items]:
        raise ValueError(f"{title}に知らない項目があります: {'、'.join(unknown)}")
    if len(set(names)) < len(names):
        raise ValueError(f"{title}に同じ項目が二度あります。")
    if any(column.width is None for column in columns):
        raise ValueError(f"{title}のすべての列にバイト数が必要です。")

"""Which items stand in which message, in which order, under which name."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.fields import MESSAGES, FieldSpec, Message, specs


class Column(Settings):
    """One column (CSV), key (JSON) or field (fixed width).  With `constant` it carries a fixed text and `field` stays empty.

    `width` (bytes), `side` of the value (`l`, `r`) and `fill` (`0`, `_` for a space) are for fixed width; empty `side` and `fill` mean
    zeros on the left of an amount and spaces on the right of everything else. Zeros of a `0` column are no part of what is read from
    it, so an identifier that begins with 0 cannot be sent in one.
    """

    field: str = ""
    title: str
    constant: str | None = None
    max_bytes: int | None = None
    width: Annotated[int, Field(ge=1, le=4000)] | None = None
    side: Literal["", "l", "r"] = ""
    fill: Literal["", "0", "_"] = ""

    @model_validator(mode="after")
    def _one_source(self) -> Column:
        if bool(self.field) == (self.constant is not None):
            raise ValueError("列には、項目か固定値のどちらか一つを指定してください。")
        return self


_MEASURE = re.compile(r"@(\d{1,4})([lr]?)([0_]?)$")


def parse_column(value: Any) -> Any:
    """`line_id=明細番号@12` is short for field, title and width; `=版=01` for a constant `01` under the title 版."""
    if not isinstance(value, str):
        return value
    measure = _MEASURE.search(value)
    sizes: dict[str, Any] = {}
    if measure:
        value = value[: measure.start()]
        sizes = {"width": int(measure[1]), "side": measure[2], "fill": measure[3]}
    field, _, title = value.partition("=")
    if field:
        return {"field": field.strip(), "title": (title or field).strip()} | sizes
    title, _, constant = title.partition("=")
    return {"title": title.strip(), "constant": constant} | sizes


def measure_text(column: Column) -> str:
    """`@11r0`: width, side and fill as they are written in a layout; empty without a width."""
    return f"@{column.width}{column.side}{column.fill}" if column.width else ""


Columns = tuple[Annotated[Column, BeforeValidator(parse_column)], ...]
_NUMBER_ANSWERS = (Message.REGISTRATION_ANSWER, Message.UPDATE_ANSWER)
_OPTIONAL_BY_DEFAULT = ("unified_number", "duty_code", "procedure_code", "layout_version")


def default_columns(message: Message) -> tuple[Column, ...]:
    """Every item under its Japanese title, but those that only some prefectures want."""
    return tuple(
        Column(field=spec.name, title=spec.title)
        for spec in MESSAGES[message]
        if spec.name not in _OPTIONAL_BY_DEFAULT or message in _NUMBER_ANSWERS
    )


_TITLES = {
    Message.REGISTRATION: "付番依頼の列",
    Message.REGISTRATION_ANSWER: "付番結果の列",
    Message.UPDATE: "異動の列",
    Message.UPDATE_ANSWER: "異動結果の列",
    Message.WITHDRAWAL: "廃止の列",
    Message.WITHDRAWAL_ANSWER: "廃止結果の列",
    Message.LINKAGE: "符号確認の列",
    Message.LINKAGE_ANSWER: "符号確認結果の列",
    Message.INQUIRY: "情報照会の列",
    Message.INQUIRY_ANSWER: "情報照会結果の列",
    Message.PROVISION: "副本登録の列",
    Message.PROVISION_ANSWER: "副本登録結果の列",
    Message.LISTING: "保留の照会・記録の受領の列",
    Message.LISTING_ANSWER: "保留の照会・記録の列",
    Message.RELEASE: "照会への回答の列",
    Message.RELEASE_ANSWER: "照会への回答の結果の列",
    Message.RECEIPT: "受領通知の列",
}


def _columns(message: Message) -> Any:
    text = "1行に1列、「項目=見出し」の形で、並び順どおりに書きます。固定値の列は「=見出し=値」です。"
    return entry(Group.LAYOUT, _TITLES[message], text, default_columns(message), kind="columns")


class Layouts(Settings):
    """The columns of all messages."""

    registration: Columns = _columns(Message.REGISTRATION)
    registration_answer: Columns = _columns(Message.REGISTRATION_ANSWER)
    update: Columns = _columns(Message.UPDATE)
    update_answer: Columns = _columns(Message.UPDATE_ANSWER)
    withdrawal: Columns = _columns(Message.WITHDRAWAL)
    withdrawal_answer: Columns = _columns(Message.WITHDRAWAL_ANSWER)
    linkage: Columns = _columns(Message.LINKAGE)
    linkage_answer: Columns = _columns(Message.LINKAGE_ANSWER)
    inquiry: Columns = _columns(Message.INQUIRY)
    inquiry_answer: Columns = _columns(Message.INQUIRY_ANSWER)
    provision: Columns = _columns(Message.PROVISION)
    provision_answer: Columns = _columns(Message.PROVISION_ANSWER)
    listing: Columns = _columns(Message.LISTING)
    listing_answer: Columns = _columns(Message.LISTING_ANSWER)
    release: Columns = _columns(Message.RELEASE)
    release_answer: Columns = _columns(Message.RELEASE_ANSWER)
    receipt: Columns = _columns(Message.RECEIPT)

    def of(self, message: Message) -> tuple[Column, ...]:
        """The columns of one message."""
        columns: tuple[Column, ...] = getattr(self, message.value)
        return columns

    @model_validator(mode="after")
    def _sound(self) -> Layouts:
        for message in Message:
            _check(message, self.of(message), specs(message))
        if not {"atena_number", "unified_number"} & {column.field for column in self.inquiry}:
            raise ValueError("情報照会の列には、宛名番号(atena_number)か団体内統合宛名番号(unified_number)が必要です。")
        return self


def _check(message: Message, columns: tuple[Column, ...], known: dict[str, FieldSpec]) -> None:
    names = [column.field for column in columns if column.field]
    titles = [column.title for column in columns]
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{_TITLES[message]}に知らない項目があります: {'、'.join(unknown)}")
    if missing := [spec.title for spec in known.values() if spec.required and spec.name not in names]:
        raise ValueError(f"{_TITLES[message]}に必要な項目がありません: {'、'.join(missing)}")
    if len(set(names)) < len(names) or len(set(titles)) < len(titles):
        raise ValueError(f"{_TITLES[message]}に同じ項目か同じ見出しが二度あります。")

"""Which items stand in which message, in which order, under which name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.fields import MESSAGES, FieldSpec, Message, specs


class Column(Settings):
    """One column (CSV) or key (JSON).  With `constant` it carries a fixed text and `field` stays empty."""

    field: str = ""
    title: str
    constant: str | None = None
    max_bytes: int | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Column:
        if bool(self.field) == (self.constant is not None):
            raise ValueError("列には、項目か固定値のどちらか一つを指定してください。")
        return self


def _column(value: Any) -> Any:
    """`line_id=明細番号` is short for field and title; `=版=01` for a constant `01` under the title 版."""
    if not isinstance(value, str):
        return value
    field, _, title = value.partition("=")
    if field:
        return {"field": field.strip(), "title": (title or field).strip()}
    title, _, constant = title.partition("=")
    return {"title": title.strip(), "constant": constant}


Columns = tuple[Annotated[Column, BeforeValidator(_column)], ...]
_OPTIONAL_BY_DEFAULT = ("unified_number", "duty_code", "procedure_code", "layout_version")


def default_columns(message: Message) -> tuple[Column, ...]:
    """Every item under its Japanese title, but those that only some prefectures want."""
    return tuple(
        Column(field=spec.name, title=spec.title)
        for spec in MESSAGES[message]
        if spec.name not in _OPTIONAL_BY_DEFAULT or (message is Message.REGISTRATION_ANSWER)
    )


_TITLES = {
    Message.REGISTRATION: "付番依頼の列",
    Message.REGISTRATION_ANSWER: "付番結果の列",
    Message.LINKAGE: "符号確認の列",
    Message.LINKAGE_ANSWER: "符号確認結果の列",
    Message.INQUIRY: "情報照会の列",
    Message.INQUIRY_ANSWER: "情報照会結果の列",
    Message.RECEIPT: "受領通知の列",
}


def _columns(message: Message) -> Any:
    text = "1行に1列、「項目=見出し」の形で、並び順どおりに書きます。固定値の列は「=見出し=値」です。"
    return entry(Group.LAYOUT, _TITLES[message], text, default_columns(message), kind="columns")


class Layouts(Settings):
    """The columns of the seven messages."""

    registration: Columns = _columns(Message.REGISTRATION)
    registration_answer: Columns = _columns(Message.REGISTRATION_ANSWER)
    linkage: Columns = _columns(Message.LINKAGE)
    linkage_answer: Columns = _columns(Message.LINKAGE_ANSWER)
    inquiry: Columns = _columns(Message.INQUIRY)
    inquiry_answer: Columns = _columns(Message.INQUIRY_ANSWER)
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

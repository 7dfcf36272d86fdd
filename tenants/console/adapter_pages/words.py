"""An adapter configuration in the words of its form, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.form import FormField, form_schema, form_values

ABSENT = "（なし）"
EMPTY = "（空）"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its label and its value in words; `rows` where the value is a list of lines."""

    label: str
    text: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Difference:
    """年月日の形: 20260401 → 5080401(元号は数字). Long values say the lines that went and came."""

    group: str
    label: str
    before: str
    after: str


def sections(config: Mapping[str, Any]) -> list[Section]:
    """A stored configuration, group by group."""
    values = form_values(AdapterConfig.model_validate(dict(config)))
    found = []
    for group in form_schema():
        lines = [_line(field, values[field.name]) for field in group.fields if field.name in values]
        if lines:
            found.append(Section(group.title, lines))
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed, in the order of the form."""
    old = form_values(AdapterConfig.model_validate(dict(before)))
    new = form_values(AdapterConfig.model_validate(dict(after)))
    return [
        Difference(group.title, field.label, *_pair(field, old.get(field.name), new.get(field.name)))
        for group in form_schema()
        for field in group.fields
        if old.get(field.name) != new.get(field.name)
    ]


def secret_differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """Whether the value of a secret was put in, changed or taken out; the values themselves stay here."""
    group = "通信"
    return [
        Difference(
            group, f"認証情報「{name}」の値", _held(name, before), "変更" if name in before else _held(name, after)
        )
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def choice_word(name: str, value: str) -> str:
    """A choice of the form in words: "http" → HTTPで送受信."""
    field = next(field for group in form_schema() for field in group.fields if field.name == name)
    return dict(field.choices).get(value, value)


def _held(name: str, values: Mapping[str, str]) -> str:
    return "登録済み" if name in values else ABSENT


def _line(field: FormField, value: str) -> Line:
    if field.type in ("table", "columns"):
        return Line(field.label, "" if value else EMPTY, tuple(value.splitlines()))
    return Line(field.label, _words(field, value))


def _words(field: FormField, value: str) -> str:
    if field.type == "boolean":
        return "はい" if value == "true" else "いいえ"
    choices = dict(field.choices)
    if field.type == "choices":
        return "、".join(choices[word] for word in value.split(",") if word) or EMPTY
    return choices.get(value, value) or EMPTY


def _pair(field: FormField, old: str | None, new: str | None) -> tuple[str, str]:
    if old is None or new is None or field.type not in ("table", "columns"):
        return _side(field, old), _side(field, new)
    gone = [line for line in old.splitlines() if line not in new.splitlines()]
    come = [line for line in new.splitlines() if line not in old.splitlines()]
    if not gone and not come:
        return "並び順", "並び順が変わりました"
    return _joined(gone), _joined(come)


def _side(field: FormField, value: str | None) -> str:
    if value is None:
        return ABSENT
    return _joined(value.splitlines()) if field.type in ("table", "columns") else _words(field, value)


def _joined(lines: list[str]) -> str:
    return "、".join(lines) or ABSENT

"""The configuration as a form: which entries to show, in which group, and how to read them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.carried import MediumTransport, TerminalTransport
from integrations.atena_adapters.config.database import DatabaseTransport
from integrations.atena_adapters.config.dialect import DelimitedDialect, JsonDialect
from integrations.atena_adapters.config.entries import Group
from integrations.atena_adapters.config.files import FolderTransport, SftpTransport
from integrations.atena_adapters.config.fixed import FixedDialect
from integrations.atena_adapters.config.form_text import FieldType, to_text, to_value
from integrations.atena_adapters.config.transport import HttpTransport, NoTransport, RetiredTransport
from integrations.atena_adapters.config.workflow import Workflow

_KINDS = {
    "transport.kind": (
        "接続の方法",
        {
            "http": "HTTPで送受信",
            "folder": "共有フォルダー",
            "sftp": "SFTP",
            "database": "データベースの表とビュー",
            "medium": "媒体で運ぶ",
            "terminal": "端末へ手入力",
            "none": "接続しない(開発用)",
            "retired": "廃止(過去の記録を読むだけ)",
        },
    ),
    "dialect.kind": ("書式の種類", {"json": "JSON", "delimited": "区切り文字(CSVなど)", "fixed": "固定長(バイト数)"}),
}
_BRANCHES: tuple[tuple[str, type[BaseModel], dict[str, tuple[str, ...]]], ...] = (
    ("transport", HttpTransport, {"transport.kind": ("http",)}),
    ("transport", FolderTransport, {"transport.kind": ("folder",)}),
    ("transport", SftpTransport, {"transport.kind": ("sftp",)}),
    ("transport", DatabaseTransport, {"transport.kind": ("database",)}),
    ("transport", MediumTransport, {"transport.kind": ("medium",)}),
    ("transport", TerminalTransport, {"transport.kind": ("terminal",)}),
    ("transport", NoTransport, {"transport.kind": ("none",)}),
    ("transport", RetiredTransport, {"transport.kind": ("retired",)}),
    ("dialect", JsonDialect, {"dialect.kind": ("json",)}),
    ("dialect", DelimitedDialect, {"dialect.kind": ("delimited",)}),
    ("dialect", FixedDialect, {"dialect.kind": ("fixed",)}),
    ("workflow", Workflow, {}),
)


@dataclass(frozen=True, slots=True)
class FormField:
    """One entry.

    `name` is the dotted path in the configuration (`transport.base_url`); `default` is the text to show first; `shown_when`
    names the entries whose choice makes this one apply, with those choices.  `table` is one `key=value` per line, `columns` one
    `item=title` per line.
    """

    name: str
    label: str
    help: str
    type: FieldType
    choices: tuple[tuple[str, str], ...]
    default: str
    required: bool
    shown_when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Entries that stand together: 通信, 書式, 文字, 日付, 手順, 職員情報."""

    title: str
    fields: tuple[FormField, ...]


def form_schema() -> list[FormGroup]:
    """All entries in the order of the form.  Entries of an unchosen transport or dialect carry `shown_when`."""
    entries: dict[Group, dict[str, FormField]] = {group: {} for group in Group}
    entries[Group.COMMUNICATION]["transport.kind"] = _kind("transport.kind")
    entries[Group.LAYOUT]["dialect.kind"] = _kind("dialect.kind")
    for prefix, model, shown_when in _BRANCHES:
        for group, field in _walk(prefix, model, shown_when):
            known = entries[group].get(field.name)
            entries[group][field.name] = _also(known, field) if known else field
    return [FormGroup(group.value, tuple(fields.values())) for group, fields in entries.items()]


def form_values(config: AdapterConfig) -> dict[str, str]:
    """The texts that show an existing configuration in the form."""
    values: dict[str, str] = {}
    for field in _applicable({"transport.kind": config.transport.kind, "dialect.kind": config.dialect.kind}):
        value: Any = config
        for part in field.name.split("."):
            value = getattr(value, part)
        values[field.name] = to_text(field.name, value)
    return values


def from_form(values: Mapping[str, str]) -> AdapterConfig:
    """The configuration that a filled form describes; raises pydantic's ValidationError (see `problems`)."""
    document: dict[str, Any] = {}
    for field in _applicable(values):
        place = document
        *path, last = field.name.split(".")
        for part in path:
            place = place.setdefault(part, {})
        text = values.get(field.name, "false" if field.type == "boolean" else field.default)
        place[last] = to_value(field.name, field.type, text)
    return AdapterConfig.model_validate(document)


def _applicable(values: Mapping[str, str]) -> Iterator[FormField]:
    for group in form_schema():
        for field in group.fields:
            if all(values.get(name) in choices for name, choices in field.shown_when.items()):
                yield field


def _also(known: FormField, other: FormField) -> FormField:
    """An entry that several branches share, shown for each of them."""
    merged = {name: known.shown_when[name] + choices for name, choices in other.shown_when.items()}
    return replace(known, shown_when=merged)


def _kind(name: str) -> FormField:
    title, choices = _KINDS[name]
    return FormField(name, title, "", "choice", tuple(choices.items()), next(iter(choices)), True, {})


def _walk(
    prefix: str, model: type[BaseModel], shown_when: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Group, FormField]]:
    for name, info in model.model_fields.items():
        path, extra = f"{prefix}.{name}", info.json_schema_extra
        if isinstance(extra, dict):
            yield Group(str(extra["group"])), _field(path, info, dict(extra), shown_when)
        elif isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _walk(path, info.annotation, shown_when)


def _field(
    path: str, info: FieldInfo, extra: Mapping[str, Any], shown_when: Mapping[str, tuple[str, ...]]
) -> FormField:
    required = info.default is PydanticUndefined
    return FormField(
        name=path,
        label=info.title or "",
        help=info.description or "",
        type=_type(info.annotation, extra["kind"]),
        choices=tuple(extra["words"].items()),
        default="" if required else to_text(path, info.default),
        required=required,
        shown_when=shown_when,
    )


def _type(annotation: Any, kind: str) -> FieldType:
    if kind:
        named: dict[str, FieldType] = {"secret": "secret", "path": "path", "table": "table", "columns": "columns"}
        return named[kind]
    if get_origin(annotation) is tuple:
        return "choices"
    if get_origin(annotation) is Literal:
        return "choice"
    return "boolean" if annotation is bool else "number" if annotation in (int, float) else "text"

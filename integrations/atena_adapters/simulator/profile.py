"""The simulator's own reader of presets (TOML) and configurations (JSON): what both sides agreed on, nothing of how we adapt."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.atena_adapters.simulator.items import CODES, ITEMS, MESSAGE_CODES, TITLES, Kind, usual_items

PRESETS = Path(__file__).parents[1] / "presets"
_WIDTH = re.compile(r"@(\d+)([lr]?)([0_]?)$")


@dataclass(frozen=True, slots=True)
class Column:
    """One place in a message.  With `constant` it always carries that text; `width` is in bytes."""

    item: str
    title: str
    constant: str | None = None
    width: int = 0
    side: str = ""
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How messages are written: the `dialect` of a configuration."""

    kind: str
    encoding: str
    options: Mapping[str, Any]
    text: Mapping[str, Any]
    day: str
    year: str
    context_year: int
    layouts: Mapping[str, tuple[Column, ...]]
    codes: Mapping[str, Mapping[str, tuple[str, ...]]]
    message_codes: Mapping[str, str]
    head: tuple[Column, ...] = ()
    tail: tuple[Column, ...] = ()
    hash_items: frozenset[str] = frozenset()

    @property
    def missing_mark(self) -> str:
        """The mark that tells missing from blank; "" when there is none."""
        return str(self.options.get("missing_mark", ""))


@dataclass(frozen=True, slots=True)
class Profile:
    """One configuration."""

    transport: Mapping[str, Any]
    form: Form
    workflow: Mapping[str, Any] = field(default_factory=dict)

    def word(self, kind: Kind) -> str:
        """The word for a kind in names, paths and tables."""
        return str((self.transport.get("names") or {}).get(kind.value) or kind.value)

    def kind_of(self, word: str) -> Kind | None:
        """The kind that a word stands for."""
        return next((kind for kind in Kind if self.word(kind) == word), None)

    def option(self, name: str, usual: Any) -> Any:
        """One setting of the transport."""
        value = self.transport.get(name)
        return usual if value is None else value


def load(name: str) -> Profile:
    """A preset by its name, or a configuration from a JSON or TOML file."""
    shipped = PRESETS / f"{name}.toml"
    path = shipped if re.fullmatch(r"[\w-]+", name) and shipped.exists() else Path(name)
    text = path.read_text(encoding="utf-8")
    return read(tomllib.loads(text) if path.suffix == ".toml" else json.loads(text))


def read(values: Mapping[str, Any]) -> Profile:
    """A profile from what a file holds."""
    return Profile(values.get("transport") or {}, _form(values.get("dialect") or {}), values.get("workflow") or {})


def _form(values: Mapping[str, Any]) -> Form:
    layouts, dates = values.get("layouts") or {}, values.get("dates") or {}
    kind = values.get("kind", "json")
    return Form(
        kind=kind,
        encoding=values.get("encoding") or ("cp932" if kind == "fixed" else "utf-8"),
        options=values,
        text=values.get("text") or {},
        day=dates.get("day", "YYYY-MM-DD"),
        year=dates.get("year", "YYYY"),
        context_year=dates.get("context_year", 2026),
        layouts={message: _columns(message, layouts.get(message)) for message in ITEMS},
        codes={table: _codes(usual | (values.get("codes") or {}).get(table, {})) for table, usual in CODES.items()},
        message_codes=MESSAGE_CODES | (values.get("message_codes") or {}),
        head=tuple(map(_column, values.get("head_record") or ())),
        tail=tuple(map(_column, values.get("tail_record") or ())),
        hash_items=frozenset(values.get("hash_fields") or ()),
    )


def _columns(message: str, entries: list[Any] | None) -> tuple[Column, ...]:
    if entries is None:
        return tuple(Column(item, TITLES[item]) for item in usual_items(message))
    return tuple(map(_column, entries))


def _column(entry: str | Mapping[str, Any]) -> Column:
    """`item=title@11r0`, `=title=value@1`, or the same as an object with its parts."""
    if not isinstance(entry, str):
        parts = (entry.get("field") or "", entry.get("title") or "", entry.get("constant"))
        return Column(*parts, entry.get("width") or 0, entry.get("side") or "", entry.get("fill") or "")
    size = _WIDTH.search(entry)
    width, side, fill = (int(size[1]), size[2], size[3]) if size else (0, "", "")
    item, _, title = entry[: size.start() if size else None].partition("=")
    if item:
        return Column(item.strip(), title.strip() or item.strip(), None, width, side, fill)
    title, _, constant = title.partition("=")
    return Column("", title.strip(), constant, width, side, fill)


def _codes(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(wires.split("|")) for word, wires in table.items()}

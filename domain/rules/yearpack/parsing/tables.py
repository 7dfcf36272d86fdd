"""Parses `[tables.*]`: overlays add rows to a table of the base or win over its cells.

A row may say the day it holds from (`from`); of several, the pack reads the newest in force on its `[as_of]` day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.parsing.layer import Layer
from domain.rules.yearpack.tables import COUNTED, KEY_TITLES, Cell, Further, Key, Table, expand_key

Keys = tuple[Key, ...]
FURTHER = "+"
"""Written for the amount of each further person."""


@dataclass
class _Growing:
    """A table while layers are added."""

    name: str
    title: str
    keys: tuple[str, ...]
    parts: int
    cells: dict[Keys, Cell] = field(default_factory=dict)
    further: dict[Keys, Cell] = field(default_factory=dict)
    later: list[Cell] = field(default_factory=list)


@dataclass
class _Dated:
    """Cells of one layer with the day each holds from."""

    cells: dict[tuple[bool, Keys], dict[date, Cell]] = field(default_factory=dict)

    def add(self, is_further: bool, key: Keys, since: date, cell: Cell) -> bool:
        """False when the same row is there already."""
        versions = self.cells.setdefault((is_further, key), {})
        return versions.setdefault(since, cell) is cell

    def newest(self, is_further: bool) -> Iterator[tuple[Keys, Cell]]:
        """The version that holds, of each row."""
        for (kind, key), versions in self.cells.items():
            if kind is is_further:
                yield key, versions[max(versions)]


def parse_tables(layers: Sequence[Layer], as_of: date | None) -> dict[str, Table]:
    """All tables of all layers, in the version of `as_of`."""
    growing: dict[str, _Growing] = {}
    for layer in layers:
        if "tables" not in layer.raw:
            continue
        with layer.collecting():
            root = layer.root().child("tables")
            for name in root.data:
                with layer.collecting():
                    _add(layer, root.child(name), name, growing, as_of)
    return {name: _finished(layers[0], table) for name, table in growing.items()}


def _add(layer: Layer, reader: Reader, name: str, growing: dict[str, _Growing], as_of: date | None) -> None:
    if name not in growing:
        keys = reader.texts("keys")
        if not keys or len(set(keys)) < len(keys) or any(key not in KEY_TITLES for key in keys):
            raise ReadFault(f"{reader.where}: keys は {'・'.join(KEY_TITLES)} から選んでください")
        growing[name] = _Growing(name, reader.text("title"), keys, reader.integer_or("parts", 1, least=1))
    table = growing[name]
    dated = _Dated()
    for row in reader.children("rows"):
        with layer.collecting():
            _add_row(layer, row, table, dated, as_of)
    reader.done()
    table.cells |= dated.newest(False)
    table.further |= dated.newest(True)


def _add_row(layer: Layer, row: Reader, table: _Growing, dated: _Dated, as_of: date | None) -> None:
    origin = layer.origin(row)
    leading = [_expanded(row, name, row.value(name)) for name in table.keys[:-1]]
    prefix = [str(row.value(name)) for name in table.keys[:-1]]
    since = row.day("from") if row.has("from") else None
    amounts = row.child("cells")
    row.done()
    if since is not None and as_of is None:
        raise ReadFault(f"{row.where}: 「from」のある行には、年度定義に [as_of] が要ります")
    held = since is None or as_of is None or since <= as_of
    for text in amounts.data:
        version = "" if since is None else f"@{since}"
        cell = Cell(table.name, "/".join([*prefix, text]) + version, amounts.integer(text), origin)
        if not held:
            table.later.append(cell)
            continue
        is_further = text == FURTHER and table.keys[-1] in COUNTED
        last = [()] if is_further else [(each,) for each in _expanded(row, table.keys[-1], text)]
        for key in [(*first, *rest) for first in product(*leading) for rest in last]:
            if not dated.add(is_further, key, since or date.min, cell):
                raise ReadFault(f"{row.where}: 同じ行が二つあります: {'/'.join(map(str, key))}")


def _expanded(row: Reader, name: str, value: object) -> list[Key]:
    try:
        return expand_key(name, str(value))
    except ValueError:
        raise ReadFault(f"{row.where}: {KEY_TITLES[name]}「{value}」を読めません") from None


def _finished(layer: Layer, table: _Growing) -> Table:
    further: dict[Keys, Further] = {}
    for prefix, cell in table.further.items():
        counts = [key[-1] for key in table.cells if key[:-1] == prefix and isinstance(key[-1], int)]
        if counts:
            further[prefix] = Further(max(counts), cell)
        else:
            layer.faults.append(f"{table.name}: 「+」だけで人員の行がありません: {'/'.join(map(str, prefix))}")
    return Table(table.name, table.title, table.keys, table.cells, further, table.parts, tuple(table.later))

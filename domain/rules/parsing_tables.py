"""Parses `[tables.*]`: overlays add rows to a table of the base or win over its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from domain.rules.parsing import Layer, texts
from domain.rules.reading import Reader, ReadFault
from domain.rules.tables import KEY_TITLES, Cell, Further, Key, Table, expand_key

Cells = dict[tuple[Key, ...], Cell]


@dataclass
class _Growing:
    """A table while layers are added."""

    name: str
    title: str
    keys: tuple[str, ...]
    cells: Cells = field(default_factory=dict)
    further: dict[tuple[Key, ...], Cell] = field(default_factory=dict)


def parse_tables(layers: Sequence[Layer]) -> dict[str, Table]:
    """All tables of all layers."""
    growing: dict[str, _Growing] = {}
    for layer in layers:
        if "tables" not in layer.raw:
            continue
        with layer.collecting():
            root = layer.root().child("tables")
            for name in root.data:
                with layer.collecting():
                    _add(layer, root.child(name), name, growing)
    return {name: _finished(layers[0], table) for name, table in growing.items()}


def _add(layer: Layer, reader: Reader, name: str, growing: dict[str, _Growing]) -> None:
    if name not in growing:
        keys = texts(reader, "keys")
        if not keys or any(key not in KEY_TITLES for key in keys):
            raise ReadFault(f"{reader.where}: keys は {'・'.join(KEY_TITLES)} から選んでください")
        growing[name] = _Growing(name, reader.text("title"), keys)
    table = growing[name]
    cells: Cells = {}
    further: Cells = {}
    for row in reader.children("rows"):
        with layer.collecting():
            _add_row(layer, row, table, cells, further)
    reader.done()
    table.cells |= cells
    table.further |= further


def _add_row(layer: Layer, row: Reader, table: _Growing, cells: Cells, further: Cells) -> None:
    origin = layer.origin(row)
    leading = [_expanded(row, name, row.value(name)) for name in table.keys[:-1]]
    prefix = [str(row.value(name)) for name in table.keys[:-1]]
    amounts = row.child("cells")
    row.done()
    for text in amounts.data:
        cell = Cell(table.name, "/".join([*prefix, text]), amounts.integer(text), origin)
        if text == "+" and table.keys[-1] == "size":
            targets, values = further, [tuple(each) for each in product(*leading)]
        else:
            targets, values = cells, [tuple(each) for each in product(*leading, _expanded(row, table.keys[-1], text))]
        for key in values:
            if key in targets:
                raise ReadFault(f"{row.where}: 同じ行が二つあります: {'/'.join(map(str, key))}")
            targets[key] = cell


def _expanded(row: Reader, name: str, value: object) -> list[Key]:
    try:
        return expand_key(name, str(value))
    except ValueError:
        raise ReadFault(f"{row.where}: {KEY_TITLES[name]}「{value}」を読めません") from None


def _finished(layer: Layer, table: _Growing) -> Table:
    further: dict[tuple[Key, ...], Further] = {}
    for prefix, cell in table.further.items():
        sizes = [key[-1] for key in table.cells if key[:-1] == prefix and isinstance(key[-1], int)]
        if sizes:
            further[prefix] = Further(max(sizes), cell)
        else:
            layer.faults.append(f"{table.name}: 「+」だけで人員の行がありません: {'/'.join(map(str, prefix))}")
    return Table(table.name, table.title, table.keys, table.cells, further)

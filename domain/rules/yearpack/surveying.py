"""What else is to be known of a pack as a whole: rows nobody reads, parts that are off, how many rows are unconfirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from domain.rules.cases import Category
from domain.rules.payment_cases import Department
from domain.rules.standing import Standing
from domain.rules.yearpack.checking import questions, table_gaps, tables_of
from domain.rules.yearpack.model import Cap, Pack, Rate
from domain.rules.yearpack.tables import Table


@dataclass(frozen=True, slots=True)
class Survey:
    """Japanese lines.  `off`: components that are off, with what they would lack; `unreachable`: rows never read."""

    off: tuple[str, ...]
    unreachable: tuple[str, ...]
    standings: tuple[str, ...]


def survey(pack: Pack) -> Survey:
    """Of the whole pack."""
    return Survey(tuple(_off(pack)), tuple(_unreachable(pack)), tuple(_standings(pack)))


def _off(pack: Pack) -> Iterator[str]:
    for part in pack.need.components:
        if not part.on:
            tables = (pack.tables[name] for name in sorted(tables_of([part])))
            lacking = sum(1 for table in tables for _ in table_gaps(pack, table))
            yield f"{part.title} ({part.id})" + (f": 入れるには {lacking} か所の行が要ります" if lacking else "")


def _unreachable(pack: Pack) -> Iterator[str]:
    used = tables_of(pack.need.components)
    for table in pack.tables.values():
        if table.name not in used:
            yield f"表 {table.title} ({table.name}): どの要素も読みません"
        yield from _later(table)
    read = _rows_read(pack)
    for kind, book in (("支給割合", pack.rates), ("限度額", pack.caps)):
        rows = dict.fromkeys(value.row for layer in book.layers for _, value in layer)
        yield from (f"{kind} {row}: 別の行に隠れて読まれません" for row in rows if row not in read)


def _later(table: Table) -> Iterator[str]:
    days = Counter(cell.row.rpartition("@")[2] for cell in table.later)
    for day, count in sorted(days.items()):
        yield f"表 {table.title} ({table.name}): {day} からの {count} 行は、読む版より後なので読みません"


def _rows_read(pack: Pack) -> set[str]:
    found: set[str] = set()
    for item, department, category in product(pack.items.values(), Department, Category):
        for asked in questions(pack, item, department, category):
            rows: tuple[Rate | Cap | None, ...] = (pack.rates.find(asked), pack.caps.find(asked))
            found |= {row.row for row in rows if row is not None}
    return found


def _standings(pack: Pack) -> Iterator[str]:
    """How many rows of each kind stand how firmly."""
    kinds = {
        "需要額の表": [cell.origin for table in pack.tables.values() for cell in set(table.cells.values())],
        "支給割合": [
            rate.origin for layer in pack.rates.layers for rate in {each.row: each for _, each in layer}.values()
        ],
        "限度額": [cap.origin for layer in pack.caps.layers for cap in {each.row: each for _, each in layer}.values()],
    }
    for kind, origins in kinds.items():
        counts = Counter(origin.standing for origin in origins)
        if counts:
            parts = (f"{standing.label} {counts[standing]}" for standing in Standing if counts[standing])
            yield f"{kind}: {'、'.join(parts)}"

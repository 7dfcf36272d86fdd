"""学校 as an application for a prefecture states them: `[[schools]]` of the TOML, or lines of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.households.schools.forms import typed_lines
from domain.households.schools.layout import SCHOOLS
from domain.households.schools.reading import SchoolFacts, SchoolsReading, department_words, headings, read_lines

Cells = list[list[str]]
EXAMPLE = 'code = "S29001", name = "見本支援学校", departments = ["小学部", "中学部"], opened_on = 2025-04-01'


class SchoolsWrong(ValueError):
    """`console.schools-wrong`: a stated school cannot be taken; the message says which and how to mend it."""

    identifier = "console.schools-wrong"


def from_tables(tables: object) -> tuple[SchoolFacts, ...]:
    """`[[schools]]`: tables with the keys code, name, departments, opened_on, closed_on. Raises SchoolsWrong."""
    keys = [column.key for column in SCHOOLS.columns]
    if not isinstance(tables, list) or not all(isinstance(one, Mapping) for one in tables):
        raise SchoolsWrong(f"schools は [[schools]] の表を学校の数だけ並べてください（例: {EXAMPLE}）。")
    for number, table in enumerate(tables, start=1):
        unknown = sorted(set(table) - set(keys))
        if unknown:
            raise SchoolsWrong(
                f"schools の{number}番目に、知らない項目「{unknown[0]}」があります（使えるのは {'、'.join(keys)}）。"
            )
    return _good(read_lines([headings(), *([_cell(table.get(key, "")) for key in keys] for table in tables)]))


def from_text(text: str) -> tuple[SchoolFacts, ...]:
    """Lines 学校コード,名称,部,開始日,終了日. Raises SchoolsWrong."""
    return _good(read_lines(typed_lines(text))) if text.strip() else ()


def as_cells(schools: Sequence[SchoolFacts]) -> Cells:
    """For keeping as JSON."""
    return [
        [one.code, one.name, department_words(one.departments), _cell(one.opened_on or ""), _cell(one.closed_on or "")]
        for one in schools
    ]


def facts_of_cells(cells: Cells) -> tuple[SchoolFacts, ...]:
    return read_lines([headings(), *cells]).rows


def _good(reading: SchoolsReading) -> tuple[SchoolFacts, ...]:
    for found in reading.problems:
        if reading.wrong:
            raise SchoolsWrong(f"学校の{max(found.row - 1, 1)}番目「{found.column}」: {found.message}")
    return reading.rows


def _cell(value: object) -> str:
    return "・".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)

"""One sheet to records: find the headings, read each row by its columns, report every finding with its place."""

import difflib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.layout import (
    EXAMPLE_HEADING,
    EXAMPLE_MARK,
    Column,
    Kind,
    SheetLayout,
    fold_heading,
)
from domain.households.roster.workbook.numbers import is_number_heading
from domain.households.roster.workbook.problems import CellProblem, cell_name, problem
from domain.households.roster.workbook.values import Value, ValueProblem, convert, was_normalised
from web.text import km_text

HEADING_WITHIN_ROWS = 20
FORMULA_SEEN = "（数式）"
"""Shown for a formula: what the file keeps as its last result is not what stands in the cell."""

Cells = Sequence[Sequence[object]]


@dataclass(slots=True)
class Record:
    """A row as read. `values` lacks what could not be read; `severity` is the gravest finding of the row, if any."""

    row: int
    values: dict[str, Value]
    severity: Severity | None = None

    @property
    def good(self) -> bool:
        return self.severity is None

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def flag(self, key: str) -> bool:
        return self.values.get(key) is True

    def number(self, key: str) -> int | None:
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        value = self.values.get(key)
        return value if isinstance(value, date) else None


@dataclass(slots=True)
class Table:
    """A sheet as read, or, when `problems` holds a refusal, an empty one. `marks`: label → text above the headings."""

    layout: SheetLayout
    records: list[Record] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)

    def is_blank(self, record: Record, key: str) -> bool:
        """True for a cell left blank or a column that is not there; False for a cell that could not be read."""
        if key in record.values:
            return record.values[key] in ("", None)
        return key not in self.found

    def report(self, code: Code, record: Record, key: str = "", detail: str = "") -> None:
        """Add a finding about a record that was read, and mark the record with its gravity."""
        column = self.layout.column(key) if key else None
        seen = record.values.get(key, "") if key else ""
        cell = cell_name(record.row, self.found[key]) if key in self.found else ""
        name = column.name if column else ""
        self.add(
            record, problem(code, detail, sheet=self.layout.name, row=record.row, column=name, seen=seen, cell=cell)
        )

    def add(self, record: Record, finding: CellProblem) -> None:
        """Keep a finding and mark the record with its gravity."""
        self.problems.append(finding)
        if finding.severity is Severity.ERROR or (finding.severity is Severity.PARKED and record.good):
            record.severity = finding.severity


def read_table(
    layout: SheetLayout, rows: Cells, *, formulas: set[tuple[int, int]] | None = None, calendar_1904: bool = False
) -> Table:
    """Read a sheet. Never raises: a sheet whose headings do not fit gives a table with refusing problems only."""
    table = Table(layout)
    heading_row = _find_heading_row(layout, rows)
    if heading_row is None:
        table.problems.append(problem(Code.MISSING_HEADING, sheet=layout.name))
        return table
    columns = _map_columns(table, rows[heading_row], heading_row + 1)
    if any(finding.severity is Severity.REFUSED for finding in table.problems):
        return table
    table.marks = _marks(rows[:heading_row])
    reader = _RowReader(table, columns, formulas or set(), calendar_1904)
    marks = _example_column(rows[heading_row])
    for number, cells in enumerate(rows[heading_row + 1 :], start=heading_row + 2):
        marked = marks is not None and marks < len(cells) and str(cells[marks]).strip() == EXAMPLE_MARK
        if not marked:
            reader.read(number, cells)
        elif not _is_example(cells, columns):
            table.problems.append(problem(Code.EXAMPLE_FILLED, sheet=layout.name, row=number))
    return table


class _RowReader:
    def __init__(
        self, table: Table, columns: list[tuple[int, Column]], formulas: set[tuple[int, int]], calendar_1904: bool
    ) -> None:
        self.table = table
        self.columns = columns
        self.formulas = formulas
        self.calendar_1904 = calendar_1904

    def read(self, number: int, cells: Sequence[object]) -> None:
        if all(_is_blank(cell) for cell in cells) and not any(
            (number, index) in self.formulas for index, _ in self.columns
        ):
            return
        record = Record(number, {})
        for index, column in self.columns:
            raw = cells[index] if index < len(cells) else ""
            self._read_cell(record, index, column, raw)
        self.table.records.append(record)

    def _read_cell(self, record: Record, index: int, column: Column, raw: object) -> None:
        try:
            if (record.row, index) in self.formulas:
                raw = FORMULA_SEEN
                raise ValueProblem(Code.FORMULA)
            value = convert(column, raw, calendar_1904=self.calendar_1904)
        except ValueProblem as trouble:
            self._report(record, index, column, raw, trouble.code, trouble.detail, trouble.remedy)
            return
        record.values[column.key] = value
        if was_normalised(column, raw):
            self._report(record, index, column, raw, Code.NORMALISED, f"「{_shown(column, value)}」と読みました。")

    def _report(
        self,
        record: Record,
        index: int,
        column: Column,
        raw: object,
        code: Code,
        detail: str,
        remedy: str | None = None,
    ) -> None:
        found = problem(
            code,
            detail,
            remedy=remedy,
            sheet=self.table.layout.name,
            row=record.row,
            column=column.name,
            seen=raw,
            cell=cell_name(record.row, index),
        )
        self.table.add(record, found)


def _example_column(headings: Sequence[object]) -> int | None:
    """Where our own blank form marks its example row."""
    return next((index for index, heading in enumerate(headings) if heading == EXAMPLE_HEADING), None)


def _is_example(cells: Sequence[object], columns: list[tuple[int, Column]]) -> bool:
    """Still the form's own example, untouched."""
    return all((str(cells[index]).strip() if index < len(cells) else "") == column.example for index, column in columns)


def _find_heading_row(layout: SheetLayout, rows: Cells) -> int | None:
    best, best_hits = None, 1
    for index, row in enumerate(rows[:HEADING_WITHIN_ROWS]):
        hits = sum(1 for cell in row if isinstance(cell, str) and fold_heading(cell) in layout.by_heading)
        if hits > best_hits:
            best, best_hits = index, hits
    return best


def _map_columns(table: Table, headings: Sequence[object], row: int) -> list[tuple[int, Column]]:
    layout = table.layout
    columns: list[tuple[int, Column]] = []
    unknown: list[str] = []
    for index, heading in enumerate(headings):
        if not isinstance(heading, str) or not heading.strip() or heading == EXAMPLE_HEADING:
            continue
        column = layout.by_heading.get(fold_heading(heading))
        place = _place(layout.name, row, index, heading)
        if is_number_heading(heading):
            table.problems.append(place(Code.NUMBER_COLUMN))
        elif column is None:
            unknown.append(heading.strip())
            table.problems.append(place(Code.UNKNOWN_COLUMN))
        elif column.key in table.found:
            table.problems.append(place(Code.DOUBLE_COLUMN))
        else:
            table.found[column.key] = index
            columns.append((index, column))
    for column in layout.columns:
        if column.required and column.key not in table.found:
            detail = f"必要な列「{column.name}」がありません。{near_names(column.name, unknown)}"
            table.problems.append(problem(Code.MISSING_COLUMN, detail, sheet=layout.name, row=row, column=column.name))
    return columns


def _place(sheet: str, row: int, index: int, heading: str) -> Callable[[Code], CellProblem]:
    def about(code: Code) -> CellProblem:
        return problem(code, sheet=sheet, row=row, column=heading.strip()[:40], cell=cell_name(row, index))

    return about


def near_names(wanted: str, present: Sequence[str]) -> str:
    """A sentence naming what is present and looks like what is wanted, or ""."""
    near = difflib.get_close_matches(wanted, present, n=3, cutoff=0.4)
    near += [name for name in present if name not in near and (wanted in name or name in wanted)]
    return f"似た名前：{'、'.join(f'「{name[:20]}」' for name in near[:3])}。" if near else ""


def _marks(rows: Cells) -> dict[str, str]:
    """Label and value pairs above the headings, for instance 学校コード | S29001."""
    found: dict[str, str] = {}
    for row in rows:
        for label, value in itertools.pairwise(row):
            if isinstance(label, str) and label.strip() and not _is_blank(value):
                whole = isinstance(value, float) and value.is_integer()
                found.setdefault(fold_heading(label), f"{value:.0f}" if whole else str(value).strip())
    return found


def _is_blank(cell: object) -> bool:
    return cell == "" or cell is None or (isinstance(cell, str) and not cell.strip())


def _shown(column: Column, value: Value) -> str:
    if column.kind in (Kind.YEN, Kind.INTEGER) and isinstance(value, int):
        return f"{value:,}"
    if column.kind is Kind.DISTANCE and isinstance(value, int):
        return f"{km_text(value)}km"
    return str(value)

"""A list of schools, as a workbook, a CSV file or typed lines, to rows and findings. Bad input never raises."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.households.roster.sheets import report_duplicates
from domain.households.roster.words import DEPARTMENTS
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.numbers import numbers_in_cells
from domain.households.roster.workbook.problems import CellProblem, WorkbookRefused, problem
from domain.households.roster.workbook.reading import read_workbook
from domain.households.roster.workbook.table import Record, Table, read_table
from domain.households.schools.layout import SCHOOLS

MAX_BYTES = 1024 * 1024
MAX_LINES = 2_000
_WORKBOOK_BEGINS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BY_WORD = {label: choice.value for choice in DEPARTMENTS for label in choice.labels}
DEPARTMENT_WORDS = {choice.value: choice.label for choice in DEPARTMENTS}


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """`departments`: values of StatusPeriod.Department, in their order. `closed_on`: the school's last day."""

    code: str
    name: str
    departments: tuple[str, ...] = ()
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class SchoolsReading:
    """Rows that can be taken, and what is wrong with the others."""

    rows: tuple[SchoolFacts, ...]
    problems: tuple[CellProblem, ...]

    @property
    def refused(self) -> bool:
        return any(found.severity is Severity.REFUSED for found in self.problems)

    @property
    def wrong(self) -> bool:
        return any(found.severity is not Severity.NOTICE for found in self.problems)


def read_schools(data: bytes) -> SchoolsReading:
    """An `.xlsx` (sheet 学校, or the first one) or a CSV file in UTF-8 or Shift_JIS."""
    try:
        if not data.startswith(_WORKBOOK_BEGINS):
            return read_lines(_csv_cells(data))
        workbook = read_workbook(data)
    except WorkbookRefused as refusal:
        return SchoolsReading((), tuple(refusal.problems))
    name = next((name for name in workbook.sheets if name.strip() == SCHOOLS.name), next(iter(workbook.sheets), ""))
    formulas = workbook.formulas.get(name)
    return _read(
        read_table(SCHOOLS, workbook.sheets.get(name, []), formulas=formulas, calendar_1904=workbook.calendar_1904)
    )


def read_lines(cells: Sequence[Sequence[object]]) -> SchoolsReading:
    """Rows of cells whose first one holds the headings."""
    numbers = list(numbers_in_cells(SCHOOLS.name, cells))
    if numbers:
        return SchoolsReading((), tuple(numbers))
    return _read(read_table(SCHOOLS, cells))


def headings() -> list[str]:
    return [column.name for column in SCHOOLS.columns]


def department_words(departments: Sequence[str]) -> str:
    return "・".join(DEPARTMENT_WORDS.get(one, one) for one in departments)


def _csv_cells(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except UnicodeDecodeError:
            continue
        except csv.Error:
            break
        if "\0" in text or len(lines) > MAX_LINES:
            break
        return lines
    detail = f"CSVとして読めません（UTF-8かShift_JIS、{MAX_LINES:,}行まで）。"
    raise WorkbookRefused([problem(Code.NOT_A_WORKBOOK, detail)])


def _read(table: Table) -> SchoolsReading:
    if any(found.severity is Severity.REFUSED for found in table.problems):
        return SchoolsReading((), tuple(table.problems))
    report_duplicates(table, "code")
    departments = {record.row: _departments(table, record) for record in table.records}
    for record in table.records:
        opened, closed = record.day("opened_on"), record.day("closed_on")
        if opened and closed and closed < opened:
            table.report(Code.CONTRADICTION, record, "closed_on", "終了日が開始日より前です。")
    rows = tuple(_facts(record, departments[record.row]) for record in table.records if record.good)
    return SchoolsReading(rows, tuple(sorted(table.problems, key=lambda found: found.row)))


def _departments(table: Table, record: Record) -> tuple[str, ...]:
    words = re.split(r"[・、,，/／\s]+", unicodedata.normalize("NFKC", record.text("departments")))
    found = {_BY_WORD.get(word, "") for word in words if word}
    if "" in found:
        detail = f"「{department_words(list(DEPARTMENT_WORDS))}」のうち置いている部を「・」で区切って入力してください。"
        table.report(Code.BAD_CHOICE, record, "departments", detail)
    return tuple(value for value in DEPARTMENT_WORDS if value in found)


def _facts(record: Record, departments: tuple[str, ...]) -> SchoolFacts:
    return SchoolFacts(
        record.text("code"), record.text("name"), departments, record.day("opened_on"), record.day("closed_on")
    )

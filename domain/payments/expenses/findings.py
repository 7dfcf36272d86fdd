"""Findings of an import as plain values, kept with the import: where, how grave, what to do."""

from __future__ import annotations

from typing import TypedDict

from domain.households.roster.workbook.codes import Severity
from domain.households.roster.workbook.problems import CellProblem
from domain.payments.expense_sheet.layout import EXPENSES, FACTS
from domain.payments.expense_sheet.rows import ExpenseRow


class Finding(TypedDict):
    """`row` is Excel's row number, 0 for the whole sheet; `severity` a value of the workbook's `Severity`."""

    sheet: str
    row: int
    column: str
    severity: str
    code: str
    message: str
    seen: str


_COLUMNS = {
    "item": "item",
    "used_on": "used_on",
    "amount": "amount",
    "trip": "trip_number",
    "purpose": "purpose",
    "evidence": "voucher_number",
    **{field: field for field in FACTS},
}


def of_cell(problem: CellProblem) -> Finding:
    """A finding of the reader."""
    return Finding(
        sheet=problem.sheet,
        row=problem.row,
        column=problem.where,
        severity=problem.severity.value,
        code=problem.code.value,
        message=problem.message,
        seen=problem.seen,
    )


def of_row(row: ExpenseRow, field: str, code: str, message: str) -> Finding:
    """A finding of the comparison with what is registered: the row is left out."""
    return Finding(
        sheet=EXPENSES.name,
        row=row.row,
        column=EXPENSES.column(_COLUMNS[field]).name,
        severity=Severity.ERROR.value,
        code=code,
        message=message,
        seen="",
    )


def note_of_row(row: ExpenseRow, field: str, code: str, message: str, seen: str) -> Finding:
    """A finding about a row that is taken."""
    return {**of_row(row, field, code, message), "severity": Severity.NOTICE.value, "seen": seen}

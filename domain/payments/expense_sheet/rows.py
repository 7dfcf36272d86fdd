"""Rows of the expenses sheet as values."""

from dataclasses import dataclass
from datetime import date

from domain.households.roster.rows import Counts
from domain.households.roster.workbook.codes import Severity
from domain.households.roster.workbook.problems import CellProblem


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """使用経費. Key within a school and year: `voucher_number` (証憑番号). `amount` in yen, at least 1, or 0 for a car journey.

    `item` is the Japanese name as written, spaces and width folded. `trip_number`: which return (帰省) of the year.
    `purpose`: accompanying 付添中, fetching 付添いのため, or "".
    """

    row: int
    voucher_number: str
    pupil_number: str
    item: str
    used_on: date
    amount: int
    times: int | None
    trip_number: int | None
    purpose: str
    note: str
    car_metres: int | None
    car_days: int | None
    car_legs: int | None
    received: int
    before_entry: bool


@dataclass(frozen=True, slots=True)
class ExpensesReading:
    """Everything read from an expenses workbook; when `refused`, no rows and `problems` says why."""

    digest: str
    school_code: str
    fiscal_year: int | None
    expenses: tuple[ExpenseRow, ...]
    problems: tuple[CellProblem, ...]
    counts: Counts

    @property
    def refused(self) -> bool:
        return any(problem.severity is Severity.REFUSED for problem in self.problems)

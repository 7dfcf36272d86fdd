"""The expenses workbook's bytes to typed rows and findings. Bad input never raises."""

import re
import unicodedata
from collections.abc import Collection

from domain.households.roster.reader import count
from domain.households.roster.rows import Counts
from domain.households.roster.sheets import report_duplicates
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.kinds import EXPENSES as KIND
from domain.households.roster.workbook.kinds import require_kind
from domain.households.roster.workbook.marks import check_marks
from domain.households.roster.workbook.package import file_digest
from domain.households.roster.workbook.problems import WorkbookRefused
from domain.households.roster.workbook.reading import read_workbook
from domain.households.roster.workbook.table import Record, Table, near_names
from domain.payments.expense_sheet.layout import EXPENSES
from domain.payments.expense_sheet.rows import ExpenseRow, ExpensesReading
from web.dates import fiscal_year_label, fiscal_year_of, to_wareki

_NOTHING = Counts(0, 0, 0)
_RETURN_HOME = "帰省費"
_ATTENDANT_FARE = re.compile(r"(?:帰省費|通学費).*付添")


def read_expenses(
    data: bytes,
    *,
    school_code: str = "",
    fiscal_year: int | None = None,
    known_items: Collection[str] | None = None,
    known_pupils: Collection[str] | None = None,
) -> ExpensesReading:
    """Read an expenses workbook. None for `known_items` or `known_pupils` leaves that check to the caller.

    Each row stands alone: a wrong or parked row holds back no other.
    """
    try:
        workbook = read_workbook(data)
        require_kind(KIND, workbook.sheets)
    except WorkbookRefused as refusal:
        return ExpensesReading(file_digest(data), "", None, (), tuple(refusal.problems), _NOTHING)
    table = workbook.table(EXPENSES)
    marks = check_marks([table], school_code, fiscal_year)
    found = [*marks.problems, *table.problems]
    if any(problem.severity is Severity.REFUSED for problem in found):
        refusing = tuple(problem for problem in found if problem.severity is not Severity.NOTICE)
        return ExpensesReading(workbook.digest, "", None, (), refusing, _NOTHING)
    report_duplicates(table, "voucher_number")
    folded = None if known_items is None else {fold_item(name): name for name in known_items}
    for record in table.records:
        _check(table, record, marks.fiscal_year)
        _check_known(table, record, folded, known_pupils)
    return ExpensesReading(
        digest=workbook.digest,
        school_code=marks.school_code,
        fiscal_year=marks.fiscal_year,
        expenses=tuple(_expense(record) for record in table.records if record.good),
        problems=tuple(sorted([*marks.problems, *table.problems], key=lambda problem: problem.row)),
        counts=count(table),
    )


def fold_item(name: str) -> str:
    """An item's name without width and spaces: 通学費（本人） and 通学費(本人) are one."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def _check(table: Table, record: Record, fiscal_year: int | None) -> None:
    used_on = record.day("used_on")
    if used_on and fiscal_year and not record.flag("before_entry") and fiscal_year_of(used_on) != fiscal_year:
        detail = f"{fiscal_year_label(fiscal_year)}の使用日ではありません（{to_wareki(used_on)}）。"
        table.report(Code.DATE_OUT_OF_RANGE, record, "used_on", detail)
    if table.is_blank(record, "amount") and record.number("car_metres") is None:
        table.report(Code.EMPTY, record, "amount")
    item = fold_item(record.text("item"))
    if item.startswith(_RETURN_HOME) and table.is_blank(record, "trip_number"):
        detail = "帰省費は年度の何往復目かで支給の割合が変わるため、「何回目」が必要です。"
        table.report(Code.EMPTY, record, "trip_number", detail)
    if _ATTENDANT_FARE.match(item) and table.is_blank(record, "purpose"):
        detail = "付添人の交通費は付添いの仕方で支給の割合が変わるため、「付添の別」が必要です。"
        table.report(Code.EMPTY, record, "purpose", detail)


def _check_known(table: Table, record: Record, items: dict[str, str] | None, pupils: Collection[str] | None) -> None:
    item, pupil = record.text("item"), record.text("pupil_number")
    if items is not None and item and fold_item(item) not in items:
        table.report(
            Code.UNKNOWN_ITEM, record, "item", f"知らない経費項目です。{near_names(item, list(items.values()))}"
        )
    if pupils is not None and pupil and pupil not in pupils:
        table.report(Code.UNKNOWN_PUPIL, record, "pupil_number")


def _expense(record: Record) -> ExpenseRow:
    used_on, amount = record.day("used_on"), record.number("amount") or 0
    if used_on is None:  # a record without a finding has every required value
        raise ValueError("使用日のない行が正常として残っています。")
    return ExpenseRow(
        row=record.row,
        voucher_number=record.text("voucher_number"),
        pupil_number=record.text("pupil_number"),
        item=fold_item(record.text("item")),
        used_on=used_on,
        amount=amount,
        times=record.number("times"),
        trip_number=record.number("trip_number"),
        purpose=record.text("purpose"),
        note=record.text("note"),
        car_metres=record.number("car_metres"),
        car_days=record.number("car_days"),
        car_legs=record.number("car_legs"),
        received=record.number("received") or 0,
        before_entry=record.flag("before_entry"),
    )

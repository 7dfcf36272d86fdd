"""From the bytes of a file to the cells of its sheets, or the reasons why it is refused."""

from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.innards import Innards, look_inside
from domain.households.roster.workbook.layout import SheetLayout
from domain.households.roster.workbook.numbers import number_outside_cells, numbers_in_cells
from domain.households.roster.workbook.package import Package, open_package
from domain.households.roster.workbook.problems import CellProblem, WorkbookRefused, problem, refuse
from domain.households.roster.workbook.table import Table, near_names, read_table

MAX_ROWS = 20_000
MAX_COLUMNS = 300
MAX_GRID = 2_000_000
"""Cells of all sheets, blank ones between filled ones included: the library lays each sheet out as a full grid."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets as lists of rows, checked for individual numbers. `digest`: SHA-256 of the file as it came."""

    digest: str
    sheets: dict[str, list[list[object]]]
    formulas: dict[str, set[tuple[int, int]]]
    calendar_1904: bool

    def table(self, layout: SheetLayout) -> Table:
        """The sheet of that layout; a missing sheet gives a table with a refusing problem."""
        name = next((name for name in self.sheets if name.strip() == layout.name), None)
        if name is None:
            detail = f"「{layout.name}」シートがありません。{near_names(layout.name, list(self.sheets))}"
            return Table(layout, problems=[problem(Code.MISSING_SHEET, detail, sheet=layout.name)])
        return read_table(layout, self.sheets[name], formulas=self.formulas.get(name), calendar_1904=self.calendar_1904)


def read_workbook(data: bytes) -> Workbook:
    """Raises WorkbookRefused for anything that is no plain `.xlsx`, is too large, or holds an individual number."""
    package = open_package(data)
    innards = look_inside(package.parts)
    _check_extents(innards)
    sheets = _cells(package)
    found: list[CellProblem] = [finding for name, rows in sheets.items() for finding in numbers_in_cells(name, rows)]
    outside = number_outside_cells(innards.loose_text, sheets)
    if found or outside:
        raise WorkbookRefused([*found, *([outside] if outside else [])])
    return Workbook(package.digest, sheets, innards.formulas, innards.calendar_1904)


def _cells(package: Package) -> dict[str, list[list[object]]]:
    sheets: dict[str, list[list[object]]] = {}
    try:
        with CalamineWorkbook.from_filelike(package.as_file()) as book:
            for about in book.sheets_metadata:
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                sheets[about.name] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError:
        raise refuse(Code.DAMAGED) from None
    except BaseException as trouble:
        if type(trouble).__name__ == "PanicException":  # the library's own bug on a malformed part; not an Exception
            raise refuse(Code.DAMAGED) from None
        raise
    return sheets


def _check_extents(innards: Innards) -> None:
    grid = 0
    for name, (rows, columns) in innards.extents.items():
        grid += rows * columns
        if rows > MAX_ROWS or columns > MAX_COLUMNS or grid > MAX_GRID:
            detail = f"「{name}」シートが大きすぎます（{MAX_ROWS:,}行、{MAX_COLUMNS}列まで）。"
            raise refuse(Code.TOO_LARGE, detail, sheet=name)

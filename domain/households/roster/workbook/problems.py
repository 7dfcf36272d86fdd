"""What may be wrong with a workbook, and how it is said: what, where, what to do."""

import re
from dataclasses import dataclass, field

from domain.households.roster.workbook.codes import MEANINGS, Code, Severity

SEEN_LIMIT = 40
"""Characters of a cell repeated in a message; more helps nobody to find it."""

_LONG_DIGITS = re.compile(r"\d(?:[ 　‐‑–—―−－ー-]?\d){11,}")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One finding. `row` is Excel's row number, 0 for the whole sheet; `column` is the column's heading or "".

    `cell` is Excel's address (C12) or "". `seen` is what stood there, shortened, digits of a possible 個人番号 hidden;
    it may be personal, so it is left out of repr.
    """

    sheet: str
    row: int
    column: str
    severity: Severity
    code: Code
    message: str
    seen: str = field(default="", repr=False)
    cell: str = ""

    @property
    def where(self) -> str:
        """The column as people find it: its heading, else Excel's letters (C列), else ""."""
        letters = self.cell.rstrip("0123456789")
        return self.column or (f"{letters}列" if letters else "")

    @property
    def place(self) -> str:
        """「世帯」シート 5行目「住所」(C5), as far as known."""
        parts = [f"「{self.sheet}」シート" if self.sheet else "ファイル全体"]
        if self.row:
            parts.append(f"{self.row}行目")
        if self.column:
            parts.append(f"「{self.column}」")
        if self.cell:
            parts.append(f"({self.cell})")
        return " ".join(parts)


class WorkbookRefused(Exception):
    """The whole file is refused; nothing of it is taken. Carries every reason found."""

    def __init__(self, problems: list[CellProblem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def in_words(code: Code, detail: str = "", remedy: str | None = None) -> str:
    """A finding in its standard words; `detail` replaces the general first half, `remedy` the general second one."""
    meaning = MEANINGS[code]
    return f"{detail or meaning.title}{meaning.remedy if remedy is None else remedy}"


def problem(
    code: Code,
    detail: str = "",
    *,
    remedy: str | None = None,
    sheet: str = "",
    row: int = 0,
    column: str = "",
    seen: object = "",
    cell: str = "",
) -> CellProblem:
    """A finding with its words (see `in_words`) and its place."""
    meaning, message = MEANINGS[code], in_words(code, detail, remedy)
    return CellProblem(sheet, row, column, meaning.severity, code, message, excerpt(seen), cell)


def refuse(code: Code, detail: str = "", *, sheet: str = "", row: int = 0, column: str = "") -> WorkbookRefused:
    return WorkbookRefused([problem(code, detail, sheet=sheet, row=row, column=column)])


def excerpt(seen: object) -> str:
    """A cell's text for a message: shortened, and 12 or more digits in a row never repeated."""
    if isinstance(seen, float) and seen.is_integer():  # a workbook knows no whole numbers
        seen = int(seen)
    hidden = _LONG_DIGITS.sub("●●●●", str(seen).replace("\n", " ").strip())
    return hidden if len(hidden) <= SEEN_LIMIT else hidden[:SEEN_LIMIT] + "…"


def column_letters(index: int) -> str:
    """Excel's letters of a 0-based column: 0 → A, 27 → AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, index: int) -> str:
    return f"{column_letters(index)}{row}"

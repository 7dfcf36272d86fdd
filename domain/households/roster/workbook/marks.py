"""The lines above the headings say whose workbook it is: 学校コード, 年度. A workbook of another school is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import CellProblem, problem
from domain.households.roster.workbook.table import Table
from web.dates import fiscal_year_label
from web.text import normalise_digits

SCHOOL_MARK = "学校コード"
YEAR_MARK = "年度"

_REIWA_FIRST = 2019


@dataclass(slots=True)
class Marks:
    """`school_code` and `fiscal_year` as written, or as expected where the workbook does not say."""

    school_code: str
    fiscal_year: int | None
    problems: list[CellProblem] = field(default_factory=list)


def check_marks(tables: Iterable[Table], school_code: str, fiscal_year: int | None) -> Marks:
    """Compare each sheet's marks with what is expected; blank expectations accept anything."""
    marks = Marks(school_code, fiscal_year)
    for table in tables:
        written = normalise_digits(table.marks.get(SCHOOL_MARK, ""))
        if written and marks.school_code and written != marks.school_code:
            detail = f"学校コードが「{written[:20]}」です（「{marks.school_code}」のはずです）。"
            marks.problems.append(problem(Code.OTHER_SCHOOL, detail, sheet=table.layout.name))
        marks.school_code = marks.school_code or written
        year = _year(table.marks.get(YEAR_MARK, ""))
        if year and marks.fiscal_year and year != marks.fiscal_year:
            detail = f"{fiscal_year_label(year)}のファイルです（{fiscal_year_label(marks.fiscal_year)}のはずです）。"
            marks.problems.append(problem(Code.OTHER_YEAR, detail, sheet=table.layout.name))
        marks.fiscal_year = marks.fiscal_year or year
    return marks


def _year(text: str) -> int | None:
    plain = re.sub(r"[\s年度]", "", normalise_digits(text))
    if re.fullmatch(r"20[0-9]{2}", plain):
        return int(plain)
    reiwa = re.fullmatch(r"(?:令和|R)([0-9]{1,2})", plain)
    return _REIWA_FIRST - 1 + int(reiwa[1]) if reiwa else None

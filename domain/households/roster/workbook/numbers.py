"""The guard: a workbook with something like an individual number (個人番号) in it is refused as a whole.

Numbers never sit in a roster a school keeps beside the Internet; they come by their own desk or sealed file.
Only the place is reported, never the digits.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import CellProblem, cell_name, problem
from web.text import digits_like_number

_ENOUGH_DIGITS = re.compile(r"(?:\d\D?){12}")
_NUMBER_HEADING = re.compile(r"個人番号|マイナンバ|my\s*number", re.IGNORECASE)


def holds_number(text: str) -> bool:
    """True when 12 digits with a valid check digit stand in the text, wide or narrow, in one run or in fours."""
    return len(text) >= 12 and _ENOUGH_DIGITS.search(text) is not None and bool(digits_like_number(text))


def is_number_heading(text: str) -> bool:
    return len(text) < 40 and _NUMBER_HEADING.search(text) is not None


def numbers_in_cells(sheet: str, rows: Iterable[Sequence[object]]) -> Iterator[CellProblem]:
    for row_number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if _cell_holds_number(value):
                yield problem(Code.NUMBER_FOUND, sheet=sheet, row=row_number, cell=cell_name(row_number, index))


def number_outside_cells(loose_text: Iterable[str], sheet_names: Iterable[str]) -> CellProblem | None:
    if any(holds_number(text) for text in (*sheet_names, *loose_text)):
        return problem(
            Code.NUMBER_FOUND, "セルの外（コメント、図形、ヘッダーなど）に個人番号と思われる12桁の数字があります。"
        )
    return None


def _cell_holds_number(value: object) -> bool:
    if isinstance(value, str):
        return holds_number(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return 0 < value < 10**12 and value >= 10**10 and _is_whole(value) and holds_number(f"{int(value):012d}")
    return False


def _is_whole(value: float) -> bool:
    return value == int(value)

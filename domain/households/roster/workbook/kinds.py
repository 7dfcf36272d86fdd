"""Which kind of workbook it is, told by its sheets: one handed in at the wrong page is led to the right one."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import WorkbookRefused, problem


@dataclass(frozen=True, slots=True)
class Kind:
    """`sheets`: names of its sheets; `place`: where it is handed in."""

    name: str
    sheets: frozenset[str]
    place: str


ROSTER = Kind("名簿", frozenset({"世帯", "世帯構成員", "児童生徒"}), "「名簿取込」")
EXPENSES = Kind("使用経費", frozenset({"使用経費"}), "「使用経費」の「経費を取り込む」")
_KINDS = (ROSTER, EXPENSES)


def require_kind(wanted: Kind, sheets: Iterable[str]) -> None:
    """Raises WorkbookRefused for a workbook that has sheets of another kind and none of this one."""
    present = {name.strip() for name in sheets}
    if present & wanted.sheets:
        return
    for kind in _KINDS:
        if present & kind.sheets:
            detail = f"{kind.name}のブックです（{wanted.name}ではありません）。{kind.place}の画面で取り込みます。"
            raise WorkbookRefused([problem(Code.OTHER_KIND, detail)])

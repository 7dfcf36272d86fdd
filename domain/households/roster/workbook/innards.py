"""What the spreadsheet library does not tell: formula cells, the reach of each sheet, the 1904 calendar, loose text.

Every part is read once from end to end by the standard library's parser (expat) before any library sees the file: no
DOCTYPE, no entities, nothing built as a tree, and an end to elements, depth and text. What is counted here is what the
library will make of it: an address neither can read the same way is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.markup import Budget, read_part
from domain.households.roster.workbook.problems import WorkbookRefused, refuse
from domain.households.roster.workbook.sheet_markup import SheetMarkup, TextMarkup

MAX_SHEETS = 100
MAX_CELL_TEXT = 32_767
"""Excel's own limit of a cell, characters."""
MAX_TEXT = 20_000_000
"""Characters of all cells together: a long text may stand once in the file and be pointed to by every cell."""

_UNSEEN_TEXT = ("xl/theme/", "xl/styles", "xl/sharedStrings")
_CACHES = ("xl/pivotCache/", "xl/externalLinks/")


@dataclass(slots=True)
class Innards:
    """`formulas`: sheet → {(row counted from 1, column from 0)}; `extents`: sheet → last row and column, from 1."""

    formulas: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    extents: dict[str, tuple[int, int]] = field(default_factory=dict)
    calendar_1904: bool = False
    loose_text: list[str] = field(default_factory=list)
    """Comments, text boxes, headers, document properties, values cached from other workbooks or for pivot tables."""


def look_inside(parts: Mapping[str, bytes]) -> Innards:
    """Raises WorkbookRefused for markup that is damaged, too much, or not certain to be read alike by the library."""
    budget, found = Budget(), Innards()
    sheets: dict[str, SheetMarkup] = {}
    strings: list[int] = []
    for name, content in parts.items():
        kind = name.lower()
        try:
            if kind.endswith((".xml", ".rels")):
                markup = _markup(name)
                read_part(content, markup, budget, plain=name.startswith("xl/"))
                found.loose_text += [] if name.startswith(_UNSEEN_TEXT) else markup.texts
                if isinstance(markup, SheetMarkup):
                    sheets[name] = markup
                elif kind == "xl/sharedstrings.xml":
                    strings = markup.lengths
            elif kind.endswith(".vml"):
                found.loose_text += _between_tags(content)
        except expat.ExpatError:
            raise refuse(Code.DAMAGED) from None
    _match_names(found, parts, sheets, budget)
    _check_text(sheets, strings)
    return found


def _markup(name: str) -> TextMarkup:
    """Any part of `xl/` may be called a sheet by the workbook, but these."""
    cached, other = name.startswith(_CACHES), "/_rels/" in name or "sharedstrings" in name.lower()
    return (
        SheetMarkup(cached=False) if name.startswith("xl/") and not cached and not other else TextMarkup(cached=cached)
    )


def _between_tags(content: bytes) -> list[str]:
    """Drawings of comments: Office does not always write them as well-formed markup, and no library reads them."""
    return [piece.partition(">")[2] for piece in content.decode("utf-8", "replace").split("<")]


def _match_names(found: Innards, parts: Mapping[str, bytes], sheets: Mapping[str, SheetMarkup], budget: Budget) -> None:
    workbook, relations = _Workbook(), _Relations()
    read_part(parts["xl/workbook.xml"], workbook, budget, plain=True)
    read_part(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"), relations, budget, plain=True)
    found.calendar_1904 = workbook.calendar_1904
    if len(workbook.sheets) > MAX_SHEETS:
        raise refuse(Code.TOO_LARGE, f"ブックのシートが多すぎます（{MAX_SHEETS}枚まで）。")
    taken: set[str] = set()
    for sheet, identifier in workbook.sheets:
        part = _part_name(relations.targets.get(identifier, ""))
        if part not in sheets or part in taken or sheet in found.extents:
            raise refuse(Code.DAMAGED)
        taken.add(part)
        markup = sheets[part]
        found.extents[sheet] = markup.rows, markup.columns
        if markup.formulas:
            found.formulas[sheet] = markup.formulas
    if any(markup.holds_cells for name, markup in sheets.items() if name not in taken):
        raise refuse(Code.DAMAGED)  # cells that no sheet of ours accounts for


def _part_name(target: str) -> str:
    plain = unquote(target)
    if plain != target or ".." in plain:
        return ""
    if plain.startswith("/xl/"):
        return plain[1:]
    return plain if plain.startswith("xl/") else f"xl/{plain}"


def _check_text(sheets: Mapping[str, SheetMarkup], strings: list[int]) -> None:
    if max(strings, default=0) > MAX_CELL_TEXT:
        raise _too_much_text()
    total = 0
    for markup in sheets.values():
        total += sum(strings[index] * times for index, times in markup.shared.items() if 0 <= index < len(strings))
    if total > MAX_TEXT:
        raise _too_much_text()


def _too_much_text() -> WorkbookRefused:
    return refuse(Code.TOO_LARGE, "ブックの中の文字が多すぎます。")


class _Workbook:
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.calendar_1904 = False

    def start(self, name: str, attributes: list[str]) -> None:
        if name == "sheet":
            named = dict(zip(attributes[::2], attributes[1::2], strict=True))
            identifier = next((value for key, value in named.items() if key.endswith(":id")), "")
            self.sheets.append((named.get("name", ""), identifier))
        elif name == "workbookPr":
            named = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self.calendar_1904 = named.get("date1904") in ("1", "true")

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def text(self, piece: str) -> None:
        """Text of the workbook part is read with the loose text."""


class _Relations(_Workbook):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: list[str]) -> None:
        if name == "Relationship":
            named = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self.targets[named.get("Id", "")] = named.get("Target", "")

"""What the spreadsheet library does not tell: formula cells, the 1904 calendar, text outside the cells.

Read straight from the XML parts with regular expressions: the parts are bounded and nothing is built from them.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ROW_CELL_OR_FORMULA = re.compile(rb"<(?:\w+:)?(row|c|f)\b([^>]*)>")
_ADDRESS = re.compile(rb'(?:^|\s)r="([A-Z]{0,3})(\d{1,7})"')
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c\b(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_DATE_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
_LOOSE_TEXT = re.compile(
    r"<(?:\w+:)?(?:t|text|oddHeader|oddFooter|evenHeader|evenFooter|firstHeader|firstFooter|definedName|creator"
    r"|title|subject|description|keywords|lastModifiedBy|category|lpwstr|Company|Manager|v)(?:\s[^>]*)?>([^<]*)<"
)
_CACHED_VALUE = re.compile(r'\bv="([^"]*)"')
_SHEET_DATA = re.compile(r"<(?:\w+:)?sheetData\b.*</(?:\w+:)?sheetData>", re.DOTALL)


def formula_cells(parts: dict[str, bytes]) -> dict[str, set[tuple[int, int]]]:
    """Cells holding a formula: sheet name → {(row counted from 1, column counted from 0)}."""
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet, part in _sheet_parts(parts):
        content = parts.get(part, b"")
        if _FORMULA.search(content):
            found[sheet] = set(_formulas_of(content))
    return found


def _formulas_of(content: bytes) -> Iterator[tuple[int, int]]:
    """Rows and cells may leave their address out; they then follow the one before."""
    row, column = 0, -1
    for match in _ROW_CELL_OR_FORMULA.finditer(content):
        kind, address = match[1], _ADDRESS.search(match[2])
        if kind == b"row":
            row, column = int(address[2]) if address else row + 1, -1
        elif kind == b"c":
            column = _column_index(address[1].decode()) if address and address[1] else column + 1
        else:
            yield row, column


def extents(parts: dict[str, bytes]) -> dict[str, tuple[int, int]]:
    """Last row and column (both counted from 1) of each sheet, asked before a library makes a full grid of it."""
    found: dict[str, tuple[int, int]] = {}
    for sheet, part in _sheet_parts(parts):
        cells = _FILLED_CELL.findall(parts.get(part, b""))
        rows = max((int(row) for _, row in cells), default=0)
        widest = max({letters for letters, _ in cells}, key=lambda letters: (len(letters), letters), default=b"A")
        found[sheet] = rows, _column_index(widest.decode()) + 1
    return found


def uses_1904_calendar(parts: dict[str, bytes]) -> bool:
    return _DATE_1904.search(parts["xl/workbook.xml"]) is not None


def text_outside_cells(parts: dict[str, bytes]) -> Iterator[str]:
    """Comments, text boxes, headers, document properties, values cached from other workbooks or for pivot tables."""
    for name, content in parts.items():
        if not name.endswith((".xml", ".vml")) or name.startswith(("xl/theme/", "xl/styles", "xl/sharedStrings")):
            continue
        text = content.decode("utf-8", "replace")
        if name.startswith("xl/worksheets/"):
            text = _SHEET_DATA.sub("", text)
        yield from (html.unescape(piece) for piece in _LOOSE_TEXT.findall(text))
        if name.startswith(("xl/pivotCache/", "xl/externalLinks/")):
            yield from (html.unescape(piece) for piece in _CACHED_VALUE.findall(text))


def _sheet_parts(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in _attributes(_RELATION, parts.get("xl/_rels/workbook.xml.rels", b""))
    }
    for sheet in _attributes(_SHEET, parts["xl/workbook.xml"]):
        identifier = next((value for name, value in sheet.items() if name.endswith(":id")), "")
        target = unquote(targets.get(identifier, ""))
        yield html.unescape(sheet.get("name", "")), target[1:] if target.startswith("/") else f"xl/{target}"


def _attributes(element: re.Pattern[bytes], content: bytes) -> Iterator[dict[str, str]]:
    for match in element.finditer(content):
        found = _ATTRIBUTE.findall(match[1].decode("utf-8", "replace"))
        yield {name: html.unescape(double or single) for name, double, single in found}


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1

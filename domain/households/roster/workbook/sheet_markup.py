"""What a part says: loose text, and for sheets which cells are filled, which hold formulas, which shared texts."""

import re

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import refuse

LOOSE = frozenset(
    {
        "t",
        "text",
        "oddHeader",
        "oddFooter",
        "evenHeader",
        "evenFooter",
        "firstHeader",
        "firstFooter",
        "definedName",
        "creator",
        "title",
        "subject",
        "description",
        "keywords",
        "lastModifiedBy",
        "category",
        "lpwstr",
        "Company",
        "Manager",
        "v",
    }
)
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")


class TextMarkup:
    """Texts of the elements that people can write into; `lengths`: characters of each shared text (si)."""

    def __init__(self, *, cached: bool) -> None:
        self.texts: list[str] = []
        self.lengths: list[int] = []
        self._cached = cached
        self._inside = 0
        self._pieces: list[str] = []

    def start(self, name: str, attributes: list[str]) -> None:
        if name in LOOSE:
            self._inside += 1
        elif name == "si":
            self.lengths.append(0)
        if self._cached:
            self.texts += [value for key, value in zip(attributes[::2], attributes[1::2], strict=True) if key == "v"]

    def end(self, name: str) -> None:
        if name in LOOSE:
            self._inside -= 1
            if not self._inside:
                self.texts.append("".join(self._pieces))
                self._pieces.clear()

    def text(self, piece: str) -> None:
        if self._inside:
            self._pieces.append(piece)
        if self.lengths:
            self.lengths[-1] += len(piece)


class SheetMarkup(TextMarkup):
    """Cells as the spreadsheet library counts them: an address places a cell, one without follows the one before."""

    def __init__(self, *, cached: bool) -> None:
        super().__init__(cached=cached)
        self.rows, self.columns = 0, 1
        self.formulas: set[tuple[int, int]] = set()
        self.shared: dict[int, int] = {}
        self.holds_cells = False
        self._in_data = False
        self._row, self._column = 1, 0
        self._place = (0, 0)
        self._shared_cell = False
        self._index: list[str] = []
        self._widths: dict[str, int] = {}

    def start(self, name: str, attributes: list[str]) -> None:
        if not self._in_data:
            if name == "sheetData":
                self._open_data()
            else:
                super().start(name, attributes)
        elif name == "c":
            self._cell(attributes)
        elif name == "row":
            self._open_row(attributes)
        else:
            self._fill(name)

    def end(self, name: str) -> None:
        if not self._in_data:
            super().end(name)
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._row, self._column = self._row + 1, 0
        elif name == "sheetData":
            self._in_data = False

    def text(self, piece: str) -> None:
        if not self._in_data:
            super().text(piece)
        elif self._shared_cell:
            self._index.append(piece)

    def _open_data(self) -> None:
        if self.holds_cells:
            raise refuse(Code.DAMAGED)  # a second set of cells, which the library leaves out
        self.holds_cells = self._in_data = True

    def _open_row(self, attributes: list[str]) -> None:
        if "r" in attributes[::2]:
            said = attributes[attributes[::2].index("r") * 2 + 1]
            if not _ROW.fullmatch(said):
                raise refuse(Code.DAMAGED)
            self._row = int(said)

    def _cell(self, attributes: list[str]) -> None:
        row, said = self._row, ""
        self._shared_cell = False
        for at in range(0, len(attributes), 2):
            if attributes[at] == "r":
                said = attributes[at + 1]
                match = _ADDRESS.fullmatch(said)
                if match is None:
                    raise refuse(Code.DAMAGED)
                row, self._column = int(match[2]), self._width(match[1])
            elif attributes[at] == "t":
                self._shared_cell = attributes[at + 1] == "s"
        self._place = row, self._column
        self._column += 1

    def _width(self, letters: str) -> int:
        """Column counted from 0."""
        known = self._widths.get(letters)
        if known is None:
            known = 0
            for letter in letters.upper():
                known = known * 26 + ord(letter) - ord("A") + 1
            known = self._widths[letters] = known - 1
        return known

    def _fill(self, name: str) -> None:
        """Something stands in the cell: it counts for the reach of the sheet; one without content does not."""
        row, column = self._place
        if row > self.rows:
            self.rows = row
        if column >= self.columns:
            self.columns = column + 1
        if name == "f":
            self.formulas.add(self._place)

    def _close_cell(self) -> None:
        if self._shared_cell and self._index:
            index = "".join(self._index).strip()
            self._index.clear()
            if index.isascii() and index.isdigit() and len(index) < 9:
                self.shared[int(index)] = self.shared.get(int(index), 0) + 1
        self._shared_cell = False

"""Rows to wire cells and back: what JSON and CSV have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from integrations.atena_adapters.config import AnyDialect
from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.dialects.base import CellError, DecodedRow, Locate
from integrations.atena_adapters.dialects.cells import CellCodec
from integrations.atena_adapters.dialects.characters import has_private_use
from integrations.atena_adapters.dialects.shapes import expectation, shape
from integrations.atena_adapters.fields import FieldSpec, Message, Row, key_of, specs
from integrations.atena_adapters.receipts import Problem, ProblemCode, Substitution
from integrations.atena_adapters.where import Fault, Place

Where = Callable[[int, int], tuple[int, int]]


@dataclass(slots=True)
class Outgoing:
    """The lines of a message as wire cells, with what was left out or replaced."""

    lines: list[list[str | None]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    substitutions: list[Substitution] = field(default_factory=list)


class LineCodec:
    """Writes and reads whole lines under one configuration."""

    def __init__(self, encoding: str, config: AnyDialect) -> None:
        self._cells = CellCodec(encoding, config.text, config.dates, config.codes)
        self._layouts = config.layouts
        self._dates = config.dates
        self._codes = config.codes

    def columns(self, message: Message) -> tuple[Column, ...]:
        """The configured columns of a message."""
        return self._layouts.of(message)

    def write(self, message: Message, rows: Sequence[Row]) -> Outgoing:
        """Wire cells for rows; a row that cannot be written is left out with its reason."""
        known, columns, result = specs(message), self.columns(message), Outgoing()
        for row in rows:
            line_id = row.get(key_of(message)) or ""
            try:
                result.lines.append(self._line(known, columns, row, line_id, result.substitutions))
            except CellError as error:
                result.refused[line_id] = str(error)
        return result

    def _line(
        self,
        known: Mapping[str, FieldSpec],
        columns: Sequence[Column],
        row: Row,
        line_id: str,
        found: list[Substitution],
    ) -> list[str | None]:
        cells: list[str | None] = []
        for column in columns:
            value = row.get(column.field)
            if column.constant is not None or value is None:
                cells.append(column.constant)
                continue
            try:
                written = self._cells.write(known[column.field], column, value)
            except (CellError, ValueError) as error:
                raise CellError(f"{column.title}: {error}") from error
            found.extend(Substitution(line_id, column.field, point) for point in written.replaced)
            cells.append(written.text)
        return cells

    def locator(self, message: Message, where: Where) -> Locate:
        """Where the item of a row stands, by what `where` knows of cells."""

        def locate(row: int, item: str) -> Place:
            columns = self.columns(message)
            at = next((at for at, column in enumerate(columns) if column.field == item), 0)
            return Place(*where(row, at), columns[at].title)

        return locate

    def read(
        self, message: Message, lines: Sequence[Sequence[str | None]], where: Where | None = None
    ) -> tuple[list[DecodedRow], list[Problem]]:
        """Rows for wire cells that stand in the order of the columns; None is a missing item.

        `where` gives line and byte offset of a cell (row and column from 0); without it the n-th line is line n.
        """
        known, columns = specs(message), self.columns(message)
        rows = [self._row(known, columns, line, at, where or _by_number) for at, line in enumerate(lines)]
        texts = (value for row in rows for value in row.values.values() if value)
        gaiji = any(has_private_use(text) for text in texts)
        message_text = "回答に、相手の独自の文字(外字)が含まれています。突合の画面で文字を確かめてください。"
        return rows, [Problem(ProblemCode.GAIJI, message_text)] if gaiji else []

    def _row(
        self,
        known: Mapping[str, FieldSpec],
        columns: Sequence[Column],
        line: Sequence[str | None],
        at: int,
        where: Where,
    ) -> DecodedRow:
        values: Row = {}
        error, fault = "", None
        if len(line) != len(columns):
            error = f"列の数が違います(設定{len(columns)}列、回答{len(line)}列)。"
            fault = Fault(*where(at, 0), "列の数", f"{len(columns)}列", f"{len(line)}列")
        for number, (column, raw) in enumerate(zip(columns, line, strict=False)):
            if column.field and raw is not None:
                problem = ""
                try:
                    values[column.field] = self._cells.read(known[column.field], raw)
                except CellError as refused:
                    problem = str(refused)
                if "\ufffd" in raw:
                    problem = problem or f"{column.title}に、文字コードとして読めない部分があります。"
                if problem and not error:
                    expected = expectation(known[column.field], column, self._dates, self._codes)
                    error, fault = problem, Fault(*where(at, number), column.title, expected, shape(raw), raw)
        return DecodedRow(values, error, fault)


def _by_number(row: int, column: int) -> tuple[int, int]:
    return row + 1, 0

"""A message between rows and bytes, whatever its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from integrations.atena_adapters.simulator.items import TITLES, Row
from integrations.atena_adapters.simulator.profile import Column, Form
from integrations.atena_adapters.simulator.wire import delimited, fixed, json_form
from integrations.atena_adapters.simulator.wire.errors import BadValue
from integrations.atena_adapters.simulator.wire.values import from_wire, to_wire

Cells = list[str | None]
_FORMS = {"json": json_form, "delimited": delimited, "fixed": fixed}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a file says about itself."""

    batch: str
    sequence: int
    made_on: date


@dataclass(frozen=True, slots=True)
class Line:
    """One line received: its values, and why it cannot be taken ("" when it can)."""

    values: Row
    error: str = ""


def read(form: Form, message: str, payload: bytes, batch: str) -> list[Line]:
    """The lines of a file.  Raises `Unreadable` for a file that is refused as a whole."""
    cells = _FORMS[form.kind].read(form, message, payload, batch)
    return [_line(form, message, line) for line in cells]


def write(form: Form, message: str, rows: Sequence[Row], envelope: Envelope) -> bytes:
    """The file."""
    cells = [cells_of(form, message, row) for row in rows]
    payload: bytes = _FORMS[form.kind].write(form, message, cells, envelope)
    return payload


def cells_of(form: Form, message: str, row: Row) -> Cells:
    """The texts of one row in the order of the layout; None is missing."""
    return [_cell(form, message, column, row) for column in form.layouts[message]]


def content_type(form: Form) -> str:
    """The media type of a body."""
    kinds = {"json": "application/json", "delimited": "text/csv", "fixed": "application/octet-stream"}
    return kinds[form.kind]


def line_of(form: Form, message: str, texts: Mapping[str, str | None]) -> Line:
    """One line from its texts by title, as a table of a database has them."""
    return _line(form, message, [texts.get(column.title) for column in form.layouts[message]])


def _cell(form: Form, message: str, column: Column, row: Row) -> str | None:
    if column.constant is not None:
        return column.constant
    value = row.get(column.item)
    return None if value is None else to_wire(form, message, column.item, value)


def _line(form: Form, message: str, cells: Sequence[str | None]) -> Line:
    values, error = Row(), ""
    for column, cell in zip(form.layouts[message], cells, strict=True):
        if column.constant is not None:
            error = error or ("" if cell == column.constant else f"{column.title}が決められた値と違います。")
            continue
        try:
            values[column.item] = None if cell is None else from_wire(form, message, column.item, cell)
        except BadValue as bad:
            values[column.item] = ""
            error = error or f"{TITLES.get(column.item, column.title)}: {bad}"
    return Line(values, error)

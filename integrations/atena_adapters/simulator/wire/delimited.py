"""CSV and its relatives."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from integrations.atena_adapters.simulator.profile import Form
from integrations.atena_adapters.simulator.wire.errors import Unreadable

if TYPE_CHECKING:
    from integrations.atena_adapters.simulator.wire.messages import Envelope

_BOM = "\ufeff"
_TRAILER_CELLS = 2


def read(form: Form, message: str, payload: bytes, batch: str) -> list[list[str | None]]:
    """The texts of every line.  Raises `Unreadable`."""
    try:
        text = payload.decode(form.encoding).removeprefix(_BOM)
    except UnicodeDecodeError:
        raise Unreadable(f"文字コード {form.encoding} として読めません。") from None
    lines = _split(form, text)
    titles = [column.title for column in form.layouts[message]]
    if form.options.get("header", True) and (not lines or lines.pop(0) != titles):
        raise Unreadable("見出し行が違います。")
    if mark := str(form.options.get("trailer", "")):
        last = lines.pop() if lines else []
        if len(last) != _TRAILER_CELLS or last[0] != mark or last[1] != str(len(lines)):
            raise Unreadable("末尾行がないか、件数が合いません。")
    if any(len(line) != len(titles) for line in lines):
        raise Unreadable("列の数が違う行があります。")
    return [[_unmarked(form, cell) for cell in line] for line in lines]


def write(form: Form, message: str, cells: Sequence[Sequence[str | None]], envelope: Envelope) -> bytes:
    """The file with header line and trailer as agreed."""
    lines = [[form.missing_mark if cell is None else cell for cell in line] for line in cells]
    if form.options.get("header", True):
        lines.insert(0, [column.title for column in form.layouts[message]])
    if mark := str(form.options.get("trailer", "")):
        lines.append([mark, str(len(cells))])
    text = _join(form, lines)
    return (_BOM + text if form.options.get("bom") and form.encoding == "utf-8" else text).encode(form.encoding)


def _split(form: Form, text: str) -> list[list[str]]:
    delimiter = form.options.get("delimiter", ",")
    if form.options.get("quoting") == "none":
        return [line.split(delimiter) for line in text.replace("\r\n", "\n").split("\n") if line]
    try:
        return [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if line]
    except csv.Error:
        raise Unreadable("区切りか引用符が正しくありません。") from None


def _join(form: Form, lines: Sequence[Sequence[str]]) -> str:
    end = "\r\n" if form.options.get("newline") == "CRLF" else "\n"
    delimiter = str(form.options.get("delimiter", ","))
    if form.options.get("quoting") == "none":
        plain = str.maketrans({delimiter: "　", '"': "”"})
        return "".join(delimiter.join(cell.translate(plain) for cell in line) + end for line in lines)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if form.options.get("quoting") == "all" else csv.QUOTE_MINIMAL
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(lines)
    return buffer.getvalue()


def _unmarked(form: Form, cell: str) -> str | None:
    return None if form.missing_mark and cell == form.missing_mark else cell

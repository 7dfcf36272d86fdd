"""Fixed-width records to rows, column by column: a whole column is decoded at once, odd values one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.atena_adapters.config.fixed import FixedDialect, amount_columns
from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.dialects.base import CellError, DecodedRow
from integrations.atena_adapters.dialects.cells import MOST_DIGITS, CellCodec
from integrations.atena_adapters.dialects.characters import has_private_use, read_kana
from integrations.atena_adapters.dialects.fixed_totals import spans
from integrations.atena_adapters.dialects.shapes import expectation, shape
from integrations.atena_adapters.fields import FieldSpec, Form, Message, specs
from integrations.atena_adapters.receipts import Problem, ProblemCode
from integrations.atena_adapters.where import Fault

GAIJI = Problem(
    ProblemCode.GAIJI, "回答に、相手の独自の文字(外字)が含まれています。突合の画面で文字を確かめてください。"
)
_ODD = "\ufffd"
_WORDS = (Form.TEXT, Form.NAME, Form.KANA, Form.ADDRESS)
_AS_IT_STANDS = (Form.IDENTIFIER, Form.TEXT, Form.NAME, Form.ADDRESS)


@dataclass(slots=True)
class Table:
    """The rows of a file; `amount_total` is the sum of all its amounts (円)."""

    rows: list[DecodedRow]
    problems: list[Problem] = field(default_factory=list)
    amount_total: int = 0


class ColumnReader:
    """Reads the records of one message under one configuration."""

    def __init__(self, config: FixedDialect, message: Message) -> None:
        self._config = config
        self._specs = specs(message)
        self._columns = config.layouts.of(message)
        self._cells = CellCodec(config.encoding, config.text, config.dates, config.codes)
        self._amounts = {column.field for column in amount_columns(config, message)}
        self._places = spans(self._columns)

    def read(self, records: Sequence[bytes], *, first_line: int, step: int) -> Table:
        """All rows.  Line numbers start with `first_line`; `step` is the distance of two records in bytes."""
        names, columns, faults, table, at = list[str](), list[list[str | None]](), dict[int, Fault](), Table([]), 0
        for column in self._columns:
            place = slice(at, at + (column.width or 0))
            raw = [record[place] for record in records]
            values, wrong = self._column(column, raw)
            for row, expected in wrong.items():
                line = first_line + row
                text = raw[row].decode(self._config.encoding, errors="replace")
                fault = Fault(line, (line - 1) * step + at, column.title, expected, shape(text.strip()), text)
                faults.setdefault(row, fault)
            if column.field:
                names.append(column.field)
                columns.append(values)
                if column.field in self._amounts:
                    table.amount_total += sum([int(value) for value in values if value])
            at = place.stop
        if records:
            table.rows = [DecodedRow(dict(zip(names, line, strict=True))) for line in zip(*columns, strict=True)]
        for row, fault in faults.items():
            error = (
                f"{fault.item}に、{fault.expected}でない値があります({fault.line}行目、先頭から{fault.offset}バイト)。"
            )
            table.rows[row] = DecodedRow(table.rows[row].values, error, fault)
        texts = (values for name, values in zip(names, columns, strict=True) if self._specs[name].form in _WORDS)
        if any(has_private_use("".join(filter(None, values))) for values in texts):
            table.problems.append(GAIJI)
        return table

    def amount_total(self, records: Sequence[bytes]) -> int:
        """The amount total (modulo the width of its field) as the trailer tells it."""
        width = next((column.width or 0 for column in self._config.tail_record if column.field == "sum"), 0)
        if not width:
            return 0
        texts = (
            record[self._places[item]].decode("ascii", "replace").strip()
            for item in self._amounts
            for record in records
        )
        total = sum(int(text) for text in texts if text.removeprefix("-").isdigit())
        return int(total % 10**width)

    def _column(self, column: Column, raw: list[bytes]) -> tuple[list[str | None], dict[int, str]]:
        if column.constant is not None:
            wanted = column.constant.encode(self._config.encoding).ljust(column.width or 0)
            if set(raw) <= {wanted}:
                return [], {}
            return [], {at: f"固定値「{column.constant}」" for at, cell in enumerate(raw) if cell != wanted}
        spec, wrong = self._specs[column.field], dict[int, str]()
        if spec.form is Form.AMOUNT and (column.width or 0) <= MOST_DIGITS and _only_digits(raw):
            return ["" if cell.isspace() else str(int(cell)) for cell in raw], wrong
        missing = (self._config.missing_mark * (column.width or 0)).encode()
        gaps = {at for at, cell in enumerate(raw) if cell == missing} if missing else set[int]()
        texts = self._texts([b" " if at in gaps else cell for at, cell in enumerate(raw)] if gaps else raw)
        values = self._values(spec, column, texts, wrong)
        for at in gaps:
            values[at] = None
        return values, wrong

    def _texts(self, raw: list[bytes]) -> list[str]:
        """The column as text, blanks at both ends taken off; bytes that are no character become U+FFFD."""
        try:
            texts = b"\n".join(raw).decode(self._config.encoding).split("\n")
        except UnicodeDecodeError:
            texts = []
        if len(texts) != len(raw):
            texts = [cell.decode(self._config.encoding, errors="replace").replace("\n", _ODD) for cell in raw]
        return [text.strip(" 　") for text in texts]

    def _values(self, spec: FieldSpec, column: Column, texts: list[str], wrong: dict[int, str]) -> list[str | None]:
        whole = "\n".join(texts)
        if _ODD in whole:
            wrong.update({at: "文字コードとして読める文字" for at, text in enumerate(texts) if _ODD in text})
        if spec.form is Form.AMOUNT and whole.isascii() and whole.replace("\n", "").isdigit():
            return [text.lstrip("0") or "0" if text else "" for text in texts]
        if spec.form is Form.KANA:
            return list(read_kana(whole).split("\n"))
        if spec.form in _AS_IT_STANDS and not self._config.text.received_gaiji:
            zeros = column.fill == "0"
            return [text.lstrip("0") or "0" if text else "" for text in texts] if zeros else list(texts)
        return self._one_by_one(spec, column, texts, wrong)

    def _one_by_one(self, spec: FieldSpec, column: Column, texts: list[str], wrong: dict[int, str]) -> list[str | None]:
        known = dict[str, str | None]()
        for text in {*texts}:
            try:
                known[text] = self._cells.read(spec, text)
            except CellError:
                known[text] = None
        if None in known.values():
            expected = expectation(spec, column, self._config.dates, self._config.codes)
            for at, text in enumerate(texts):
                if known[text] is None:
                    wrong.setdefault(at, expected)
        return [known[text] or "" for text in texts]


def _only_digits(raw: list[bytes]) -> bool:
    """Whether every field is all digits or all blank."""
    return b"".join(raw).isdigit() or all(cell.isdigit() or cell.isspace() for cell in raw)

"""The fixed-width dialect: records of one length in bytes, a control record at the head, totals at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from integrations.atena_adapters.config.fixed import FixedDialect
from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.dialects.base import CellError, Decoded, Encoded, Locate, Made, made_of
from integrations.atena_adapters.dialects.dates import write_day
from integrations.atena_adapters.dialects.fixed_columns import ColumnReader, Table
from integrations.atena_adapters.dialects.fixed_totals import hash_total, spans, verify_head, verify_tail
from integrations.atena_adapters.dialects.lines import LineCodec
from integrations.atena_adapters.errors import AnswerUnreadable, ConfigurationInvalid
from integrations.atena_adapters.fields import MESSAGES, Form, Message, Row, key_of, specs
from integrations.atena_adapters.receipts import Problem, ProblemCode
from integrations.atena_adapters.where import Place

_ENDS = {"CRLF": b"\r\n", "LF": b"\n", "none": b""}


class FixedCodec:
    """Reads and writes the configured records.  Received bytes are only ever cut, never decoded and encoded again."""

    def __init__(self, config: FixedDialect) -> None:
        self._config = config
        self._lines = LineCodec(config.encoding, config)
        self._end = _ENDS[config.record_end]
        self._readers = {message: ColumnReader(config, message) for message in Message}
        self.content_type = "application/octet-stream"

    def encode(self, message: Message, made: Made | str, rows: Sequence[Row]) -> Encoded:
        """The file for a message; a value that does not fit its field leaves its line out, nothing is cut."""
        outgoing, columns = self._lines.write(message, rows), self._config.layouts.of(message)
        key_at = next(at for at, column in enumerate(columns) if column.field == key_of(message))
        records, size = list[bytes](), self._config.record_bytes(message)
        for cells in outgoing.lines:
            try:
                records.append(b"".join(map(self._field, columns, cells)).ljust(size))
            except CellError as error:
                outgoing.refused[cells[key_at] or ""] = str(error)
        try:
            records_told = self._with_control(message, made_of(made), records)
        except CellError as error:
            raise ConfigurationInvalid(f"先頭レコードか末尾レコードを書けません。{error}", nothing_left=True) from None
        payload = b"".join(record + self._end for record in records_told)
        return Encoded(payload, len(records), outgoing.refused, tuple(outgoing.substitutions))

    def decode(self, message: Message, payload: bytes) -> Decoded:
        """The rows of a message.  Raises `AnswerUnreadable` for another length, kind or total than the file itself tells."""
        records, problems = self._records(message, payload)
        batch_id, first = "", 1
        if self._config.head_record:
            head, records, first = records[0] if records else b"", records[1:], 2
            batch_id = verify_head(self._config, message, head)
        tail = None
        if self._config.tail_record:
            if not records:
                raise AnswerUnreadable("末尾レコードがありません。ファイルが途中で切れているため、取り込みません。")
            tail, records = records[-1], records[:-1]
        reader = self._readers[message]
        table = reader.read(records, first_line=first, step=self._config.record_bytes(message) + len(self._end))
        if tail is not None:
            try:
                verify_tail(self._config, message, tail, records, table.amount_total)
            except AnswerUnreadable as error:
                raise _with_place(error, table) from None
        return Decoded(table.rows, (*problems, *table.problems), batch_id, self._locator(message, first))

    def _locator(self, message: Message, first: int) -> Locate:
        """Where an item stands: every record has the same length."""
        step, columns = self._config.record_bytes(message) + len(self._end), self._config.layouts.of(message)
        places, titles = spans(columns), {column.field: column.title for column in columns}

        def locate(row: int, item: str) -> Place:
            start = (row + first - 1) * step + (places[item].start if item in places else 0)
            return Place(row + first, start, titles.get(item, item))

        return locate

    def _records(self, message: Message, payload: bytes) -> tuple[list[bytes], list[Problem]]:
        size = self._config.record_bytes(message)
        if not self._end:
            if len(payload) % size:
                raise AnswerUnreadable(
                    f"ファイルの長さがレコード長({size}バイト)の倍数ではありません。途中で切れているか、書式が違います。",
                    line=len(payload) // size + 1,
                    offset=len(payload) - len(payload) % size,
                )
            return [payload[at : at + size] for at in range(0, len(payload), size)], []
        lines = payload.split(b"\n")
        if lines.pop():
            raise AnswerUnreadable(
                "ファイルが途中で切れています(最後の改行がありません)。取り込みません。",
                line=len(lines) + 1,
                offset=payload.rfind(b"\n") + 1,
            )
        plain = [line.removesuffix(b"\r") for line in lines]
        returns = sum(map(len, lines)) - sum(map(len, plain))
        self._check_lengths(plain, lines, size)
        as_set = len(lines) if self._end == b"\r\n" else 0
        text = "改行の種類が設定と違うか、混ざっています。読み取りはできました。"
        return plain, [] if returns == as_set else [Problem(ProblemCode.NEWLINES, text)]

    @staticmethod
    def _check_lengths(plain: list[bytes], lines: list[bytes], size: int) -> None:
        if set(map(len, plain)) <= {size}:
            return
        at = next(at for at, record in enumerate(plain) if len(record) != size)
        raise AnswerUnreadable(
            f"{at + 1}行目の長さが{len(plain[at])}バイトです(正しくは{size}バイト)。取り込みません。",
            line=at + 1,
            offset=sum(len(line) + 1 for line in lines[:at]),
        )

    def _with_control(self, message: Message, made: Made, records: list[bytes]) -> list[bytes]:
        size = self._config.record_bytes(message)
        told = self._told(message, made, records)
        head = [self._control(self._config.head_record, told, size)] if self._config.head_record else []
        tail = [self._control(self._config.tail_record, told, size)] if self._config.tail_record else []
        return [*head, *records, *tail]

    def _told(self, message: Message, made: Made, records: list[bytes]) -> dict[str, str]:
        day = (made.made_at or datetime.now(UTC)).astimezone(JAPAN).date()
        return {
            "message": self._config.message_codes[message.value],
            "batch": made.batch_id,
            "made_on": write_day(day, self._config.dates.day),
            "sequence": str(made.sequence),
            "count": str(len(records)),
            "sum": str(self._readers[message].amount_total(records)),
            "hash": str(hash_total(self._config, message, records)),
        }

    def _control(self, columns: tuple[Column, ...], told: dict[str, str], size: int) -> bytes:
        cells = [column.constant if column.constant is not None else told[column.field] for column in columns]
        return b"".join(map(self._field, columns, cells)).ljust(size)

    def _field(self, column: Column, cell: str | None) -> bytes:
        width = column.width or 0
        if cell is None:
            return (self._config.missing_mark or " ").encode() * width
        try:
            raw = cell.encode(self._config.encoding)
        except UnicodeEncodeError:
            raise CellError(f"{column.title}に、この文字コードで書けない文字があります。") from None
        if len(raw) > width:
            raise CellError(f"{column.title}が長すぎます({len(raw)}バイト、上限{width}バイト)。")
        if not raw:
            return b" " * width
        side, fill = (
            column.side or ("r" if _is_number(column) else "l"),
            column.fill or ("0" if _is_number(column) else "_"),
        )
        if fill == "0" and not _is_number(column) and len(cell) > 1 and cell.startswith("0"):
            raise CellError(f"{column.title}は0で埋める欄です。先頭が0の番号は、読むときに埋めた0と見分けられません。")
        if side == "l":
            return raw.ljust(width)
        return raw.decode("ascii").zfill(width).encode() if fill == "0" and raw.isascii() else raw.rjust(width)


def _with_place(error: AnswerUnreadable, table: Table) -> AnswerUnreadable:
    """The first field that could not be read is most likely why the totals do not agree."""
    first = next((row for row in table.rows if row.fault), None)
    if first is None or first.fault is None:
        return error
    return AnswerUnreadable(f"{error.message}{first.error}", line=first.fault.line, offset=first.fault.offset)


def _is_number(column: Column) -> bool:
    """Amounts, and what a control record counts."""
    return column.field in _NUMBERS


_NUMBERS = frozenset({"count", "sequence", "sum", "hash"}) | {
    spec.name for message in MESSAGES for spec in specs(message).values() if spec.form is Form.AMOUNT
}

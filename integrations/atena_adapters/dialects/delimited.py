"""The delimited dialect: CSV and its relatives, in any of the configured encodings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from integrations.atena_adapters.config.dialect import DelimitedDialect
from integrations.atena_adapters.dialects.base import CellError, Decoded, Encoded, Made
from integrations.atena_adapters.dialects.lines import LineCodec
from integrations.atena_adapters.dialects.places import Places
from integrations.atena_adapters.errors import AnswerUnreadable, ConfigurationInvalid
from integrations.atena_adapters.fields import Message, Row, key_of
from integrations.atena_adapters.receipts import Problem, ProblemCode

_BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\n|\r")
_QUOTING = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}
_TRAILER_CELLS = 2


class DelimitedCodec:
    """Reads and writes the configured CSV."""

    def __init__(self, config: DelimitedDialect) -> None:
        self._config = config
        self._lines = LineCodec(config.encoding, config)
        self._newline = "\r\n" if config.newline == "CRLF" else "\n"
        self.content_type = f"text/csv; charset={'Windows-31J' if config.encoding == 'cp932' else config.encoding}"

    def encode(self, message: Message, made: Made | str, rows: Sequence[Row]) -> Encoded:
        """The file for a message."""
        outgoing = self._lines.write(message, rows)
        kept = [[self._mark(cell) for cell in line] for line in outgoing.lines]
        texts: list[str] = []
        for line in kept:
            try:
                texts.append(self._join(line))
            except CellError as error:
                outgoing.refused[self._key(message, line)] = str(error)
        count = len(texts)
        try:
            payload = self._file(message, texts)
        except (CellError, UnicodeEncodeError):
            told = "見出し・固定値・末尾行に、この書式か文字コードで書けない文字があります。設定を直してください。"
            raise ConfigurationInvalid(told, nothing_left=True) from None
        return Encoded(payload, count, outgoing.refused, tuple(outgoing.substitutions))

    def _file(self, message: Message, lines: list[str]) -> bytes:
        """Header and trailer around the lines; every value of a line was seen to be writable before."""
        titles = [self._join([column.title for column in self._lines.columns(message)])] if self._config.header else []
        trailer = [self._join([self._config.trailer, str(len(lines))])] if self._config.trailer else []
        body = "".join(text + self._newline for text in (*titles, *lines, *trailer))
        return (_BOM + body if self._config.bom else body).encode(self._config.encoding)

    def decode(self, message: Message, payload: bytes) -> Decoded:
        """The rows of a message."""
        text, problems = self._text(payload)
        if not text or _NEWLINE.search(text[-1]) is None:
            raise AnswerUnreadable(
                "ファイルが途中で切れています(最後の改行がありません)。取り込みません。",
                line=len(_NEWLINE.findall(text)) + 1,
                offset=len(payload),
            )
        body = _NEWLINE.sub("\n", text)
        if self._config.newline not in _newlines(text) or len(_newlines(text)) > 1:
            problems.append(
                Problem(ProblemCode.NEWLINES, "改行の種類が設定と違うか、混ざっています。読み取りはできました。")
            )
        size = (len(_NEWLINE.findall(text)), len(payload))
        cells = self._check_trailer(self._check_header(message, self._split(body)), *size)
        places = Places(payload, self._config, first=1 if self._config.header else 0)
        rows, found = self._lines.read(message, [[self._unmark(cell) for cell in line] for line in cells], places.of)
        return Decoded(rows, (*problems, *found), locate=self._lines.locator(message, places.of))

    def _text(self, payload: bytes) -> tuple[str, list[Problem]]:
        text = payload.decode(self._config.encoding, errors="replace")
        if not text.startswith(_BOM):
            return text, []
        unexpected = (
            [] if self._config.bom else [Problem(ProblemCode.BOM, "先頭にBOMがあります。読み取りはできました。")]
        )
        return text.removeprefix(_BOM), unexpected

    def _split(self, body: str) -> list[list[str]]:
        if self._config.quoting == "none":
            return [line.split(self._config.delimiter) for line in body.split("\n") if line]
        reader = csv.reader(io.StringIO(body), delimiter=self._config.delimiter)
        try:
            return [line for line in reader if line]
        except csv.Error:
            text = "引用符が閉じていないため、行の区切りが分かりません。取り込みません。"
            raise AnswerUnreadable(text, line=reader.line_num) from None

    def _join(self, cells: Sequence[str]) -> str:
        if self._config.quoting == "none":
            if any(self._config.delimiter in cell or '"' in cell for cell in cells):
                raise CellError("区切りの文字か引用符を含む値は、この書式では送れません。")
            return self._config.delimiter.join(cells)
        buffer = io.StringIO()
        quoting = _QUOTING[self._config.quoting]
        csv.writer(buffer, delimiter=self._config.delimiter, quoting=quoting, lineterminator="").writerow(cells)  # type: ignore[arg-type]
        return buffer.getvalue()

    def _check_header(self, message: Message, cells: list[list[str]]) -> list[list[str]]:
        if not self._config.header:
            return cells
        titles = [column.title for column in self._lines.columns(message)]
        if not cells or cells[0] != titles:
            raise AnswerUnreadable(
                "見出し行が設定と違います。書式(版)か文字コードの設定を確かめてください。取り込みません。", line=1
            )
        return cells[1:]

    def _check_trailer(self, cells: list[list[str]], line: int, end: int) -> list[list[str]]:
        if not self._config.trailer:
            return cells
        last = cells[-1] if cells else []
        if len(last) != _TRAILER_CELLS or last[0] != self._config.trailer:
            text = "末尾行がありません。ファイルが途中で切れているため、取り込みません。"
            raise AnswerUnreadable(text, line=line, offset=end)
        if last[1].strip() != str(len(cells) - 1):
            raise AnswerUnreadable("末尾行の件数が明細の数と合いません。取り込みません。", line=line, offset=end)
        return cells[:-1]

    def _mark(self, cell: str | None) -> str:
        return self._config.missing_mark if cell is None else cell

    def _unmark(self, cell: str) -> str | None:
        return None if self._config.missing_mark and cell == self._config.missing_mark else cell

    def _key(self, message: Message, line: Sequence[str]) -> str:
        names = [column.field for column in self._lines.columns(message)]
        return line[names.index(key_of(message))]


def _newlines(text: str) -> set[str]:
    found = set()
    if "\r\n" in text:
        found.add("CRLF")
    if re.search(r"(?<!\r)\n", text):
        found.add("LF")
    return found

"""Where a cell of a delimited file stands, in bytes: worked out only when somebody has to be told."""

from __future__ import annotations

import re
from functools import cached_property

from integrations.atena_adapters.config.dialect import DelimitedDialect
from integrations.atena_adapters.dialects.encodings import measure

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Places:
    """Line (from 1) and byte offset (from 0) of cells; `first` is the number of header lines."""

    def __init__(self, payload: bytes, config: DelimitedDialect, *, first: int) -> None:
        self._payload = payload
        self._config = config
        self._first = first

    def of(self, row: int, column: int) -> tuple[int, int]:
        """The place of one cell; (0, 0) where line ends within values make lines and rows differ."""
        at = row + self._first
        if at >= len(self._lines):
            return 0, 0
        number, start, line = self._lines[at]
        return number, start + self._bytes(line[: self._cell_start(line, column)])

    @cached_property
    def _lines(self) -> list[tuple[int, int, str]]:
        """Number, offset and text of every line that is not blank."""
        text = self._payload.decode(self._config.encoding, errors="replace")
        start = 2 if self._config.encoding == "utf-16" and self._payload[:2] in _UTF16_MARKS else 0
        found: list[tuple[int, int, str]] = []
        for number, match in enumerate(_LINE.finditer(text), start=1):
            line = match[0]
            if line.strip("\r\n"):
                found.append((number, start, line))
            start += self._bytes(line)
        return found

    def _cell_start(self, line: str, column: int) -> int:
        quoted, seen = False, 0
        for at, character in enumerate(line):
            if seen == column:
                return at
            if character == '"' and self._config.quoting != "none":
                quoted = not quoted
            elif character == self._config.delimiter and not quoted:
                seen += 1
        return 0

    def _bytes(self, text: str) -> int:
        """How many bytes a text takes; a byte that was no character counts as one."""
        return len(text.replace("\ufffd", "?").encode(measure(self._config.encoding), errors="replace"))

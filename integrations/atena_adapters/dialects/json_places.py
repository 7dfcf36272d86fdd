"""Where an item of a JSON line stands, in bytes: worked out only when somebody has to be told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property

_BLANK = " \t\r\n"


class JsonPlaces:
    """Number of the line within the array (from 1) and byte offset (from 0) of a line's item."""

    def __init__(self, payload: bytes, lines_key: str, titles: Sequence[str]) -> None:
        self._text = payload.decode("utf-8-sig")
        self._mark = len(payload) - len(self._text.encode())
        self._key = lines_key
        self._titles = titles

    def of(self, row: int, column: int) -> tuple[int, int]:
        """The place of one item; of its line where the item is missing."""
        if row >= len(self._spans):
            return row + 1, 0
        start, end = self._spans[row]
        at = self._text.find(json.dumps(self._titles[column], ensure_ascii=False), start, end)
        return row + 1, self._mark + len(self._text[: max(at, start)].encode())

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """First and last character of every line of the array."""
        decoder, found = json.JSONDecoder(), list[tuple[int, int]]()
        at = self._skip(self._text.find(json.dumps(self._key, ensure_ascii=False)) + len(json.dumps(self._key)), ":[")
        while at < len(self._text) and self._text[at] == "{":
            _, end = decoder.raw_decode(self._text, at)
            found.append((at, end))
            at = self._skip(end, ",")
        return found

    def _skip(self, at: int, signs: str) -> int:
        while at < len(self._text) and self._text[at] in signs + _BLANK:
            at += 1
        return at

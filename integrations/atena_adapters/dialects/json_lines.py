"""The JSON dialect: one object with the lines in an array."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from integrations.atena_adapters.config.dialect import JsonDialect
from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.dialects.base import Decoded, Encoded, Made, made_of
from integrations.atena_adapters.dialects.json_places import JsonPlaces
from integrations.atena_adapters.dialects.lines import LineCodec
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Form, Message, Row, specs


class JsonCodec:
    """Reads and writes the configured JSON."""

    content_type = "application/json; charset=utf-8"

    def __init__(self, config: JsonDialect) -> None:
        self._config = config
        self._lines = LineCodec("utf-8", config)

    def encode(self, message: Message, made: Made | str, rows: Sequence[Row]) -> Encoded:
        """The object for a message."""
        outgoing = self._lines.write(message, rows)
        columns, numbers = self._lines.columns(message), self._number_titles(message)
        lines = [_object(columns, line, numbers) for line in outgoing.lines]
        head = {self._config.batch_key: made_of(made).batch_id, self._config.count_key: len(lines)}
        document = {key: value for key, value in head.items() if key} | {self._config.lines_key: lines}
        payload = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return Encoded(payload, len(lines), outgoing.refused, tuple(outgoing.substitutions))

    def decode(self, message: Message, payload: bytes) -> Decoded:
        """The rows of a message."""
        document = _document(payload)
        lines = document.get(self._config.lines_key)
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise AnswerUnreadable(
                f"回答に明細の配列「{self._config.lines_key}」がありません。書式の設定を確かめてください。"
            )
        if self._config.count_key and document.get(self._config.count_key) != len(lines):
            raise AnswerUnreadable("回答の件数が明細の数と合いません。途中で切れているため、取り込みません。")
        titles = [column.title for column in self._lines.columns(message)]
        where = JsonPlaces(payload, self._config.lines_key, titles).of
        cells = [[_text(line.get(title)) for title in titles] for line in lines]
        rows, problems = self._lines.read(message, cells, where)
        said = document.get(self._config.batch_key) if self._config.batch_key else ""
        batch_id = said if isinstance(said, str) else ""
        return Decoded(rows, tuple(problems), batch_id, self._lines.locator(message, where))

    def _number_titles(self, message: Message) -> frozenset[str]:
        if not self._config.amounts_as_numbers:
            return frozenset()
        known = specs(message)
        amounts = {name for name, spec in known.items() if spec.form is Form.AMOUNT}
        return frozenset(column.title for column in self._lines.columns(message) if column.field in amounts)


def _object(columns: Sequence[Column], line: Sequence[str | None], numbers: frozenset[str]) -> dict[str, str | int]:
    pairs = ((column.title, cell) for column, cell in zip(columns, line, strict=True) if cell is not None)
    return {title: int(cell) if cell and title in numbers else cell for title, cell in pairs}


def _text(value: Any) -> str | None:
    """Whole numbers become digits; anything that is neither text nor whole number shows up as unreadable."""
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else "\ufffd"


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line, offset = _position(payload, error)
        text = "回答をJSONとして読めません。途中で切れているか、文字コードが違います。"
        raise AnswerUnreadable(text, line=line, offset=offset) from _bare(error)
    if not isinstance(document, dict):
        raise AnswerUnreadable("回答のJSONの形が違います。書式の設定を確かめてください。")
    return document


def _position(payload: bytes, error: Exception) -> tuple[int, int]:
    """Line (from 1) and byte offset (from 0) where reading broke off."""
    if isinstance(error, json.JSONDecodeError):
        before = len(error.doc[: error.pos].encode(errors="replace"))
        return error.lineno, before + (3 if payload.startswith(b"\xef\xbb\xbf") else 0)
    at = error.start if isinstance(error, UnicodeDecodeError) else 0
    return payload[:at].count(b"\n") + 1, at


def _bare(error: Exception) -> ValueError:
    return ValueError(type(error).__name__)

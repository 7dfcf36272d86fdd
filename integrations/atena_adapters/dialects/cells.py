"""One value between its canonical text and the text of a prefecture."""

from __future__ import annotations

from datetime import date

from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.config.rules import Codes, DateRules, TextRules, code_point
from integrations.atena_adapters.dialects.base import CellError
from integrations.atena_adapters.dialects.characters import (
    Repertoire,
    Written,
    read_kana,
    shape_address,
    shape_kana,
    shape_space,
)
from integrations.atena_adapters.dialects.dates import read_day, read_year, write_day, write_year
from integrations.atena_adapters.dialects.encodings import measure
from integrations.atena_adapters.fields import FieldSpec, Form

MOST_DIGITS = 15  # of an amount; Python refuses to read numbers of some thousand digits with an error of its own


class CellCodec:
    """Writes and reads single values under one configuration."""

    def __init__(self, encoding: str, text: TextRules, dates: DateRules, codes: Codes) -> None:
        self._text = text
        self._dates = dates
        self._repertoire = Repertoire(encoding, text)
        self._measure = measure(encoding)
        self._gaiji = {code_point(key): value for key, value in text.received_gaiji.items()}
        tables: dict[str, dict[str, str]] = codes.model_dump()
        self._outgoing = {
            name: {word: wire.split("|")[0] for word, wire in table.items()} for name, table in tables.items()
        }
        self._incoming = {
            name: {wire: word for word, joined in table.items() for wire in joined.split("|")}
            for name, table in tables.items()
        }

    def write(self, spec: FieldSpec, column: Column, value: str) -> Written:
        """The text to send for a canonical value that is there.  Raises `CellError`."""
        written = self._repertoire.write(self._shape(spec, value)) if value else Written("")
        if column.max_bytes is not None and len(written.text.encode(self._measure)) > column.max_bytes:
            raise CellError(f"{column.title}が長すぎます(上限{column.max_bytes}バイト)。")
        return written

    def read(self, spec: FieldSpec, raw: str) -> str:
        """The canonical text of a received value.  Dates that are no complete day come back as they stand."""
        text = raw if spec.form in (Form.NAME, Form.ADDRESS, Form.TEXT) else raw.strip(" 　")
        if not text:
            return ""
        if self._gaiji:
            text = text.translate(self._gaiji)
        match spec.form:
            case Form.AMOUNT:
                return _amount(spec, text)
            case Form.CODE:
                return self._code(spec, text)
            case Form.DATE:
                day = read_day(text, self._dates.day, self._dates.context_year)
                return day.isoformat() if day else text
            case Form.YEAR:
                return self._year(spec, text)
            case Form.KANA:
                return read_kana(text)
        return text

    def _shape(self, spec: FieldSpec, value: str) -> str:
        match spec.form:
            case Form.DATE:
                return write_day(date.fromisoformat(value), self._dates.day)
            case Form.YEAR:
                return write_year(int(value), self._dates.year)
            case Form.CODE:
                return self._outgoing[spec.codes][value]
            case Form.KANA:
                return shape_kana(value, self._text)
            case Form.NAME:
                return shape_space(value, self._text)
            case Form.ADDRESS:
                return shape_address(value, self._text)
        return value

    def _code(self, spec: FieldSpec, text: str) -> str:
        word = self._incoming[spec.codes].get(text)
        if word is None:
            raise CellError(f"{spec.title}に、設定のコード表にない値があります。")
        return word

    def _year(self, spec: FieldSpec, text: str) -> str:
        year = read_year(text, self._dates.year, self._dates.context_year)
        if year is None:
            raise CellError(f"{spec.title}を年度として読めません。")
        return str(year)


def _amount(spec: FieldSpec, text: str) -> str:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MOST_DIGITS:
        raise CellError(f"{spec.title}を金額として読めません。")
    return str(int(text))

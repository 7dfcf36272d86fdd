"""One value between its canonical form and the wire."""

from __future__ import annotations

import re

from integrations.atena_adapters.simulator.items import ALL_AMOUNTS, DAYS, YEARS, table_of
from integrations.atena_adapters.simulator.profile import Form
from integrations.atena_adapters.simulator.wire import characters, eras
from integrations.atena_adapters.simulator.wire.errors import BadValue

_AMOUNT = re.compile(r"-?\d{1,15}")


def to_wire(form: Form, message: str, item: str, value: str) -> str:
    """The text of one value.  Blank stays blank."""
    if not value:
        return ""
    if table := table_of(message, item):
        return form.codes[table][value][0] if value in form.codes[table] else value
    if item in DAYS:
        return eras.write_day(value, form.day)
    if item in YEARS:
        return eras.write_year(value, form.year)
    return characters.carried(_shaped(form, item, value), form.encoding)


def from_wire(form: Form, message: str, item: str, text: str) -> str:
    """The canonical value.  Raises `BadValue`."""
    text = text.strip() if item not in ("name", "kana", "address", "base_address", "reason") else text
    if not text:
        return ""
    if table := table_of(message, item):
        return _word(form, table, text)
    if item in DAYS:
        return eras.read_day(text, form.day, form.context_year)
    if item in YEARS:
        return eras.read_year(text, form.year, form.context_year)
    if item in ALL_AMOUNTS:
        return _amount(text)
    return text


def _word(form: Form, table: str, text: str) -> str:
    word = next((word for word, wires in form.codes[table].items() if text in wires), None)
    if word is None:
        raise BadValue("知らないコードです。")
    return word


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise BadValue("金額が数字ではありません。")
    return str(int(text))


def _shaped(form: Form, item: str, value: str) -> str:
    if form.text.get("drop_variation_selectors"):
        value = characters.SELECTORS.sub("", value)
    if item == "name":
        return characters.shape_name(value, form.text)
    if item == "kana":
        return characters.shape_kana(value, form.text)
    return characters.shape_address(value, form.text) if item == "address" else value

"""One JSON object per file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from integrations.atena_adapters.simulator.items import ALL_AMOUNTS
from integrations.atena_adapters.simulator.profile import Form
from integrations.atena_adapters.simulator.wire.errors import Unreadable

if TYPE_CHECKING:
    from integrations.atena_adapters.simulator.wire.messages import Envelope

_USUAL = {"lines_key": "lines", "count_key": "count", "batch_key": "batch"}


def read(form: Form, message: str, payload: bytes, batch: str) -> list[list[str | None]]:
    """The texts of every line in the order of the layout.  Raises `Unreadable`."""
    try:
        document = json.loads(payload)
    except ValueError:
        raise Unreadable("JSONとして読めません。") from None
    lines = document.get(_key(form, "lines_key")) if isinstance(document, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise Unreadable("明細の配列がありません。")
    if (key := _key(form, "count_key")) and document.get(key) != len(lines):
        raise Unreadable("件数が明細の数と合いません。")
    if (key := _key(form, "batch_key")) and batch and document.get(key) != batch:
        raise Unreadable("送信単位の番号が宛先と合いません。")
    return [[_text(line.get(column.title)) for column in form.layouts[message]] for line in lines]


def write(form: Form, message: str, cells: Sequence[Sequence[str | None]], envelope: Envelope) -> bytes:
    """The object; what is missing has no key."""
    numeric = bool(form.options.get("amounts_as_numbers", True))
    columns = form.layouts[message]
    lines = [
        {
            column.title: int(cell) if numeric and column.item in ALL_AMOUNTS and cell else cell
            for column, cell in zip(columns, line, strict=True)
            if cell is not None
        }
        for line in cells
    ]
    about = ((_key(form, "batch_key"), envelope.batch), (_key(form, "count_key"), len(lines)))
    document: dict[str, Any] = {key: value for key, value in about if key}
    return json.dumps(document | {_key(form, "lines_key"): lines}, ensure_ascii=False).encode()


def _key(form: Form, name: str) -> str:
    value = form.options.get(name)
    return _USUAL[name] if value is None else str(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unreadable("明細の値が文字列でも整数でもありません。")

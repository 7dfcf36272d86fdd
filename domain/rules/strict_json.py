"""JSON read strictly: no decimals, no name given twice, in one place for all commands."""

from __future__ import annotations

import json
from typing import NoReturn


def strict_json(text: str) -> object:
    """The decoded text.  ValueError with Japanese words (RecursionError for text nested too deeply).

    json.JSONDecodeError, a ValueError, tells the place of what is no JSON at all.
    """
    return json.loads(text, object_pairs_hook=_once, parse_float=_no_decimal, parse_constant=_no_decimal)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = "、".join(sorted({name for name in names if names.count(name) > 1}))
        raise ValueError(f"同じ項目が二度書かれています: {twice}")
    return found


def _no_decimal(text: str) -> NoReturn:
    raise ValueError(f"小数は使えません: {text}。円の整数で書いてください")

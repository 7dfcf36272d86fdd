"""What a value looks like without saying what it is, and what was expected in its place."""

from __future__ import annotations

import re

from integrations.atena_adapters.config.layouts import Column
from integrations.atena_adapters.config.rules import Codes, DateRules
from integrations.atena_adapters.fields import FieldSpec, Form

_LONGEST = 40
_MASKS = (
    (re.compile(r"[0-9０-９]"), "9"),
    (re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]"), "A"),
    (re.compile(r"[ァ-ヿｦ-ﾟ]"), "ア"),
    (re.compile(r"[^9Aア 　\-/.,*\ufffd]"), "字"),
)


def shape(text: str) -> str:
    """Digits as 9, letters as A, kana as ア, other characters as 字; separators and blanks stay."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def expectation(spec: FieldSpec, column: Column, dates: DateRules, codes: Codes) -> str:
    """What may stand in a field, in words."""
    width = f"{column.width}バイト" if column.width else ""
    match spec.form:
        case Form.AMOUNT:
            return f"金額(数字のみ{f'、{width}' if width else ''})"
        case Form.DATE:
            return f"{dates.day} の日付"
        case Form.YEAR:
            return f"{dates.year} の年度"
        case Form.CODE:
            table: dict[str, str] = getattr(codes, spec.codes)
            return f"コード({'、'.join(wire for joined in table.values() for wire in joined.split('|'))})"
    return f"文字({width})" if width else "文字"

"""One JSON object, or JSON Lines, as text: read strictly (no decimals, no name twice), written one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NoReturn

from domain.rules.errors import CaseError

Numbered = tuple[str, object]
"""Where an object stood ("3行目", empty for a single object) and the object."""


def read_objects(text: str) -> list[Numbered]:
    """The objects of a text: one over several lines, or one on each line (empty lines are skipped).  CaseError."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise CaseError("入力が空です。JSON の対象を一つ、または一行に一つずつ書いてください。")
    if len(lines) == 1 or not _is_whole(lines[0][1]):
        return [("", _decoded(text, ""))]
    return list(_each(lines))


def _each(lines: Sequence[tuple[int, str]]) -> Iterator[Numbered]:
    for number, line in lines:
        where = f"{number}行目"
        yield where, _decoded(line, where)


def _is_whole(line: str) -> bool:
    """Whether a line by itself is JSON, so that the text is JSON Lines."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(text: str, where: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_float=_no_decimal, parse_constant=_no_decimal)
    except json.JSONDecodeError as fault:
        place = where or f"{fault.lineno}行目"
        raise CaseError(f"{place}の{fault.colno}文字目: JSON として読めません({fault.msg})") from None
    except (ValueError, RecursionError) as fault:
        raise CaseError(told(where, f"JSON として読めません({fault})")) from None


def told(where: str, message: str) -> str:
    """A message with its place."""
    return f"{where}: {message}" if where else message


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = "、".join(sorted({name for name in names if names.count(name) > 1}))
        raise ValueError(f"同じ項目が二度書かれています: {twice}")
    return found


def _no_decimal(text: str) -> NoReturn:
    raise ValueError(f"小数は使えません: {text}。円の整数で書いてください")


def write_objects(objects: Sequence[object], *, spread: bool = False) -> str:
    """One object a line; `spread` writes them over several lines, for people."""
    indent = 1 if spread else None
    return "\n".join(json.dumps(each, ensure_ascii=False, indent=indent) for each in objects)

"""One JSON object, or JSON Lines, as text: read strictly (no decimals, no name twice), written one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from domain.rules.errors import NOTHING_GIVEN, CaseError
from domain.rules.strict_json import NotJson, strict_json

Numbered = tuple[str, object]
"""Where an object stood ("3行目", empty for a single object) and the object."""


def read_objects(text: str) -> list[Numbered]:
    """The objects of a text: one over several lines, or one on each line (empty lines are skipped).  CaseError."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise CaseError(NOTHING_GIVEN)
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
        return strict_json(text)
    except NotJson as fault:
        raise CaseError(fault.told(where)) from None


def told(where: str, message: str) -> str:
    """A message with its place."""
    return f"{where}: {message}" if where else message


def write_objects(objects: Sequence[object], *, spread: bool = False) -> str:
    """One object a line; `spread` writes them over several lines, for people."""
    indent = 1 if spread else None
    return "\n".join(json.dumps(each, ensure_ascii=False, indent=indent) for each in objects)

"""Name templates such as `SHOREI_{kind}_{made_at:%Y%m%d%H%M%S}_{sequence:06d}.csv`."""

from __future__ import annotations

import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

JAPAN = timezone(timedelta(hours=9), "JST")
_ALLOWED = ("kind", "batch", "sequence", "made_at", "part")


def fill(template: str, *, kind: str, batch: str, sequence: int, made_at: datetime, part: int = 1) -> str:
    """The name for one batch; times are Japanese time."""
    local = made_at.astimezone(JAPAN)
    return template.format(kind=kind, batch=batch, sequence=sequence, made_at=local, part=part)


def _parts(template: str) -> Iterable[str]:
    try:
        for _, name, _, conversion in string.Formatter().parse(template):
            if conversion:
                raise ValueError("名前のひな形に「!」は使えません。")
            if name is not None:
                yield name
    except ValueError as error:
        raise ValueError("名前のひな形の { } の対応が正しくありません。") from error


def _sound(template: str) -> str:
    names = list(_parts(template))
    if unknown := [name for name in names if name not in _ALLOWED]:
        raise ValueError(
            f"名前のひな形に使えない項目があります: {'、'.join(unknown)}(使える項目: {'、'.join(_ALLOWED)})"
        )
    if not {"batch", "sequence"} & set(names) or "kind" not in names:
        raise ValueError("名前のひな形には {kind} と、{batch} か {sequence} が必要です(送信ごとに違う名前にするため)。")
    try:
        fill(template, kind="x", batch="x", sequence=1, made_at=datetime(2026, 4, 1, tzinfo=UTC))
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError("名前のひな形の書き方が正しくありません。") from error
    return template


def _sound_file(template: str) -> str:
    if any(mark in template for mark in ("/", "\\", "\0")) or template.startswith("."):
        raise ValueError("ファイル名のひな形に / や \\ は使えず、「.」で始めることもできません。")
    return _sound(template)


NameTemplate = Annotated[str, AfterValidator(_sound)]
FileTemplate = Annotated[str, AfterValidator(_sound_file)]

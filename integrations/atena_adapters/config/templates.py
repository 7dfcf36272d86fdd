"""Name templates such as `SHOREI_{kind}_{made_at:%Y%m%d%H%M%S}_{sequence:06d}.csv`.

What a template may say is listed here and nothing else is understood: a free format specification could make every batch's name
the same, or a name of many megabytes.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

JAPAN = timezone(timedelta(hours=9), "JST")
LONGEST_TEMPLATE = 100  # with every field filled in and both endings, a file name stays below 255 bytes
_PLAIN, _DIGITS = re.compile(""), re.compile("(0[1-9]d)?")
_FORMATS = {
    "kind": _PLAIN,
    "batch": _PLAIN,
    "sequence": _DIGITS,
    "part": _DIGITS,
    "made_at": re.compile("(?=.*%)(%[YmdHMSf]|[_-])+"),
}
_FILE_TEXT = re.compile("[A-Za-z0-9_.-]*")
_PATH_TEXT = re.compile("[A-Za-z0-9_./-]*")
_WORD = re.compile("[A-Za-z0-9_-]{1,32}")
_ENDING = re.compile("[.]?[A-Za-z0-9_-]{1,15}")


def fill(template: str, *, kind: str, batch: str, sequence: int, made_at: datetime, part: int = 1) -> str:
    """The name for one batch; times are Japanese time."""
    local = made_at.astimezone(JAPAN)
    return template.format(kind=kind, batch=batch, sequence=sequence, made_at=local, part=part)


def _parts(template: str, text: re.Pattern[str]) -> Iterable[str]:
    """The fields of a template, each with an allowed format, between allowed texts."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ValueError("名前のひな形の { } の対応が正しくありません。") from error
    for literal, name, form, conversion in parsed:
        if not text.fullmatch(literal):
            raise ValueError("名前のひな形に使える文字は、半角英数字と「_」「-」「.」です(経路では「/」も使えます)。")
        if conversion:
            raise ValueError("名前のひな形に「!」は使えません。")
        if name is not None:
            if name in _FORMATS and not _FORMATS[name].fullmatch(form or ""):
                raise ValueError(
                    f"名前のひな形の {{{name}}} の書き方が正しくありません"
                    "(日時は {made_at:%Y%m%d%H%M%S}、番号は {sequence:06d} のように書き、桁数は9までです)。"
                )
            yield name


def _sound(template: str, text: re.Pattern[str]) -> str:
    if len(template) > LONGEST_TEMPLATE:
        raise ValueError(f"名前のひな形は{LONGEST_TEMPLATE}文字までにしてください。")
    names = list(_parts(template, text))
    if unknown := [name for name in names if name not in _FORMATS]:
        raise ValueError(
            f"名前のひな形に使えない項目があります: {'、'.join(unknown)}(使える項目: {'、'.join(_FORMATS)})"
        )
    if not {"batch", "sequence"} & set(names) or "kind" not in names:
        raise ValueError("名前のひな形には {kind} と、{batch} か {sequence} が必要です(送信ごとに違う名前にするため)。")
    if len(set(names)) < len(names):
        raise ValueError("名前のひな形に同じ項目を二度使うことはできません。")
    if ".." in template:
        raise ValueError("名前のひな形に「..」は使えません。")
    return template


def _sound_file(template: str) -> str:
    if template.startswith("."):
        raise ValueError("ファイル名のひな形は「.」で始めることができません。")
    return _sound(template, _FILE_TEXT)


def _sound_path(template: str) -> str:
    return sound_path(_sound(template, _PATH_TEXT))


def sound_path(path: str) -> str:
    """A path on the configured server: one that named another server would carry the credentials there."""
    if not path.startswith("/") or "//" in path or ".." in path or len(path) > LONGEST_TEMPLATE:
        raise ValueError("経路は / で始め、「//」や「..」を含めず、100文字までにしてください。")
    if not _PATH_TEXT.fullmatch(re.sub("{[^{}]*}", "", path)):
        raise ValueError("経路に使える文字は、半角英数字と「_」「-」「.」「/」です。")
    return path


def _sound_word(word: str) -> str:
    if not _WORD.fullmatch(word):
        raise ValueError("半角英数字と「_」「-」で、32文字までにしてください。")
    return word


def _sound_ending(ending: str) -> str:
    if not _ENDING.fullmatch(ending):
        raise ValueError("語尾は半角英数字と「_」「-」で15文字までにしてください(先頭に「.」を付けられます)。")
    return ending


NameTemplate = Annotated[str, AfterValidator(_sound_path)]
FileTemplate = Annotated[str, AfterValidator(_sound_file)]
Word = Annotated[str, AfterValidator(_sound_word)]
Ending = Annotated[str, AfterValidator(_sound_ending)]

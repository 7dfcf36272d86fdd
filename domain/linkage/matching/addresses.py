"""Addresses as match keys: municipality and the string of house numbers.

The look-up of 住基ネット itself tolerates 「2丁目1番地2号」 for 「2-1-2」 (J-LIS, 2023-12-18), so a difference of spelling is no
difference of address. Town names are not compared: providers abbreviate 大字 and 字 freely.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from web.text import fold_name, normalise_digits

_PREFECTURE = re.compile(r"東京都|北海道|(?:京都|大阪)府|[^都道府県]{2,3}県")
# Names that hold one of the letters 市 郡 町 村 区 elsewhere than at their end come first.
_MUNICIPALITY = re.compile(
    r"(?:十日町|四日市|廿日市|野々市|大和郡山|武蔵村山|東村山|村上|村山|田村|羽村|大村|町田|大町|郡山|郡上|蒲郡|小郡|市川|市原)市"
    r"|(?:余市|高市|[^市郡]{2,3})郡(?:玉村|大町|.{1,5}?)[町村]"
    r"|[^市]{1,6}市[^市町村郡]{1,4}?区"
    r"|.{1,7}?[市区町村]"
)
_COUNTY = re.compile(r"^(?:余市|高市|[^市郡]{2,3})郡(?=.+[町村]$)")
_JOINT = r"(?:丁目|番地の|番地|番町|番|条|号|の|-)"
_NUMBERS = re.compile(rf"[0-9]+(?:{_JOINT}-?[0-9]+)*")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条)|(?<=番地の)[〇一二三四五六七八九十百]+")
_KANJI_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_SHORTEST_WITH_ROOM = 2


@dataclass(frozen=True, slots=True)
class AddressKey:
    """`numbers` is the first run of house numbers; `rest` the text after the municipality, for addresses without one.

    `prefecture` is empty where it is not written; many do without it.
    """

    prefecture: str
    municipality: str
    numbers: tuple[int, ...]
    rest: str


@lru_cache(maxsize=65_536)
def address_key(text: str) -> AddressKey:
    """The match key. A text without a known municipality keeps all before its first digit in that place."""
    plain = _plain(text)
    prefecture = _PREFECTURE.match(plain)
    local = plain[prefecture.end() :] if prefecture else plain
    found = _MUNICIPALITY.match(local)
    end = found.end() if found else _first_digit(local)
    municipality, rest = _COUNTY.sub("", local[:end]), local[end:]
    run = _NUMBERS.search(rest)
    numbers = tuple(int(number) for number in re.findall(r"[0-9]+", run.group())) if run else ()
    return AddressKey(prefecture.group() if prefecture else "", fold_name(municipality), numbers, fold_name(rest))


def same_address(one: str, other: str) -> bool:
    """Same municipality and same house numbers; a room number (third part on) may be missing on one side."""
    if one == other:
        return bool(one)
    if not (one and other):
        return False
    mine, theirs = address_key(one), address_key(other)
    if mine.prefecture and theirs.prefecture and mine.prefecture != theirs.prefecture:
        return False
    if mine.municipality != theirs.municipality:
        return False
    if not (mine.numbers and theirs.numbers):
        return mine.numbers == theirs.numbers and mine.rest == theirs.rest
    return _same_numbers(*sorted((mine.numbers, theirs.numbers), key=len))


def _same_numbers(shorter: tuple[int, ...], longer: tuple[int, ...]) -> bool:
    if shorter == longer:
        return True
    return len(shorter) > _SHORTEST_WITH_ROOM and longer[: len(shorter)] == shorter


def _plain(text: str) -> str:
    narrow = normalise_digits(unicodedata.normalize("NFKC", text))
    return _KANJI_NUMBER.sub(lambda match: str(_kanji_value(match.group())), re.sub(r"\s", "", narrow))


def _kanji_value(text: str) -> int:
    """二十三 → 23, 一〇 → 10, 百二 → 102."""
    if not set(text) & {"十", "百"}:
        return int("".join(str(_KANJI_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _KANJI_DIGITS:
            digit = _KANJI_DIGITS[character]
        else:
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return total + digit


def _first_digit(text: str) -> int:
    found = re.search(r"[0-9]", text)
    return found.start() if found else 0

"""Characters on the other side: width of kana, what an encoding carries, and 外字."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

GETA = "〓"
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPACE = re.compile("[ 　]+")
_PREFECTURE = re.compile("^(東京都|北海道|京都府|大阪府|神奈川県|和歌山県|鹿児島県|..県)")
_VOICED, _HALF_VOICED = "\u3099", "\u309a"
_HALF: dict[str, str] = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFF9E)}
_HALF |= {_VOICED: "ﾞ", _HALF_VOICED: "ﾟ", "゛": "ﾞ", "゜": "ﾟ", "　": " "}
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROW = {wide: code for code, wide in _WIDE.items()}
_TO_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_MARKS = {"full": "　", "half": " ", "none": ""}
_MICROSOFT = str.maketrans("〜−‖—", "～－∥―")
_STANDARD = str.maketrans("～－∥", "〜−‖")


def without_prefecture(address: str) -> str:
    """An address without the prefecture in front."""
    return _PREFECTURE.sub("", address)


@lru_cache(maxsize=50_000)
def half_kana(text: str) -> str:
    """Katakana and signs in half width; a voiced mark becomes a character of its own."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(_HALF.get(character, character) for character in apart).translate(_NARROW)


def shape_name(text: str, rules: Mapping[str, Any]) -> str:
    """The space between family and given name as agreed."""
    mark = _MARKS.get(rules.get("name_space", "keep"))
    return text if mark is None else _SPACE.sub(mark, text.strip(" 　"))


def shape_kana(text: str, rules: Mapping[str, Any]) -> str:
    """Kana in the width and size agreed on."""
    if rules.get("small_kana") == "large":
        text = text.translate(_TO_LARGE)
    text = half_kana(text) if rules.get("kana_width") == "half" else text
    return _SPACE.sub("", text) if rules.get("name_space") == "none" else text


def shape_address(text: str, rules: Mapping[str, Any]) -> str:
    """An address in the width agreed on."""
    if rules.get("omit_prefecture"):
        text = without_prefecture(text)
    return text.translate(_WIDE).replace(" ", "　") if rules.get("address_width") == "full" else text


def carried(text: str, encoding: str) -> str:
    """The text as an encoding can carry it: twins exchanged, selectors dropped where unknown, 〓 for the rest."""
    if _fits(text, encoding):
        return text
    text = text.translate(_MICROSOFT if encoding == "cp932" else _STANDARD)
    return text if _fits(text, encoding) else "".join(_one(character, encoding) for character in text)


def _one(character: str, encoding: str) -> str:
    if _fits(character, encoding):
        return character
    return "" if SELECTORS.fullmatch(character) else GETA


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

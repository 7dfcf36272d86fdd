"""Characters: what an encoding can carry, and what happens to the rest."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import jaconv

from integrations.atena_adapters.config.rules import TextRules, code_point
from integrations.atena_adapters.dialects.base import CellError
from integrations.atena_adapters.dialects.encodings import carries, in_network_repertoire

GETA = "〓"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_SPACES = re.compile(r"[ 　]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PREFECTURE = re.compile(r"^(?:東京都|北海道|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[^\s都道府県]{2})県)")
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
# Hiragana to katakana; a sound mark that found no kana to join stands by itself.
_READ_KANA = {code: code + 0x60 for code in range(0x3041, 0x3097)} | {0x3099: "゛", 0x309A: "゜", 0x20: "　"}
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶｧｨｩｪｫｯｬｭｮ", "アイウエオツヤユヨワカケｱｲｳｴｵﾂﾔﾕﾖ")
# The same sign has two code points; CP932 knows only the second (atena.md 4.3), the other codecs only the first.
_CP932_TWINS = str.maketrans("〜−‖—", "～－∥―")
_PLAIN_TWINS = str.maketrans("～－∥", "〜−‖")


@dataclass(frozen=True, slots=True)
class Written:
    """Text that the encoding can carry, and the code points that became 〓."""

    text: str
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The characters of one encoding under one policy."""

    encoding: str
    rules: TextRules

    def write(self, text: str) -> Written:
        """The text as it can be sent.  Raises `CellError` naming the code point under the policy `refuse`."""
        if _CONTROL.search(text):
            raise CellError("改行などの制御文字が含まれています。")
        if self.rules.drop_variation_selectors:
            text = _SELECTORS.sub("", text)
        if self._carries(text):
            return Written(text)
        text = self._twins(text)
        return Written(text) if self._carries(text) else self._by_policy(text)

    def _twins(self, text: str) -> str:
        return text.translate(_CP932_TWINS if self.encoding == "cp932" else _PLAIN_TWINS)

    def _by_policy(self, text: str) -> Written:
        replacements = {code_point(key): value for key, value in self.rules.replacements.items()}
        kept, replaced = "", []
        for character in text:
            substitute = character if self._carries(character) else replacements.get(ord(character))
            if substitute is not None and self._carries(substitute):
                kept += substitute
            else:
                replaced.append(f"U+{ord(character):04X}")
                kept += "" if _SELECTORS.fullmatch(character) else GETA
        if replaced and self.rules.unencodable == "refuse":
            raise CellError(f"相手の文字コードで表せない文字があります({'、'.join(replaced)})。")
        return Written(kept, tuple(replaced))

    def _carries(self, text: str) -> bool:
        if not carries(self.encoding, text):
            return False
        return text.isascii() or self.rules.repertoire == "encoding" or all(map(in_network_repertoire, text))


def shape_kana(text: str, rules: TextRules) -> str:
    """Kana in the configured width and size; hiragana becomes katakana, and spaces take the width of the kana."""
    shaped = _shape_kana(text, rules.kana_width, rules.small_kana)
    return _SPACES.sub("", shaped) if rules.name_space == "none" else shaped


@lru_cache(maxsize=20_000)
def _shape_kana(text: str, width: str, small: str) -> str:
    text = jaconv.hira2kata(unicodedata.normalize("NFC", text))
    if small == "large":
        text = text.translate(_SMALL)
    text = jaconv.z2h(text, kana=True, ascii=True, digit=True) if width == "half" else jaconv.h2z(text)
    return text.replace("　", " ") if width == "half" else text.replace(" ", "　")


def read_kana(text: str) -> str:
    """Received kana in full width."""
    if _HALF_KANA.search(text):
        text = _HALF_KANA.sub(_full_kana, text)
    return unicodedata.normalize("NFC", text).translate(_READ_KANA)


def _full_kana(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def shape_space(text: str, rules: TextRules) -> str:
    """The space between family and given name as configured."""
    marks = {"full": "　", "half": " ", "none": ""}
    return text if rules.name_space == "keep" else _SPACES.sub(marks[rules.name_space], text.strip(" 　"))


def shape_address(text: str, rules: TextRules) -> str:
    """An address as configured."""
    if rules.omit_prefecture:
        text = without_prefecture(text)
    return jaconv.h2z(text, kana=True, ascii=True, digit=True) if rules.address_width == "full" else text


def without_prefecture(address: str) -> str:
    """An address without the name of its prefecture."""
    return _PREFECTURE.sub("", address)


def has_private_use(text: str) -> bool:
    """Whether received text holds a vendor's own characters (外字)."""
    return _PRIVATE.search(text) is not None

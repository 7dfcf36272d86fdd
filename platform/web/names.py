"""What may stand in a line of words and in a name, for forms and workbooks alike. No Django import.

Characters that nobody sees can turn the order of what is read (U+202E) or hide a difference, 外字 are another character on
each machine, and twelve digits in a row may be a 個人番号, typed where a name belongs.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")
_SEEN = " 　"


class Fault(Enum):
    """Why words are not taken."""

    CHARACTER = "character"
    TWELVE_DIGITS = "twelve digits"
    DIGITS_ALONE = "digits alone"


class WordsRefused(ValueError):
    """In words for whoever typed them. What was typed is not repeated: it may be a number."""

    error_id = "web.words-refused"

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


def require_words(text: str, *, lines: bool = False) -> None:
    """Raises WordsRefused. `lines`: they may have several."""
    if len(text) >= 12 and _TWELVE_DIGITS.search(text):
        raise WordsRefused(Fault.TWELVE_DIGITS, "12桁の数字は書けません。取り除いてください。")
    if text.isprintable():
        return
    for character in text:
        if not character.isprintable() and character not in _SEEN and not (lines and character == "\n"):
            _refuse(character)


def require_name(text: str) -> None:
    """The words of a name, on one line. Raises WordsRefused."""
    if text.isdigit():
        raise WordsRefused(Fault.DIGITS_ALONE, "数字だけです。氏名を入力してください。")
    require_words(text)


def _refuse(character: str) -> None:
    category, point = unicodedata.category(character), f"U+{ord(character):04X}"
    if character == "\n":
        raise WordsRefused(Fault.CHARACTER, "改行があります。1行で入力してください。")
    if category == "Co":
        raise WordsRefused(Fault.CHARACTER, f"外字（{point}）は取り込めません。")
    if category in ("Cc", "Cf", "Cs"):
        raise WordsRefused(Fault.CHARACTER, f"目に見えない文字（{point}）があります。")

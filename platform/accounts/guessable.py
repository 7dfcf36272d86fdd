"""How many guesses' worth a password holds: repetitions, runs, keyboard rows, years and frequent passwords count for little.

Published lists of frequent passwords hold few of twelve characters and more (Django's 20,000: 187), because they come from places
that ask for less. What people make of them to reach twelve is known all the same: doubled, put together, lengthened by a row of keys,
by a year or by one character again and again. This module undoes that (ASVS 6.2.4), so its list has no end.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Any, Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LEAST: Final = 8
"""So many parts a password must have: each character that follows from nothing before it is one part."""

WORD, SHORTEST_WORD, SHORTEST_NUMBER, LONGEST_WORD = 2, 4, 6, 24
"""What one frequent password within another counts for: it is one of 20,000, little more than two characters of any kind. Four or
five digits are in that list because nearly all of them are."""

SHORTEST_RUN: Final = 3
ROWS: Final = (
    "1234567890", "!@#$%^&*()", "!\"#$%&'()", "qwertyuiop@[", "asdfghjkl;:]", "zxcvbnm,./", "qwertzuiop", "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "qawsedrftgyhujikolp",
    "147258369", "159357", "741852963", "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす", "一二三四五六七八九十",
    "aiueokakikukekosashisusesotachitsuteto", "iroha", "jfmamjjasond",
)  # fmt: skip
_LEET: Final = str.maketrans("013457@$!", "oieastasi")
_YEAR: Final = re.compile(r"(?:19|20)\d\d|(?:reiwa|heisei|showa|令和|平成|昭和)\d{1,2}")


class GuessableValidator:
    """Refuses what can be guessed from the frequent passwords, rows of keys and repetitions it is made of."""

    def validate(self, password: str, user: Any = None) -> None:
        if parts_of(password) < LEAST:
            raise ValidationError(
                "よく使われるパスワードや、同じ文字・並び順の文字・年を重ねたパスワードは使えません。関係のない言葉をいくつか並べてください。",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "よく使われるパスワード、同じ文字のくり返し、並び順の文字だけで作ったパスワードは使えません。"


def parts_of(password: str) -> int:
    """How many parts somebody has to guess, by the cheapest way of putting the password together."""
    text = _without_repetition(unicodedata.normalize("NFKC", password).casefold())
    plain = text.translate(_LEET)
    least = [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        ways = [least[end - 1] + (0 if end > 1 and text[end - 1] == text[end - 2] else 1)]
        for start in range(max(0, end - LONGEST_WORD), end - SHORTEST_RUN + 1):
            cost = _cost(text[start:end], plain[start:end])
            if cost:
                ways.append(least[start] + cost)
        least[end] = min(ways)
    return least[-1]


def _cost(piece: str, plain: str) -> int:
    """What a piece counts for as a whole; 0: nothing is known of it."""
    if _is_run(piece) or _YEAR.fullmatch(piece):
        return 1
    shortest = SHORTEST_NUMBER if piece.isdecimal() else SHORTEST_WORD
    return WORD if len(piece) >= shortest and (piece in frequent() or plain in frequent()) else 0


def _is_run(piece: str) -> bool:
    """Characters one after the other, upwards or downwards: by their number, or on the keys."""
    steps = {ord(after) - ord(before) for before, after in pairwise(piece)}
    return (len(steps) == 1 and steps <= {1, -1}) or any(piece in row for row in _rows())


def _without_repetition(text: str) -> str:
    """Of a text that is one piece again and again: that piece."""
    shortest = (text + text).find(text, 1)
    if shortest < len(text):
        return text[:shortest]
    for length in range(1, len(text) // 2 + 1):  # again and again, and cut off in the end
        if (text[:length] * (len(text) // length + 1)).startswith(text):
            return text[:length]
    return text


@cache
def _rows() -> tuple[str, ...]:
    return tuple(part for row in ROWS for part in (row + row, (row + row)[::-1]))


@cache
def frequent() -> frozenset[str]:
    """Django's list of frequent passwords."""
    return frozenset(CommonPasswordValidator().passwords)

"""A number in memory: usable as text, never readable by accident.

`Number` is a `str`, so that it can be handed to the exchange with 統合宛名 as it is; but whatever prints it (repr, str,
format, logging, an exception's message, a template) shows it masked, and it cannot be pickled. `clear()` gives the digits.
"""

from __future__ import annotations

import re
from typing import NoReturn

from web.text import normalise_digits

LAST_SHOWN = 3
MASK = "＊"
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_LENGTH = 12


class Number(str):
    """個人番号 or 団体内統合宛名番号."""

    __slots__ = ()

    def clear(self) -> str:
        """The number as plain text: for the page that shows it and the wire that carries it, nowhere else."""
        return "".join(self)

    def masked(self) -> str:
        """All but the last three characters hidden; nothing is shown of a shorter text."""
        hidden = max(len(self) - LAST_SHOWN, 0)
        return MASK * (hidden or len(self)) + (self.clear()[hidden:] if hidden else "")

    def __repr__(self) -> str:
        return f"Number({MASK * 3})"

    def __str__(self) -> str:
        return MASK * 3

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("番号は、暗号化せずに書き出せません。")


def individual_number(text: str) -> Number | None:
    """A 個人番号 from what stands in a file (wide digits, spaces and hyphens accepted); None when it cannot be one.

    Twelve digits with the right check digit (平成26年総務省令第85号 第5条), not one digit twelve times.
    """
    digits = re.sub(r"[\s-]", "", normalise_digits(text))
    if len(digits) != _LENGTH or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return None
    remainder = sum(int(digit) * weight for digit, weight in zip(digits[:-1], _WEIGHTS, strict=True)) % 11
    return Number(digits) if int(digits[-1]) == (0 if remainder <= 1 else 11 - remainder) else None

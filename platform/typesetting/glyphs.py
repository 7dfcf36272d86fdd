"""Before printing: every character is looked up in the fonts; what they lack becomes 〓 and is reported."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from typesetting.fonts import Font, drawable
from typesetting.places import place_name

GETA = "〓"
"""The mark that Japanese printing uses for a sort that is not in the case."""

_VARIATION = re.compile("(.)([\ufe00-\ufe0f\U000e0100-\U000e01ef])", re.DOTALL)
_LAYOUT = frozenset("\t\n\r")


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character printed as 〓: the text (base and selector for an IVS), its code points, and where it stands."""

    char: str
    codepoint: str
    where: str


class Inspector:
    """Walks the data of a print, turns figures into text, and replaces what the fonts cannot draw.

    Afterwards `missing` lists what became 〓, and `variations` the family that draws each variation sequence met.
    Raises TypeError for a float anywhere: no float is an amount.
    """

    def __init__(self, fonts: Sequence[Font]) -> None:
        self._drawable = drawable(tuple(fonts)) | _LAYOUT
        self._fonts = fonts
        self.missing: list[MissingGlyph] = []
        self.variations: dict[str, str] = {}

    def printable(self, value: object, path: tuple[str | int, ...] = ()) -> object:
        """The same data, ready for the template: whole numbers as 1,234 (minus as △1,234), text checked."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._checked(value, path)
        if isinstance(value, int):
            return f"△{-value:,}" if value < 0 else f"{value:,}"
        if isinstance(value, list | tuple):
            return [self.printable(part, (*path, index)) for index, part in enumerate(value)]
        if isinstance(value, Mapping):
            return {key: self.printable(part, (*path, key)) for key, part in value.items()}
        raise TypeError(f"帳票に渡せない型です: {place_name(path)} {type(value).__name__}")

    def _checked(self, text: str, path: tuple[str | int, ...]) -> str:
        if text.isascii() or self._drawable.issuperset(text):
            return text
        return "".join(self._drawn(unit, path) for unit in units(text))

    def _drawn(self, unit: str, path: tuple[str | int, ...]) -> str:
        if unit in self._drawable:
            return unit
        if len(unit) == 2 and (family := self._variation_family(unit)):
            self.variations[unit] = family
            return unit
        code_points = " ".join(f"U+{ord(character):04X}" for character in unit)
        self.missing.append(MissingGlyph(unit, code_points, place_name(path)))
        return GETA

    def _variation_family(self, unit: str) -> str:
        """The first font whose IVS table draws it; the template must name it, for shaping would drop the selector."""
        pair = (ord(unit[0]), ord(unit[1]))
        return next((font.family for font in self._fonts if pair in font.variations), "")


def units(text: str) -> Iterator[str]:
    """Characters, a variation selector kept together with its base."""
    at = 0
    while at < len(text):
        length = 2 if _VARIATION.match(text, at) else 1
        yield text[at : at + length]
        at += length

"""The fonts of the forms: where they are, and which characters they can draw."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

RARE_KANJI_FONT = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")
"""文字情報技術促進協議会 IPAmj明朝, where the system has it (Debian: fonts-ipamj-mincho)."""


@dataclass(frozen=True, slots=True)
class Font:
    """One font file: its family name, characters, and the (base, variation selector) pairs of its IVS table."""

    path: Path
    family: str
    characters: frozenset[int]
    variations: frozenset[tuple[int, int]]


@cache
def gothic() -> Path:
    """IPAexGothic out of the matplotlib-fontja wheel; found by path, since importing the wheel imports matplotlib."""
    found = importlib.util.find_spec("matplotlib_fontja")
    if found is None or found.origin is None:
        raise FileNotFoundError("帳票の書体（IPAexゴシック）が入っていません。matplotlib-fontja を入れてください。")
    return Path(found.origin).parent / "fonts" / "ipaexg.ttf"


def default_fonts() -> tuple[Path, ...]:
    """The gothic first, then the font for rare kanji if installed."""
    return (gothic(), RARE_KANJI_FONT) if RARE_KANJI_FONT.exists() else (gothic(),)


@cache
def read(path: Path) -> Font:
    """Read name and character tables of a font file."""
    with TTFont(path, lazy=True) as opened:
        pairs = (
            (base, selector)
            for table in opened["cmap"].tables
            if table.format == 14
            for selector, entries in table.uvsDict.items()
            for base, _ in entries
        )
        return Font(path, opened["name"].getDebugName(1), frozenset(opened.getBestCmap()), frozenset(pairs))


@cache
def drawable(fonts: tuple[Font, ...]) -> frozenset[str]:
    """The characters that at least one of the fonts draws."""
    return frozenset(map(chr, frozenset().union(*(font.characters for font in fonts))))

"""Geometry of the bar chart, drawn on the server as SVG attributes (a strict CSP allows no inline style)."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.components import Bar

LABEL_WIDTH = 140
BAR_WIDTH = 420
VALUE_WIDTH = 110
ROW_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its place in the picture, in SVG units."""

    bar: Bar
    width: int
    top: int

    @property
    def baseline(self) -> int:
        return self.top + 18

    @property
    def value_x(self) -> int:
        return LABEL_WIDTH + self.width + 8


def draw(bars: Sequence[Bar]) -> list[DrawnBar]:
    """Bars to scale: the longest fills the width, none that is not zero vanishes."""
    longest = max((bar.value for bar in bars), default=0)
    return [DrawnBar(bar, _width(bar.value, longest), row * ROW_HEIGHT) for row, bar in enumerate(bars)]


def _width(value: int, longest: int) -> int:
    return 0 if value <= 0 else max(2, value * BAR_WIDTH // longest)

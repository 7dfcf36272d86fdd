"""Geometry of the bar chart, drawn on the server as SVG attributes (a strict CSP allows no inline style)."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.components import Bar, Cell, Pair

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


def _width(value: int, longest: int, whole: int = BAR_WIDTH) -> int:
    return 0 if value <= 0 else max(2, value * whole // longest)


PAIR_HEIGHT = 44
PAIR_LABEL_WIDTH = 220
PAIR_BAR_WIDTH = 340
CELL_WIDTH = 96
CELL_HEIGHT = 40
SIGNS = {"same": "＝", "more": "▲", "less": "▼", "open": "◇"}


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """A figure before and after with the places of its bars, in SVG units."""

    pair: Pair
    before_width: int
    after_width: int
    top: int

    @property
    def before_baseline(self) -> int:
        return self.top + 15

    @property
    def after_top(self) -> int:
        return self.top + 20

    @property
    def after_baseline(self) -> int:
        return self.top + 33

    @property
    def before_x(self) -> int:
        return PAIR_LABEL_WIDTH + self.before_width + 8

    @property
    def after_x(self) -> int:
        return PAIR_LABEL_WIDTH + self.after_width + 8


def draw_pairs(pairs: Sequence[Pair]) -> list[DrawnPair]:
    """Pairs on one scale: the longest of all bars fills the width."""
    longest = max((max(pair.before, pair.after) for pair in pairs), default=0)
    return [
        DrawnPair(
            pair,
            _width(pair.before, longest, PAIR_BAR_WIDTH),
            _width(pair.after, longest, PAIR_BAR_WIDTH),
            row * PAIR_HEIGHT,
        )
        for row, pair in enumerate(pairs)
    ]


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell of a movement matrix with its place; `strength` 0 to 4 says how much of its row moves so."""

    cell: Cell
    x: int
    y: int
    strength: int

    @property
    def sign(self) -> str:
        return SIGNS[self.cell.way]

    @property
    def middle(self) -> int:
        return self.x + CELL_WIDTH // 2

    @property
    def baseline(self) -> int:
        return self.y + 25


def draw_matrix(places: Sequence[str], cells: Sequence[Cell]) -> list[DrawnCell]:
    """Cells on a grid, rows before and columns after, both in the order of `places`; the head takes one row."""
    rows: dict[str, int] = {}
    for cell in cells:
        rows[cell.before] = rows.get(cell.before, 0) + cell.value
    return [
        DrawnCell(
            cell,
            LABEL_WIDTH + places.index(cell.after) * CELL_WIDTH,
            CELL_HEIGHT + places.index(cell.before) * CELL_HEIGHT,
            -(-4 * cell.value // rows[cell.before]) if cell.value else 0,
        )
        for cell in cells
    ]

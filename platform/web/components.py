"""Plain values that views hand to the components of a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from web.states import Tone


@dataclass(frozen=True, slots=True)
class Place:
    """One of the five or six places of the left column. `count`: what waits there (None: nothing to count)."""

    title: str
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class YearStep:
    """One step of the year (名簿, 調書受付, …). With `total`, "done/total" is shown beside it."""

    title: str
    tone: Tone
    done: int | None = None
    total: int | None = None
    url: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `sort`: the key used in the URL and by the query ("" = not sortable); `unit`: 円, 人, …"""

    title: str
    sort: str = ""
    unit: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that can be set or is set. `url` leads to the page with it changed."""

    label: str
    url: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart; `value` is a whole number in the chart's unit, never negative."""

    label: str
    value: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bars of a chart, one below the other: a figure before and after, never negative."""

    label: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a movement matrix. `way`: `same`, `more`, `less` or `open`, said by pattern and sign as well as by colour."""

    before: str
    after: str
    value: int
    way: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of how a figure came to be. `value` in 円 a year unless the label says otherwise; None: not a figure."""

    label: str
    value: int | None = None
    how: str = ""
    source: str = ""
    parts: Sequence["ReceiptLine"] = field(default_factory=tuple)

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
class ReceiptLine:
    """One line of how a figure came to be. `value` in 円 a year unless the label says otherwise; None: not a figure."""

    label: str
    value: int | None = None
    how: str = ""
    source: str = ""
    parts: Sequence["ReceiptLine"] = field(default_factory=tuple)

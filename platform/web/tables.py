"""Sorting and paging kept in the URL, so that a list can be bookmarked, mailed and reloaded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.http import QueryDict

from web.components import Column

SORT = "sort"
PAGE = "page"


@dataclass(frozen=True, slots=True)
class Head:
    """A column head as the template needs it. `direction`: ascending, descending or "" (not sorted by it)."""

    column: Column
    url: str
    direction: str


def chosen_sort(parameters: Mapping[str, str], columns: Sequence[Column], default: str) -> str:
    """The `order_by` key asked for in the URL ("kana" or "-kana") if a column offers it, else the default."""
    asked = parameters.get(SORT, "")
    return asked if asked.lstrip("-") in {column.sort for column in columns if column.sort} else default


def heads(columns: Sequence[Column], parameters: QueryDict) -> list[Head]:
    """Column heads with the link that sorts by each (a second use turns the order)."""
    asked = parameters.get(SORT, "")
    return [_head(column, asked, parameters) for column in columns]


def with_parameter(parameters: QueryDict, name: str, value: str) -> str:
    """The query string with one parameter changed; "" takes it out. A new sort or filter starts at page one."""
    changed = parameters.copy()
    changed.pop(PAGE, None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def page_links(page: Page[object], parameters: QueryDict) -> Iterator[tuple[str, str]]:
    """(label, URL) of the pages to offer; "" as URL marks a gap (…) or the page one is on."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        if isinstance(number, int) and number != page.number:
            yield str(number), with_parameter(parameters, PAGE, str(number))
        else:
            yield str(number), ""


def _head(column: Column, asked: str, parameters: QueryDict) -> Head:
    if not column.sort:
        return Head(column, "", "")
    direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(asked, "")
    following = f"-{column.sort}" if direction == "ascending" else column.sort
    return Head(column, with_parameter(parameters, SORT, following), direction)

"""Where the rows of 副本 come from. The rooms that pay stand above this one and register what they paid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.linkage.providing.figures import Figures


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What was paid for one pupil (`member`: the pupil as 世帯構成員) in one fiscal year, whole, as released until now."""

    member: int
    fiscal_year: int
    figures: Figures


Source = Callable[[int], Iterable[PaidRow]]
"""first fiscal year → one row for each pupil and year from then on for whom something was paid. A fixed number of queries."""

_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Called in `AppConfig.ready()` of the room that pays."""
    if source not in _sources:
        _sources.append(source)


def paid_rows(first_year: int) -> dict[tuple[int, int], Figures]:
    """By member and fiscal year; of two sources that name the same, the sum over the whole time."""
    found: dict[tuple[int, int], Figures] = {}
    for source in _sources:
        for row in source(first_year):
            key = (row.member, row.fiscal_year)
            found[key] = found[key].joined(row.figures) if key in found else row.figures
    return found

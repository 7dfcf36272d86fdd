"""What has been decided already: later rooms (支弁区分, 支給) say so here, so that no pack slips under a decision."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastDecision:
    """Something decided with a pack: in words for people, and the last day it reaches (effect, or the day it was made)."""

    words: str
    day: datetime.date


Decided = Callable[[int, datetime.date, str], list[PastDecision]]
"""(fiscal year, first day, digest) → decisions taking effect, or made, on that day or later with another pack."""

_sources: list[Decided] = []


def register_past(source: Decided) -> None:
    """Called once when an app is ready."""
    if source not in _sources:
        _sources.append(source)


def decided_from(fiscal_year: int, day: datetime.date, digest: str) -> Iterator[PastDecision]:
    """Every past decision that a pack of this digest would contradict if it were in force from `day`."""
    for source in _sources:
        yield from source(fiscal_year, day, digest)

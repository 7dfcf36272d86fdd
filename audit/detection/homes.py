"""Which records are about the same household: a family is one, however many of its pages (世帯, 調書, 児童生徒, 使用経費) were opened.

The room that has the households registers in `AppConfig.ready()`; this room imports none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from audit.trail.entries import Subject


@dataclass(frozen=True, slots=True)
class Home:
    """A household. `place`: what lists of households are ordered by (世帯番号)."""

    subject: Subject
    place: str


Homes = Callable[[Iterable[Subject]], Mapping[Subject, Home]]
"""What belongs to no household is left out."""

_homes: list[Homes] = []


def register_homes(homes: Homes) -> None:
    """Registering again replaces: `ready()` may run twice."""
    _homes[:] = [homes]


def homes_of(subjects: Iterable[Subject]) -> Mapping[Subject, Home]:
    """Empty while nobody has registered: then each record stands for itself."""
    wanted = set(subjects)
    return _homes[0](wanted) if wanted and _homes else {}

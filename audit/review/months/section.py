"""One part of a month's review."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`rows`: what, how many, and the unit (件, 人)."""

    title: str
    rows: tuple[tuple[str, int, str], ...]

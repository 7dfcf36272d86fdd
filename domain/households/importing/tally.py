"""新規・変更・同じ・保留・誤り, counted by sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

LABELS = {"new": "新規", "changed": "変更", "same": "同じ", "parked": "保留", "wrong": "誤り"}


@dataclass(slots=True)
class Tally:
    """Rows of one sheet by what became of them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    parked: int = 0
    wrong: int = 0


Tallies = dict[str, Tally]


def as_json(tallies: Tallies) -> dict[str, dict[str, int]]:
    return {sheet: asdict(tally) for sheet, tally in tallies.items()}


def totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """All sheets together, by the Japanese label."""
    return {label: sum(sheet.get(name, 0) for sheet in counts.values()) for name, label in LABELS.items()}

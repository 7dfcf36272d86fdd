"""新規・変更・同じ・保留・誤り, counted by sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from web.states import Tone

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


def outcome(counts: Mapping[str, Mapping[str, int]], waiting: int) -> tuple[str, Tone]:
    """What became of a roster that was read to its end, in a word of its own: a file that gave nothing is not 取込済.

    `waiting`: rows that still wait for somebody. Without any, the gaps were closed by a later roster or by people.
    """
    by_label = totals(counts)
    taken = sum(by_label[LABELS[name]] for name in ("new", "changed", "same"))
    left_out = by_label[LABELS["parked"]] + by_label[LABELS["wrong"]]
    if not taken and (left_out or not counts):
        return "取込0件", Tone.ATTENTION if waiting or not counts else Tone.DONE
    if not waiting:
        return "取込済", Tone.DONE
    return "一部保留" if by_label[LABELS["parked"]] else "一部取込", Tone.ATTENTION


def totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """All sheets together, by the Japanese label."""
    return {label: sum(sheet.get(name, 0) for sheet in counts.values()) for name, label in LABELS.items()}

"""影響試算: what changes when one year pack takes the place of another, before anyone decides.  Pure, like the rest of the room."""

from domain.rules.impact.comparing import compare, pack_name
from domain.rules.impact.model import (
    Crossing,
    Direction,
    Impact,
    ImpactCase,
    ItemMove,
    Mover,
    Place,
    PupilExpenses,
    Shift,
    Tally,
)
from domain.rules.impact.parallel import compare_in_parallel
from domain.rules.impact.repaying import Repaid, repay
from domain.rules.impact.words import crossing_words, reason_of
from domain.rules.impact.writing import mover_json, summary_json

__all__ = [
    "Crossing",
    "Direction",
    "Impact",
    "ImpactCase",
    "ItemMove",
    "Mover",
    "Place",
    "PupilExpenses",
    "Repaid",
    "Shift",
    "Tally",
    "compare",
    "compare_in_parallel",
    "crossing_words",
    "mover_json",
    "pack_name",
    "reason_of",
    "repay",
    "summary_json",
]

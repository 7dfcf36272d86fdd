"""A prefecture in memory: households to assessments with receipts."""

from __future__ import annotations

from domain.rules import assess, load_pack
from ops.bench.calculation import PACK
from ops.bench.households import households
from ops.bench.measures import Section, timed

GOAL_SECONDS = 1.0


def measure_memory(*, count: int, repetitions: int) -> Section:
    """`count` households, receipts included. The goal is for 10,000 and is held against that number only."""
    pack, cases = load_pack(PACK), households(count, seed=11)

    def all_receipts() -> None:
        for case in cases:
            assess(pack, case).receipt()

    goal = GOAL_SECONDS if count == 10_000 else None
    return Section("In memory", (timed(f"{count:,} households with receipts", all_receipts, repetitions, goal),))

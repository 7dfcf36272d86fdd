"""All alerts of a tenant-month together, which is what the goal is about, whichever part measured them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ops.bench.watch.rows import Row, at_most
from ops.bench.watch.statistics import summed

GOAL = 4
PARTS = 3
"""Log-ins, opened records, other acts; without one of them there is no answer."""

TITLE = "alerts a tenant-month, all rules together"


def rows_of(rows: Sequence[Row]) -> list[Row]:
    """The sum against the goal: met only where its whole interval is. Where it reaches beyond the goal the row says so."""
    parts = [row.alerts for row in rows if row.alerts is not None]
    if len(parts) < PARTS:
        return []
    found = summed(parts)
    doubt = f" (the interval reaches beyond {GOAL}: whether it is met is not certain)" if found.high > GOAL else ""
    return [replace(at_most(TITLE + doubt, found, GOAL), met=found.high <= GOAL)]

"""All alerts of a tenant-month together, which is what the goal is about, whichever part measured them."""

from __future__ import annotations

from collections.abc import Sequence

from ops.bench.watch.rows import Row, at_most
from ops.bench.watch.statistics import summed

GOAL = 4
PARTS = 2
"""Log-ins and accesses; one of them alone is no answer."""

TITLE = "alerts a tenant-month, log-ins and accesses together"


def rows_of(rows: Sequence[Row]) -> list[Row]:
    """The sum against the goal. Where its interval reaches beyond the goal the row says so, met or not."""
    parts = [row.alerts for row in rows if row.alerts is not None]
    if len(parts) < PARTS:
        return []
    found = summed(parts)
    doubt = f" (the interval reaches beyond {GOAL}: whether it is met is not certain)" if found.high > GOAL else ""
    return [at_most(TITLE + doubt, found, GOAL)]

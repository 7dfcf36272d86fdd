"""`python -m ops.bench.database.computing`: a whole prefecture computed by the job that computes it in service.

Run against the bench's own servers; the last line of the output holds the figures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ops.demo.environment import set_up

if TYPE_CHECKING:
    from ops.bench.measures import Measured

GOAL_SECONDS = 5.0
GOAL_HOUSEHOLDS = 10_000


class NotComputed(Exception):
    """`bench.not-computed`: the job did not leave a receipt for every household, so its time says nothing."""

    identifier = "bench.not-computed"


def main() -> None:
    options = _arguments()
    set_up()
    from ops.bench.database.population import populate
    from ops.bench.households import households

    with inside():
        populate(households(options.households, seed=13))
        rows = measure(options.households, options.repetitions)
    print(json.dumps([[row.title, row.runs, row.goal, row.cpu] for row in rows]))


@contextmanager
def inside() -> Iterator[None]:
    """In the bench's prefecture, as its login, acting as a command."""
    from audit.trail.actors import Actor, ActorKind, acting_as
    from ops.bench.database.layout import CODE
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    with (
        prefecture_context(Prefecture.objects.get(code=CODE)),
        acting_as(Actor(ActorKind.COMMAND, "bench", "計測", "計測")),
    ):
        yield


def measure(count: int, repetitions: int) -> list[Measured]:
    """First computation; again with every income changed (so that every receipt is new); again with nothing changed."""
    goal = GOAL_SECONDS if count == GOAL_HOUSEHOLDS else None
    first = _timed(f"{count:,} households, first computation", 0, count)
    again = [_again(number, count * (number + 1)) for number in range(1, repetitions + 1)]
    changed = _joined(f"{count:,} households recomputed, every receipt new and stored", again, goal)
    kept = count * (repetitions + 1)
    same = [_timed("", number, kept) for number in range(repetitions + 1, 2 * repetitions + 1)]
    return [first, changed, _joined(f"{count:,} households recomputed, nothing changed", same)]


def _again(number: int, receipts: int) -> Measured:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE linkage_inquiry SET answer = jsonb_set(answer, '{total_income}',"
            " to_jsonb((answer->>'total_income')::bigint + 1000))"
        )
    return _timed("", number, receipts)


def _timed(title: str, number: int, receipts: int) -> Measured:
    """One run of the job, which must leave `receipts` receipts in all and every household computed."""
    from audit.trail.entries import JSON
    from domain.statements.models import Computation, Statement
    from jobs.running import Outcome, run_job
    from jobs.services import start
    from ops.bench.calculation import PACK
    from ops.bench.database.clocks import measured
    from ops.bench.households import FISCAL_YEAR

    arguments: dict[str, JSON] = {"fiscal_year": FISCAL_YEAR, "pack": PACK, "overlays": []}
    job = start("statements.compute", arguments, key=f"bench:{number}:{time.time_ns()}")
    outcomes: list[Outcome] = []
    found = measured(title, [lambda: outcomes.append(run_job(job.pk))])
    left = Statement.objects.exclude(state=Statement.State.COMPUTED).count()
    if outcomes != [Outcome.SUCCEEDED] or left or Computation.objects.count() != receipts:
        raise NotComputed(f"{outcomes}, {left} left, {Computation.objects.count()} of {receipts} receipts")
    return found


def _joined(title: str, parts: list[Measured], goal: float | None = None) -> Measured:
    from ops.bench.measures import SECONDS, Measured

    runs, cpu = (tuple(value for part in parts for value in getattr(part, name)) for name in ("runs", "cpu"))
    return Measured(title, SECONDS, runs, goal, cpu)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.bench.database.computing", description=__doc__)
    parser.add_argument("--households", type=int, required=True)
    parser.add_argument("--repetitions", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""How many alerts honest work raises by the records it opens: seasons of work in a database of their own (`seasons`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ops.bench.database.servers import MeasuringFailed, answer_of, own_servers, run_module
from ops.bench.watch.acts import BOARD, CLERKS
from ops.bench.watch.alerts import by_rule, table
from ops.bench.watch.asking import IN_THE_SEASON
from ops.bench.watch.rows import Row
from ops.bench.watch.season import OFFICERS, SCHOOLS
from ops.bench.watch.seasons import REST, SPRING

SEASONS = {SPRING: 6, REST: 8}
FOLDER = Path(__file__).resolve().parents[3] / "var" / "bench" / "watch" / "seasons"
MODULE = "ops.bench.watch.seasons"
PROCESSES, WORKING_DAYS_A_MONTH = 2, 20
SHARE = {SPRING: 1 / 3, REST: 2 / 3}
"""Of the year: April to July, and what is left."""


def measure() -> list[Row]:
    """In a database of its own."""
    asked = [f"{window}:{seed}" for window, seasons in SEASONS.items() for seed in range(1, seasons + 1)]
    parts = [asked[place::PROCESSES] for place in range(PROCESSES)]
    try:
        with own_servers(FOLDER), ThreadPoolExecutor(PROCESSES) as pool:
            answers = list(pool.map(lambda part: answer_of(run_module(FOLDER, MODULE, *part)), parts))
    except MeasuringFailed as error:
        return [Row("alerts of opened records", f"not measured: {error}")]
    return rows_of([season for answer in answers for season in answer])


def rows_of(seasons: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A tenant has as many clerks and people of the board as the office of the other acts; the rest of its people open no records."""
    people = {True: CLERKS, False: BOARD}
    strata, weights = [], []
    for window, share in SHARE.items():
        some = [season for season in seasons if season["window"] == window]
        for at_school, of_a_tenant in people.items():
            strata.append([Counter(one) for season in some for one in _of(season["alerts"], at_school=at_school)])
            weights.append(share * of_a_tenant * WORKING_DAYS_A_MONTH / some[0]["days"])
    months = sum(season["days"] for season in seasons) / WORKING_DAYS_A_MONTH
    seen = f"{months:.0f} months of {SCHOOLS} schools and {OFFICERS} of the board, honest work only"
    return table(f"alerts of opened records a tenant-month ({seen})", by_rule(strata, weights), set(IN_THE_SEASON))


def _of(people: Sequence[Mapping[str, int]], *, at_school: bool) -> Sequence[Mapping[str, int]]:
    return people[:SCHOOLS] if at_school else people[SCHOOLS:]

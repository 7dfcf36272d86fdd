"""How many accesses have a reason, whether the reasons are right, and whether a browsing colleague stands out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.bench.database.servers import MeasuringFailed, answer_of, own_servers, run_module
from ops.bench.watch import judged
from ops.bench.watch.rows import Row, at_least, told
from ops.bench.watch.statistics import Person, auc, bootstrap

if TYPE_CHECKING:
    from ops.bench.watch.season import Season

FOLDER = Path(__file__).resolve().parents[3] / "var" / "bench" / "watch" / "database"
PREFECTURES, SWEEP_EVERY = 47, 30


def measure() -> list[Row]:
    """In a database of its own, by the process `explaining_in_database`."""
    try:
        with own_servers(FOLDER):
            answer = answer_of(run_module(FOLDER, "ops.bench.watch.explaining_in_database"))
    except MeasuringFailed as error:
        return [Row("accesses explained", f"not measured: {error}"), *judged.rows()]
    return rows_of(answer)


def rows_of(answer: dict[str, Any]) -> list[Row]:
    return [
        *_explained(answer["accesses"]),
        *judged.rows(),
        _browsing(answer["weeks"]),
        _told(answer["browsers"]),
        *_costs(answer),
    ]


def _explained(accesses: list[tuple[bool, bool]]) -> list[Row]:
    share = float(np.mean([has_reason for has_reason, is_work in accesses if is_work]))
    works = np.array([is_work for has_reason, is_work in accesses if has_reason], dtype=bool)
    return [
        Row("accesses of honest work explained by our own data", f"{share:.3f}", "", "≥ 0.95", share >= 0.95),
        Row(f"of all {len(works):,} explained accesses, really work (known to the simulation)", f"{works.mean():.3f}"),
    ]


def _browsing(weeks: list[tuple[list[float], list[float]]]) -> Row:
    people = [Person(1 - np.array(honest), 1 - np.array(browsing)) for honest, browsing in weeks]
    honest = np.concatenate([one.honest for one in people])
    watched = [Person(honest, one.attacks) for one in people if len(one.attacks)]
    return at_least("unexplained share of a week: AUC of a browsing colleague", bootstrap(watched, auc), 0.90)


def _told(browsers: list[list[bool]]) -> Row:
    """Each browser's weeks: whether the day's rule about records without a reason told of one of its days."""
    people = [Person(np.array([float(week) for week in weeks]), np.zeros(1)) for weeks in browsers]
    found = bootstrap(people, lambda some: float(np.concatenate([one.honest for one in some]).mean()))
    return told("weeks of a browsing colleague (5 households a day) with an alert of it", found)


def _costs(answer: dict[str, Any]) -> list[Row]:
    latency, sweep = answer["latency"], answer["sweep"]
    cores = sweep * PREFECTURES / SWEEP_EVERY
    return [
        Row("log-in decision, habits read from the database, p95", f"{latency:.1f} ms", "", "≤ 20 ms", latency <= 20),
        Row(
            f"one sweep of a busy prefecture ({answer['people']} people at work, 100 events each), CPU",
            f"{sweep:.2f} s",
        ),
        Row(f"{PREFECTURES} such prefectures every {SWEEP_EVERY} s, cores kept busy", f"{cores:.2f}"),
    ]


def dump(found: Season, latency: float, sweep: float) -> str:
    people = len(found.weeks)
    told = {"weeks": found.weeks, "accesses": found.accesses, "browsers": found.browsers}
    return json.dumps(told | {"people": people, "latency": latency, "sweep": sweep})

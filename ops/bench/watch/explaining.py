"""How many accesses have a reason, whether the reasons are right, whether a browsing colleague stands out, and how many alerts
a tenant has of its accesses."""

from __future__ import annotations

import json
from dataclasses import replace
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
WORKING_DAYS_A_MONTH, TENANT = 20, 30
"""People of a tenant, as in the office of the log-ins."""

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
        *_alerts(answer),
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


def _alerts(answer: dict[str, Any]) -> list[Row]:
    """Of people who never browse, scaled to the tenant's 30; an interval over people."""
    by_person, months = answer["alerts"], answer["days"] / WORKING_DAYS_A_MONTH
    counts = [Person(np.array([float(sum(one.values()))]), np.zeros(1)) for one in by_person]
    scale = TENANT / months
    found = bootstrap(counts, lambda some: float(np.mean([one.honest[0] for one in some])) * scale)
    rules: dict[str, int] = {}
    for one in by_person:
        for rule, number in one.items():
            rules[rule] = rules.get(rule, 0) + number
    named = ", ".join(
        f"{rule} {number / len(by_person) * scale:.2f}" for rule, number in sorted(rules.items()) if number
    )
    title = f"alerts of accesses a tenant-month ({TENANT} people, honest work only): {named or 'none'}"
    return [replace(told(title, found), alerts=found)]


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
    told = {"weeks": found.weeks, "accesses": found.accesses, "alerts": found.alerts, "days": found.days}
    return json.dumps(told | {"people": people, "latency": latency, "sweep": sweep})

"""How many accesses have a reason, whether the reasons are right, and whether a browsing colleague stands out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ops.bench.database.servers import MeasuringFailed, answer_of, own_servers, run_module
from ops.bench.watch.rows import Row, at_least
from ops.bench.watch.statistics import Person, auc, bootstrap

FOLDER = Path(__file__).resolve().parents[3] / "var" / "bench" / "watch" / "database"
SAMPLED = 200


def measure() -> list[Row]:
    """In a database of its own, by the process `explaining_in_database`."""
    try:
        with own_servers(FOLDER):
            weeks, accesses, latency = answer_of(run_module(FOLDER, "ops.bench.watch.explaining_in_database"))
    except MeasuringFailed as error:
        return [Row("accesses explained", f"not measured: {error}")]
    people = [Person(1 - np.array(honest), 1 - np.array(browsing)) for honest, browsing in weeks]
    browsers = [person for person in people if len(person.attacks)]
    watched = [Person(np.concatenate([one.honest for one in people]), one.attacks) for one in browsers]
    work = np.array([explained for explained, is_work in accesses if is_work], dtype=bool)
    explained = np.array([is_work for has_reason, is_work in accesses if has_reason], dtype=bool)
    drawn = np.random.default_rng(1).choice(explained, size=min(SAMPLED, len(explained)), replace=False)
    share = float(work.mean())
    return [
        Row("accesses of honest work explained by our own data", f"{share:.3f}", "", "≥ 0.95", share >= 0.95),
        Row(f"of {len(drawn)} explained accesses drawn, really work (known to the simulation)", f"{drawn.mean():.3f}"),
        at_least("unexplained share of a week: AUC of a browsing colleague", bootstrap(watched, auc), 0.90),
        Row("log-in decision, habits read from the database, p95", f"{latency:.1f} ms", "", "≤ 20 ms", latency <= 20),
    ]


def dump(weeks: object, accesses: object, latency: float) -> str:
    return json.dumps([weeks, accesses, latency])

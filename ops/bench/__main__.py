"""`make bench`: measure, print the tables, write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from ops.bench.calculation import measure_calculation
from ops.bench.impact import measure_impact
from ops.bench.machine import machine
from ops.bench.matching import measure_matching
from ops.bench.measures import Section
from ops.bench.memory import measure_memory
from ops.bench.prefecture import measure_prefecture
from ops.bench.report import markdown, show

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("SHOREI_VAR") or ROOT / "var")
PARTS = ("calculation", "memory", "matching", "impact", "prefecture")
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    options = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 140)
    folder = VAR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Callable[[], Sequence[Section]]] = {
        "calculation": lambda: [
            measure_calculation(folder / "peer", count=options.compared, repetitions=options.repetitions)
        ],
        "memory": lambda: [measure_memory(count=options.households, repetitions=options.repetitions)],
        "matching": lambda: [measure_matching(repetitions=options.repetitions)],
        "impact": lambda: [
            measure_impact(prefecture=options.households, country=options.country, repetitions=options.repetitions)
        ],
        "prefecture": lambda: measure_prefecture(folder, count=options.households, repetitions=options.repetitions),
    }
    busy = f"{os.getloadavg()[0]:.1f} before the run (more than 0 means that other work slowed what was measured)"
    sections: list[Section] = []
    for name in options.only or parts:
        found = parts[name]()
        show(found, console)
        sections += found
    if options.only:
        console.print("docs/benchmarks.md is written by a whole run only.")
        return 0
    facts = {"Date": datetime.datetime.now(datetime.UTC).date().isoformat(), **machine(folder), "Load": busy}
    PAGE.write_text(markdown(sections, facts), encoding="utf-8")
    console.print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.bench", description=__doc__)
    parser.add_argument("--compared", type=int, default=2_000, help="households compared with the peer")
    parser.add_argument("--households", type=int, default=10_000, help="households of the prefecture")
    parser.add_argument("--country", type=int, default=500_000, help="households of the large impact run")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="measure this part alone (the page is not written)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

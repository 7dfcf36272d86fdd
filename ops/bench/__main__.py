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
from ops.bench.records import measure_records
from ops.bench.report import markdown, merged, show, with_kept
from ops.bench.season.prefectures import COUNTRY, LINKS
from ops.bench.season.together import PEOPLE as SMALL
from ops.bench.season.together import measure_country
from ops.bench.season.whole import measure_season

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("SHOREI_VAR") or ROOT / "var")
PARTS = ("calculation", "memory", "matching", "records", "impact", "prefecture")
SEASON = ("season", "country")
"""Parts of `make bench-season`: long, and with figures of their own date and load on the page."""
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
        "records": lambda: [measure_records(repetitions=options.repetitions)],
        "impact": lambda: [
            measure_impact(prefecture=options.households, country=options.country, repetitions=options.repetitions)
        ],
        "prefecture": lambda: measure_prefecture(folder, count=options.households, repetitions=options.repetitions),
        "season": lambda: [measure_season(folder / "season", people=options.people, links=options.link or LINKS)],
        "country": lambda: [measure_country(folder / "season", prefectures=options.prefectures, people=options.small)],
    }
    chosen = SEASON if options.season else PARTS
    busy = f"{os.getloadavg()[0]:.1f} before the run (more than 0 means that other work slowed what was measured)"
    sections: list[Section] = []
    for name in options.only or chosen:
        found = parts[name]()
        show(found, console)
        sections += found
    if options.only:
        console.print("docs/benchmarks.md is written by a whole run only.")
        return 0
    if options.season:
        PAGE.write_text(merged(PAGE.read_text(encoding="utf-8"), sections, _of_today(busy)), encoding="utf-8")
        console.print(f"written: {PAGE.relative_to(ROOT)}")
        return 0
    facts = _of_today(busy) | machine(folder)
    page = markdown(sections, facts)
    PAGE.write_text(with_kept(page, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    console.print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _of_today(busy: str) -> dict[str, str]:
    return {"Date": datetime.datetime.now(datetime.UTC).date().isoformat(), "Load": busy}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.bench", description=__doc__)
    parser.add_argument("--compared", type=int, default=2_000, help="households compared with the peer")
    parser.add_argument("--households", type=int, default=10_000, help="households of the prefecture")
    parser.add_argument("--country", type=int, default=500_000, help="households of the large impact run")
    parser.add_argument("--people", type=int, default=10_000, help="people of the season over each link")
    parser.add_argument("--link", action="append", choices=LINKS, help="of these links alone (with --only season)")
    parser.add_argument("--prefectures", type=int, default=COUNTRY, help="prefectures at once")
    parser.add_argument(
        "--small", type=int, default=SMALL, help="people of each of them (one has twenty times as many)"
    )
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--season", action="store_true", help="measure the seasons and put them into the page")
    parser.add_argument(
        "--only", action="append", choices=(*PARTS, *SEASON), help="measure this part alone (the page is not written)"
    )
    options = parser.parse_args()
    if options.link and not options.only:
        parser.error("--link needs --only season: the page holds every link")
    return options


if __name__ == "__main__":
    sys.exit(main())

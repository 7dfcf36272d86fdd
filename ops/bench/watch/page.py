"""Runs the parts and writes the measured part of docs/detection.md."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ops.bench.watch import alerts, explaining, finding, opened, speed, together, trail
from ops.bench.watch.assumed import ASSUMED
from ops.bench.watch.rows import Row

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "detection.md"
BEGIN = "<!-- measured: made by make bench-watch -->"
END = "<!-- end of measured -->"
HEAD = ("measure", "value", "95 % interval", "goal", "")
PARTS: dict[str, Callable[[], Sequence[Row]]] = {
    "finding": finding.measure,
    "explaining": explaining.measure,
    "alerts": alerts.measure,
    "opened": opened.measure,
    "speed": speed.measure,
    "trail": trail.measure,
}


def run() -> int:
    parser = argparse.ArgumentParser(prog="make bench-watch")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these parts; the page is not written")
    parser.add_argument("--large", type=int, nargs="?", const=trail.LARGE, help="who saw X among so many events, alone")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    rows = trail.large(asked.large) if asked.large else [row for name in asked.only or PARTS for row in _timed(name)]
    rows = [*rows, *together.rows_of(rows)]
    _show(rows)
    if not asked.only and not asked.large:
        PAGE.write_text(with_measured(PAGE.read_text(encoding="utf-8"), rows, load), encoding="utf-8")
    return 0


def _timed(name: str) -> Sequence[Row]:
    began = time.monotonic()
    rows = PARTS[name]()
    sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    return rows


def with_measured(page: str, rows: Sequence[Row], load: float) -> str:
    """The page with its measured part replaced. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks of the measured part are missing")
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        f"Run of {day}, load before it {load:.1f}. Intervals: bootstrap over persons; of the realised FPR, over offices.",
        "",
        *_table(HEAD, [row.cells for row in rows]),
        "",
        "What honest people are assumed to do (仮定, `ops/bench/watch/assumed.toml`):",
        "",
        *_table(("how often", "of what", "what"), [(f"{one.value:g}", one.per, one.words) for one in ASSUMED.values()]),
    ]
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _show(rows: Sequence[Row]) -> None:
    table = Table(*HEAD)
    for row in rows:
        table.add_row(*row.cells)
    Console(width=150).print(table)

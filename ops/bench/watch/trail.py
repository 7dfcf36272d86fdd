"""The trail under load: appended and sealed at once, one access written, a child's readers found, tampering found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.watch.rows import Row

FOLDER = Path(__file__).resolve().parents[3] / "var" / "bench" / "trail"
EVENTS, SEARCHED = 1_000_000, 10_000_000
RATE, LAG_SECONDS, LATENCY_MS, SEARCH_MS = 10_000, 10.0, 2.0, 50.0


def measure(events: int = EVENTS, searched: int = SEARCHED) -> list[Row]:
    """Rows of the measured table, from servers of the bench's own, durable as in service. Raises MeasuringFailed."""
    with own_servers(FOLDER):
        sizes = ("--events", str(events), "--searched", str(searched))
        return rows_of(answer_of(run_module(FOLDER, "ops.bench.database.trail", *sizes)))


def rows_of(found: dict[str, Any]) -> list[Row]:
    """What the measuring process found, against the goals."""
    rate = found["events"] / found["sealed_s"]
    rows = [
        Row("trail: appended and sealed (events/s)", f"{rate:,.0f}", "", f"≥ {RATE:,}", rate >= RATE),
        _most("trail: longest wait for the seal (s)", found["lag_s"], LAG_SECONDS),
        _most("trail: one access written (ms, p95)", found["latency_ms"], LATENCY_MS),
        Row(
            f"trail: false breaks in {found['checked']:,} concurrent events",
            str(found["breaks"]),
            "",
            "0",
            found["breaks"] == 0 and found["checked"] >= found["events"],
        ),
    ]
    if "search_ms" in found:
        rows.append(
            _most(f"trail: who saw X among {found['searched']:,} (ms, p95, warm)", found["search_ms"], SEARCH_MS)
        )
    return rows


def _most(what: str, value: float, goal: float) -> Row:
    return Row(what, f"{value:.2f}", "", f"≤ {goal:g}", value <= goal)

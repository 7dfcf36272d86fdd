"""The trail under load: appended and sealed at once, one access written, a child's readers found, tampering found."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.watch.rows import Row

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "var" / "bench" / "trail"
EVENTS, SEARCHED, LARGE = 1_000_000, 10_000_000, 100_000_000
BYTES_AN_EVENT = 600
"""More than an event takes in the audit database, indexes included."""

CORES = 2
KINDS = 10
RATE, LAG_SECONDS, LATENCY_MS, SEARCH_MS = 10_000, 10.0, 2.0, 50.0


class NoRoom(Exception):
    """`bench.no-room`: the disk is too small for so many events."""

    identifier = "bench.no-room"


def measure(events: int = EVENTS, searched: int = SEARCHED) -> list[Row]:
    """Rows of the measured table, from servers of the bench's own, durable as in service, gone with everything in them at the end.

    Raises MeasuringFailed, NoRoom.
    """
    needed = (events + searched) * BYTES_AN_EVENT
    if shutil.disk_usage(ROOT).free < needed:
        raise NoRoom(f"{needed / 1e9:,.0f} GB of free disk are needed")
    with own_servers(FOLDER):
        sizes = ("--events", str(events), "--searched", str(searched))
        return rows_of(answer_of(run_module(FOLDER, "ops.bench.database.trail", *sizes)))


def large(searched: int = LARGE) -> list[Row]:
    """Only the question who saw somebody, of as many events as a large prefecture keeps in seven years."""
    return measure(events=0, searched=searched)


def rows_of(found: dict[str, Any]) -> list[Row]:
    """What the measuring process found, against the goals."""
    return [*(_written(found) if "events" in found else []), *(_found(found) if "searched" in found else [])]


def _written(found: dict[str, Any]) -> list[Row]:
    rate = found["events"] / found["sealed_s"]
    return [
        Row("trail: appended and sealed (events/s)", f"{rate:,.0f}", "", f"≥ {RATE:,}", rate >= RATE),
        _most("trail: longest wait for the seal (s)", found["lag_s"], LAG_SECONDS),
        _most("trail: processor time of an event, made, stored and sealed (µs)", found["cpu_us"], CORES * 1e6 / RATE),
        _most("trail: one access written (ms, p95)", found["latency_ms"], LATENCY_MS),
        _most("trail: one act recorded in its transaction (ms, p95)", found["act_ms"], LATENCY_MS),
        Row("the disk by itself: 8 kB flushed (ms, p95)", f"{found['flush_ms']:.2f}"),
        Row(
            f"trail: false breaks in {found['checked']:,} concurrent events",
            str(found["breaks"]),
            "",
            "0",
            found["breaks"] == 0 and found["checked"] >= found["events"],
        ),
        _tampering(found["tampered"], found["missed"]),
    ]


def _tampering(made: int, missed: list[str]) -> Row:
    """A false finding in the untouched export stands among the missed, and counts against the goal alike."""
    what = "trail: kinds of tampering done to a real export and found by the verifier, which finds none in it untouched"
    named = f" (not: {', '.join(missed)})" if missed else ""
    return Row(what + named, f"{made - len(missed)} of {made}", "", f"{KINDS} of {KINDS}", made == KINDS and not missed)


def _found(found: dict[str, Any]) -> list[Row]:
    taken = f"made in {found['fill_s']:,.0f} s, {found['bytes'] / 1e9:.1f} GB"
    what = f"trail: who saw X among {found['searched']:,} (ms, p95, warm)"
    family = what.replace("who saw X", "who saw a family (10 records of 5 kinds, as the page asks)")
    return [
        replace(_most(what, found["search_ms"], SEARCH_MS), interval=taken),
        _most(family, found["family_ms"], SEARCH_MS),
    ]


def _most(what: str, value: float, goal: float) -> Row:
    return Row(what, f"{value:.2f}", "", f"≤ {goal:g}", value <= goal)

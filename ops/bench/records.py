"""Reading fixed-length answers: from the bytes that were received to canonical rows, on one processor."""

from __future__ import annotations

from integrations.atena_adapters.dialects.speed import records_per_second
from integrations.atena_adapters.presets import preset
from ops.bench.measures import RATE, Measured, Section

GOAL = 50_000.0
PRESETS = ("fixed", "rest", "sftp")
TITLES = {"fixed": "fixed length, CP932, era dates, totals checked", "rest": "JSON", "sftp": "CSV, UTF-8"}


def measure_records(*, repetitions: int, count: int = 50_000) -> Section:
    """Answers to `count` inquiries in each dialect of the reference links; the goal is for fixed length."""
    rows = tuple(
        Measured(
            f"records read a second: {TITLES[name]}",
            RATE,
            tuple(records_per_second(preset(name), count) for _ in range(repetitions)),
            GOAL if name == "fixed" else None,
        )
        for name in PRESETS
    )
    return Section("Reading answers", rows, ("By processor time, so that other work on the machine does not count.",))

"""What is measured in a database: the computation of a prefecture, and its other long work, with the sample's own files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.households.roster.reader import read_roster
from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.measures import SECONDS, Measured, Section, timed
from ops.demo.generator import SampleFolder, SampleKeys, generate

LARGEST = "osaka"
SECONDS_FOR_FILES, SECONDS_FOR_READING = 20.0, 2.0
PUPILS_READ = 1_000


def measure_prefecture(folder: Path, *, count: int, repetitions: int) -> tuple[Section, Section]:
    """The computation, and the other work. Makes servers and files in `folder` and removes them. Raises MeasuringFailed."""
    files, made = _files(folder / "files")
    try:
        code = max((each.name for each in files.root.iterdir() if each.is_dir()), key=_pupils_in(files))
        with own_servers(folder / "database"):
            given = ("--households", str(count), "--repetitions", str(repetitions))
            computed = run_module(folder / "database", "ops.bench.database.computing", *given)
        with own_servers(folder / "database"):
            given = ("--roster", str(files.roster(code)), "--school", code)
            worked = run_module(folder / "database", "ops.bench.database.works", *given)
        read = _reading(files, code)
    finally:
        shutil.rmtree(folder / "files", ignore_errors=True)
    remark = (
        "The job of the product itself, from the facts in the database to stored receipts, history and trail; PostgreSQL on"
        " the same machine, durable (fsync on). Before each recomputation every income is changed, outside the measured time."
    )
    return (
        Section("A prefecture in the database", rows_of(computed), (remark,)),
        Section("Other long work", (made, read, *rows_of(worked))),
    )


def rows_of(output: str) -> tuple[Measured, ...]:
    """What a measuring process printed."""
    rows: Sequence[Sequence[Any]] = answer_of(output)
    return tuple(Measured(title, SECONDS, tuple(runs), goal, tuple(cpu)) for title, runs, goal, cpu in rows)


def _files(folder: Path) -> tuple[SampleFolder, Measured]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made: list[SampleFolder] = []
    keys = SampleKeys(b"n" * 32, b"p" * 32)
    title = "all files of the largest sample prefecture generated"
    row = timed(title, lambda: made.append(generate(folder, LARGEST, "full", 1, keys)), 1, SECONDS_FOR_FILES)
    return made[0], row


def _pupils_in(files: SampleFolder) -> Any:
    return lambda code: files.roster(code).stat().st_size


def _reading(files: SampleFolder, code: str) -> Measured:
    """The roster of the largest school, read without storing it; the goal is for 1,000 pupils."""
    data = files.roster(code).read_bytes()
    pupils = len(read_roster(data).pupils)
    goal = SECONDS_FOR_READING * pupils / PUPILS_READ
    return timed(f"roster of {pupils:,} pupils read", lambda: read_roster(data), 3, goal)

"""Wall clock and processor time of work that is done partly by the database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from ops.bench.measures import SECONDS, Measured


def cpu_seconds() -> float:
    """Of this process and of the database's process that serves it: what one core would have to do."""
    connection.ensure_connection()
    assert connection.connection is not None  # noqa: S101 - it was just made
    fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(title: str, works: list[Callable[[], object]], goal: float | None = None) -> Measured:
    """Each of these works once: the same thing done several times, prepared anew for each."""
    walls, cpus = [], []
    for work in works:
        cpu, wall = cpu_seconds(), time.perf_counter()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return Measured(title, SECONDS, tuple(walls), goal, tuple(cpus))

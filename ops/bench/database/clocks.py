"""Wall clock and processor time of work that is done partly by the database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import connection

from ops.bench.measures import SECONDS, Measured


def cpu_seconds() -> float:
    """Of this process and of the database's process that serves it: what one core would have to do."""
    connection.ensure_connection()
    assert connection.connection is not None  # noqa: S101 - it was just made
    fields = _fields(connection.connection.info.backend_pid)
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_all() -> float:
    """Of this process, the processes it started and waited for, and every process of the database server, those ended included."""
    connection.ensure_connection()
    assert connection.connection is not None  # noqa: S101 - it was just made
    main = int(_fields(connection.connection.info.backend_pid)[1])
    ticks = sum(int(field) for field in _fields(main)[11:15])
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended is counted with its parent
            fields = _fields(int(place.name))
            ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) == main else 0
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system + ticks / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    """What Linux says of a process (proc(5), stat), from its state on: [1] the parent, [11:15] user, system, and the children's."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def measured(title: str, works: list[Callable[[], object]], goal: float | None = None) -> Measured:
    """Each of these works once: the same thing done several times, prepared anew for each."""
    walls, cpus = [], []
    for work in works:
        cpu, wall = cpu_seconds(), time.perf_counter()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return Measured(title, SECONDS, tuple(walls), goal, tuple(cpus))

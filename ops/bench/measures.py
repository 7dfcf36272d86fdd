"""What a measurement is: several runs of one thing, with the goal it is held against."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MICROSECONDS = "µs"
SECONDS = "s"
TIMES = "×"
RATE = "/s"
MORE_IS_BETTER = frozenset({TIMES, RATE})


@dataclass(frozen=True, slots=True)
class Measured:
    """Runs in `unit`. `goal` is an upper limit of the median; of a ratio (unit ×) or a rate (/s) a lower limit; None: not a claim.

    `cpu`: processor time of the same runs (user and system, our process and the database's that serves it), seconds.
    """

    title: str
    unit: str
    runs: tuple[float, ...]
    goal: float | None = None
    cpu: tuple[float, ...] = ()
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def met(self) -> bool | None:
        """Whether the median meets the goal; None without a goal."""
        if self.goal is None:
            return None
        return self.median >= self.goal if self.unit in MORE_IS_BETTER else self.median <= self.goal


@dataclass(frozen=True, slots=True)
class Section:
    """Measurements that belong together, and what has to be said about them."""

    title: str
    rows: tuple[Measured, ...]
    remarks: tuple[str, ...] = ()


def per_item(seconds: Sequence[float], items: int) -> tuple[float, ...]:
    """Microseconds an item."""
    return tuple(each / items * 1_000_000 for each in seconds)


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> tuple[float, ...]:
    """How many times as fast ours is, pair by pair of the interleaved runs."""
    return tuple(their / our for their, our in zip(theirs, ours, strict=True))


def seconds_of(work: Callable[[], object]) -> float:
    """Wall clock of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def timed(title: str, work: Callable[[], object], repetitions: int, goal: float | None = None) -> Measured:
    """Wall clock and processor time of several calls, seconds."""
    walls, cpus = [], []
    for _ in range(repetitions):
        began = time.process_time()
        walls.append(seconds_of(work))
        cpus.append(time.process_time() - began)
    return Measured(title, SECONDS, tuple(walls), goal, tuple(cpus))

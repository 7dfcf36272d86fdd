"""Lines of the measured table."""

from __future__ import annotations

from dataclasses import dataclass

from ops.bench.watch.statistics import Estimate


@dataclass(frozen=True, slots=True)
class Row:
    """`goal` in words; `met`: whether the value meets it, None where it is told for information. `alerts`: the alerts a tenant-month
    this row tells, where they count in the sum of all."""

    what: str
    value: str
    interval: str = ""
    goal: str = ""
    met: bool | None = None
    alerts: Estimate | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {True: "met", False: "**not met**", None: ""}[self.met]
        return self.what, self.value, self.interval, self.goal, verdict


def at_least(what: str, found: Estimate, goal: float) -> Row:
    return Row(what, f"{found.value:.3f}", f"{found.low:.3f}–{found.high:.3f}", f"≥ {goal:g}", found.value >= goal)


def near(what: str, found: Estimate, goal: float, within: float) -> Row:
    """Within a share of the goal."""
    met = abs(found.value - goal) <= within * goal
    return Row(what, f"{found.value:.4f}", f"{found.low:.4f}–{found.high:.4f}", f"{goal:g} ± {within:.0%}", met)


def at_most(what: str, found: Estimate, goal: float) -> Row:
    return Row(what, f"{found.value:.3f}", f"{found.low:.3f}–{found.high:.3f}", f"≤ {goal:g}", found.value <= goal)


def told(what: str, found: Estimate) -> Row:
    return Row(what, f"{found.value:.3f}", f"{found.low:.3f}–{found.high:.3f}")

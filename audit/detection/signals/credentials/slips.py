"""Wrong passwords and one-time passwords: what somebody mistypes at a machine of their own is no alert at the first few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from audit.detection.signals.base import Day
from audit.trail.reader import TrailEvent


def run_of(
    day: Day, failures: Sequence[TrailEvent], span: timedelta, least: int, more: int
) -> tuple[tuple[TrailEvent, ...], bool] | None:
    """The first run of `least` failures, and whether it is only reported: all of it at terminals of the person's own, and no run of
    `more` further ones. What was reported first becomes an alert with those."""
    run = day.run(failures, span, least)
    if run is None:
        return None
    own = day.norms.usual_terminals or frozenset()
    if any(event.terminal not in own for event in run):
        return run, False
    longer = day.run(failures, span, least + more)
    return (run, True) if longer is None else (longer, False)


def mark_of(run: Sequence[TrailEvent], is_report: bool) -> str:
    return f"slips:{run[0].id.hex}" if is_report else run[0].id.hex

"""Tables and page say what was measured, and whether a goal was met, and nothing about where."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from ops.bench.machine import machine
from ops.bench.measures import MICROSECONDS, SECONDS, TIMES, Measured, Section, per_item, ratios, timed
from ops.bench.report import cells, markdown


@pytest.mark.parametrize(
    ("unit", "runs", "goal", "met"),
    [
        (SECONDS, (0.9, 1.1, 5.0), 1.1, True),
        (SECONDS, (0.9, 1.2, 1.3), 1.1, False),
        (TIMES, (7.0, 8.0, 9.0), 8.0, True),
        (TIMES, (7.0, 7.9, 90.0), 8.0, False),
        (SECONDS, (1.0,), None, None),
    ],
)
def test_a_goal_is_held_against_the_median(
    unit: str, runs: tuple[float, ...], goal: float | None, met: bool | None
) -> None:
    assert Measured("x", unit, runs, goal).met is met


def test_the_page_has_the_measured_values() -> None:
    row = Measured("10,000 households", SECONDS, (1.234, 0.567, 2.5), 1.0, cpu=(0.111, 0.222, 0.333), note="twice")
    ratio = Measured("times as fast", TIMES, (9.0, 8.5, 12.0), 8.0)
    page = markdown([Section("In memory", (row, ratio), ("A remark.",))], {"Date": "2026-01-01", "Cores": "2"})
    assert "| 10,000 households (twice) | 0.57 s | 1.23 s | 2.50 s | 0.22 s | ≤ 1.00 s | **not met** |" in page
    assert "| times as fast | 8.50 × | 9.00 × | 12.0 × |  | ≥ 8.00 × | met |" in page
    assert "## In memory" in page
    assert "A remark." in page
    assert "- Cores: 2" in page


def test_without_a_goal_there_is_no_verdict() -> None:
    assert cells(Measured("x", MICROSECONDS, (150.4,)))[-2:] == ("", "")


def test_the_machine_is_described_but_not_named(tmp_path: Path) -> None:
    facts = machine(tmp_path)
    assert facts["PostgreSQL"].startswith("18")
    assert int(facts["Cores"]) >= 1
    assert facts["Memory"].endswith("GiB")
    text = " ".join(facts.values())
    assert socket.gethostname() not in text
    assert not re.search(r"(^|\s)/\w", text)


def test_arithmetic_of_runs() -> None:
    assert per_item([0.5, 1.0], 1_000) == pytest.approx((500.0, 1_000.0))
    assert ratios([8.0, 9.0], [1.0, 3.0]) == (8.0, 3.0)


def test_work_is_done_as_often_as_it_is_timed() -> None:
    calls: list[int] = []
    row = timed("x", lambda: calls.append(1), 3, goal=5.0)
    assert len(calls) == len(row.runs) == len(row.cpu) == 3

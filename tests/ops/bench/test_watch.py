"""The made-up office and attacks of `make bench-watch`, and the page it writes."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from ops.bench.watch import attacks, page, trail
from ops.bench.watch.attacks import intrusions, night, weekend
from ops.bench.watch.deciding import Watch, first_and_next
from ops.bench.watch.office import office
from ops.bench.watch.rows import at_least, near
from ops.bench.watch.statistics import Estimate, Person, auc, bootstrap, found_at, told_at


def test_attacks_never_see_the_offices_figures() -> None:
    tree = ast.parse(Path(attacks.__file__).read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not any("office" in name or name.startswith("ops") for name in imported)


def test_the_office_is_the_same_for_the_same_seed_and_attacks_are_found_in_it() -> None:
    visits = office(1, persons=8, days=140)
    assert visits == office(1, persons=8, days=140)
    past, following = first_and_next([visit.login for visit in visits], 30, 30)
    watch = Watch(past)
    victims = sorted({login.person for login in past})
    for when in (night, weekend):
        stolen = intrusions(following, victims, 20, when, 1)
        assert np.median(watch.together_of(stolen)) < 0.05 < np.median(watch.together_of(following))


def test_measures_by_hand() -> None:
    people = [Person(np.array([0.5, 0.4, 0.3, 0.02]), np.array([0.01, 0.45]))]
    assert auc(people) == pytest.approx((4 + 1) / 8)
    assert told_at(people, 0.02) == 0.25
    assert found_at(people, 0.25) == 0.5
    assert found_at(people, 0.1) == 0.0
    estimate = bootstrap(people, auc)
    assert (estimate.low, estimate.high) == (estimate.value, estimate.value)


def test_goals_are_held() -> None:
    assert at_least("x", Estimate(0.6, 0.5, 0.7), 0.6).met
    assert not at_least("x", Estimate(0.59, 0.5, 0.7), 0.6).met
    assert near("x", Estimate(0.012, 0, 1), 0.01, 0.25).met
    assert not near("x", Estimate(0.013, 0, 1), 0.01, 0.25).met


def test_the_page_keeps_what_stands_around_its_table() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    written = page.with_measured(text, [at_least("x", Estimate(0.6, 0.5, 0.7), 0.6)], 0.1)
    assert "| x | 0.600 | 0.500–0.700 | ≥ 0.6 | met |" in written
    assert written.startswith(text.partition(page.BEGIN)[0])
    with pytest.raises(ValueError, match="marks"):
        page.with_measured("no marks", [], 0.1)


def test_the_trails_rows_say_whether_each_goal_is_met() -> None:
    found = {"events": 100_000, "sealed_s": 8.0, "lag_s": 4.2, "latency_ms": 1.5, "act_ms": 2.1, "flush_ms": 0.2}
    found |= {"cpu_us": 61.0}
    found |= {"breaks": 0, "checked": 100_000}
    searched = {"searched": 1_000, "fill_s": 2.0, "bytes": 500_000, "search_ms": 51.0}
    rows = trail.rows_of(found | searched)
    assert [row.met for row in rows] == [True, True, True, True, False, None, True, False]
    assert rows[0].value == "12,500"
    assert [row.met for row in trail.rows_of(found | {"breaks": 1})][6] is False
    assert [row.met for row in trail.rows_of(found | {"checked": 99_999})][6] is False
    assert [row.met for row in trail.rows_of(searched)] == [False]


def test_so_many_events_that_the_disk_is_too_small_are_not_begun() -> None:
    with pytest.raises(trail.NoRoom, match="GB of free disk"):
        trail.large(10**15)

"""An impact run that did not see every household yields no figure."""

from __future__ import annotations

import pytest

from domain.rules import load_pack
from domain.rules.impact import compare
from ops.bench import impact
from ops.bench.calculation import PACK
from ops.bench.impact import ImpactIncomplete, checked, draft_of, read_batch
from ops.bench.measures import Section


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impact, "DIFFERENT", 50)
    monkeypatch.setattr(impact, "BATCH", 40)
    monkeypatch.setattr(impact, "WORKERS", 1)
    impact._different.cache_clear()


def test_the_draft_moves_households_and_every_one_is_seen() -> None:
    pack = load_pack(PACK)
    run = compare(pack, draft_of(pack), read_batch((0, 100)))
    assert checked(run, 100) is run
    with pytest.raises(ImpactIncomplete):
        checked(run, 101)


def test_a_draft_that_changes_nothing_is_no_measurement() -> None:
    pack = load_pack(PACK)
    with pytest.raises(ImpactIncomplete):
        checked(compare(pack, pack, read_batch((0, 100))), 100)


def test_households_come_again_in_turn() -> None:
    keys = [case.key for case in read_batch((40, 30))]
    assert keys == [str(number % 50) for number in range(40, 70)]


def test_both_runs_are_measured_with_progress() -> None:
    section = impact.measure_impact(prefecture=100, country=130, repetitions=2)
    assert isinstance(section, Section)
    assert [len(row.runs) for row in section.rows] == [2, 1]
    assert all(row.goal is None for row in section.rows)

"""The comparison with the peer is honest: same figures, same households, and it fires when a result differs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.rules import Assessment, HouseholdCase, Pack, assess, load_pack
from domain.rules.cases import GRADES, ZONES
from domain.rules.exact import Rounding, RoundingMode
from ops.bench import calculation
from ops.bench.calculation import ResultsDiffer, compare, measure_calculation, row_of
from ops.bench.households import households
from ops.bench.peer.environment import PeerUnavailable
from ops.bench.peer.figures import OLDEST, UNUSED, PeerCannot, figures_of, households_for_peer
from ops.bench.peer.process import WAYS

COUNT = 60


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(calculation.PACK)


@pytest.fixture(scope="module")
def cases() -> list[HouseholdCase]:
    return households(COUNT)


@pytest.fixture(scope="module")
def ours(pack: Pack, cases: list[HouseholdCase]) -> list[Assessment]:
    return [assess(pack, case) for case in cases]


@pytest.fixture
def rows(ours: list[Assessment]) -> list[list[Any]]:
    return [list(row_of(assessment)) for assessment in ours]


class FakePeer:
    """Answers what it is told to; its runs take a time of their own."""

    version = "0.0"

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows

    def results(self) -> dict[str, list[list[Any]]]:
        return dict.fromkeys(WAYS, self.rows)

    def seconds(self, way: str, count: int) -> float:
        return {"situations": 6.0, "arrays": 3.0, "all at once": 0.06}[way]


def with_peer(monkeypatch: pytest.MonkeyPatch, rows: list[list[Any]]) -> None:
    @contextmanager
    def started(*_: object) -> Iterator[FakePeer]:
        yield FakePeer(rows)

    monkeypatch.setattr(calculation, "peer_python", lambda folder: folder)
    monkeypatch.setattr(calculation, "started", started)


def test_households_are_the_same_for_the_same_seed_and_all_can_be_computed(ours: list[Assessment]) -> None:
    assert households(COUNT) == [assessment.case for assessment in ours]
    assert households(COUNT, seed=8) != households(COUNT)
    assert all(assessment.complete for assessment in ours)
    assert {int(assessment.category or 0) for assessment in ours} == {1, 2, 3}


def test_the_peer_has_every_figure_of_the_pack(pack: Pack) -> None:
    figures = figures_of(pack)
    position: dict[str, Any] = {
        "grade": GRADES.index, "zone": ZONES.index, "age": int, "size": lambda size: size - 1,
        "stage": {"elementary": 1, "junior_high": 2}.__getitem__,
    }  # fmt: skip
    seen = 0
    for component in (part for part in pack.need.components if part.id not in UNUSED):
        table = component.table
        assert table is not None
        for key, cell in table.cells.items():
            named = dict(zip(table.keys, key, strict=True))
            if int(named.get("age", 0)) > OLDEST:
                continue
            if "level" in named:
                grades = [grade for grade in GRADES if grade[0] == named["level"]]
                found = {figures[component.id][GRADES.index(grade)] for grade in grades}
            else:
                place = figures[component.id]
                for name in table.keys:
                    place = place[position[name](named[name])]
                found = {place}
            assert found == {cell.amount}, (component.id, key)
            seen += 1
    assert seen > 600
    assert not pack.tables["disability"].cells


def test_the_peer_counts_people_beyond_the_largest_size_of_the_table(pack: Pack) -> None:
    class2 = figures_of(pack)["class2"][0]
    more = pack.tables["class2"].further[("1-1",)].cell.amount
    assert class2[7] - class2[3] == 4 * more > 0


def test_a_pack_the_peer_was_not_written_for_is_refused(pack: Pack) -> None:
    other = replace(pack, need=replace(pack.need, components=pack.need.components[1:]))
    with pytest.raises(PeerCannot):
        figures_of(other)
    with pytest.raises(PeerCannot):
        figures_of(replace(pack, need=replace(pack.need, monthly_rounding=Rounding(RoundingMode.FLOOR, 1))))


def test_the_peer_is_given_every_household(cases: list[HouseholdCase]) -> None:
    given = households_for_peer(cases)
    assert [len(home["age"]) for home in given] == [len(case.members) for case in cases]
    assert sum(sum(home["total"]) for home in given) > 0


@pytest.mark.parametrize("column", [0, 1, 2])
def test_one_different_result_stops_the_comparison(
    cases: list[HouseholdCase], ours: list[Assessment], rows: list[list[Any]], column: int
) -> None:
    compare(cases, ours, rows, "situations")
    rows[-1][column] += 1
    with pytest.raises(ResultsDiffer, match=f"household {COUNT - 1}"):
        compare(cases, ours, rows, "situations")


def test_a_result_less_stops_the_comparison(
    cases: list[HouseholdCase], ours: list[Assessment], rows: list[list[Any]]
) -> None:
    with pytest.raises(ResultsDiffer):
        compare(cases, ours, rows[:-1], "arrays")


def test_a_wrong_peer_yields_no_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: list[list[Any]]) -> None:
    rows[3][2] = rows[3][2] % 3 + 1
    with_peer(monkeypatch, rows)
    with pytest.raises(ResultsDiffer):
        measure_calculation(tmp_path, count=COUNT, repetitions=1)


def test_figures_and_ratios_come_from_the_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: list[list[Any]]
) -> None:
    with_peer(monkeypatch, rows)
    monkeypatch.setattr(calculation, "seconds_of", lambda work: 0.5)
    section = measure_calculation(tmp_path, count=COUNT, repetitions=3)
    runs = {row.title: row.runs for row in section.rows}
    assert runs["openfisca-core 0.0, from a dictionary"] == (100_000.0,) * 3
    assert runs["times as fast: both from a dictionary"] == (12.0,) * 3
    assert runs["times as fast: facts in memory, peer from arrays"] == (6.0,) * 3
    assert runs["times as fast: peer vectorised"] == pytest.approx([0.12] * 3)


def test_without_a_peer_ours_is_measured_and_no_ratio_is_claimed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unavailable(folder: Path) -> Path:
        raise PeerUnavailable("`pip install openfisca-core` failed")

    monkeypatch.setattr(calculation, "peer_python", unavailable)
    section = measure_calculation(tmp_path, count=COUNT, repetitions=2)
    assert [row.title for row in section.rows] == [calculation.OURS_FACTS, calculation.OURS_TEXT]
    assert "No ratio this time" in section.remarks[0]

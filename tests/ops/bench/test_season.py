"""The seasons of the benchmark, small: real workers and real other sides; what they print is what happened, or they fail."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.measures import RATE, Measured, Section
from ops.bench.records import measure_records
from ops.bench.report import cells, markdown, merged, with_kept
from ops.bench.season import books
from ops.bench.season.books import NotReconciled, reconcile
from ops.bench.season.prefectures import COUNTRY, LINKS, country, one_of_each
from ops.bench.season.together import section_of
from ops.bench.season.whole import measure_season
from tenants.console.onboarding import is_local_government_code

PREFECTURES, PEOPLE = 5, 4


def test_a_country_has_every_link_one_that_is_large_and_one_that_hangs() -> None:
    found = country(COUNTRY, 200)
    assert all(is_local_government_code(each.code) for each in [*found, *one_of_each(1)])
    assert len({each.code for each in found}) == len({each.slug for each in found}) == COUNTRY
    assert {each.link for each in found if not each.hangs} == set(LINKS)
    assert [each.link for each in found if each.hangs] == ["sftp"]
    assert sorted({each.people for each in found}) == [200, 4_000]


@pytest.mark.slow
def test_prefectures_finish_while_the_server_of_one_hangs_which_goes_on_when_it_lives_again(tmp_path: Path) -> None:
    given = ("--prefectures", str(PREFECTURES))
    with own_servers(tmp_path / "var", "ops.bench.season.layout", *given):
        said = run_module(tmp_path / "var", "ops.bench.season.at_once", *given, "--people", str(PEOPLE), "--hang", "40")
    found = answer_of(said)
    assert set(found["times"]) == {"1", "3", "4", "5"}, "all the others came to their end and were reconciled"
    assert (found["hung"]["state"], found["hung"]["failures"]) == ("running", 0), (
        "while this one still hung in its first try"
    )
    assert found["hung"]["error"].startswith("通信エラー（再送可）。")
    assert found["revived"] > 0
    section = section_of(PREFECTURES, PEOPLE, found)
    assert [len(row.runs) for row in section.rows] == [3, 1, 1, 1]


@pytest.mark.slow
def test_a_season_over_each_link_comes_to_the_same_and_to_what_the_simulator_has(tmp_path: Path) -> None:
    section = measure_season(tmp_path / "var", people=8)
    titles = [row.title for row in section.rows if row.title.endswith("whole season")]
    assert [title.split("`")[1] for title in titles] == list(LINKS)
    assert "8 lines of 付番, 8 of 符号, 14 of 照会" in section.remarks[0]
    assert "The same figures on every link" in section.remarks[0]


@pytest.mark.parametrize("kind", ["registration", "inquiry", "linkage"])
def test_a_line_more_in_the_simulators_ledger_stops_the_measurement(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {"codes": 1, "registration": 1, "inquiry": 1, "registered": 1, "answered": 1}
    with sqlite3.connect(tmp_path / "simulator.sqlite3") as ledger:
        ledger.execute("CREATE TABLE batches (kind TEXT, rows TEXT, rejected TEXT)")
        ledger.execute("CREATE TABLE addressees (atena TEXT)")
        ledger.execute("CREATE TABLE provisions (result TEXT)")
        for each in ("registration", "inquiry", "linkage"):
            ledger.execute("INSERT INTO batches VALUES (?, '[{}]', '{}')", (each,))
        ledger.execute("INSERT INTO addressees VALUES ('A')")
        ledger.execute("INSERT INTO provisions VALUES ('answered')")
    monkeypatch.setattr(books, "_ours", lambda: dict(ours))
    assert books._theirs(tmp_path) == ours
    with sqlite3.connect(tmp_path / "simulator.sqlite3") as ledger:
        ledger.execute("INSERT INTO batches VALUES (?, '[]', '{\"L1\": \"\"}')", (kind,))
    with pytest.raises(NotReconciled):
        reconcile(tmp_path, codes=True)


def test_open_lines_stop_the_measurement_too(in_a: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from domain.linkage.models import Registration
    from tests.domain.linkage.world import World, father

    monkeypatch.setattr(books, "_theirs", lambda state: books._ours())
    assert reconcile(tmp_path, codes=True)["registered"] == 0
    World().household(father())
    from domain.households.models import Member

    Registration.objects.create(member=Member.objects.get())
    with pytest.raises(NotReconciled, match="1 lines are open"):
        reconcile(tmp_path, codes=True)


def test_reading_is_measured_in_records_a_second() -> None:
    section = measure_records(repetitions=1, count=200)
    fixed = section.rows[0]
    assert (fixed.unit, fixed.goal) == (RATE, 50_000.0)
    assert cells(fixed)[-2] == "≥ 50,000 /s"
    assert Measured("x", RATE, (49_999.0,), 50_000.0).met is False
    assert Measured("x", RATE, (50_001.0,), 50_000.0).met is True


def _section(title: str, value: float) -> Section:
    return Section(title, (Measured("work", "s", (value,)),), ("A remark.",))


def test_a_season_takes_its_place_on_the_page_and_leaves_the_rest() -> None:
    page = markdown(
        [_section("Memory", 1.0), _section("A season of 10,000 people over each link", 2.0)], {"Cores": "2"}
    )
    after = merged(
        page, [_section("A season of 400 people over each link", 7.0)], {"Date": "2026-11-22", "Load": "0.1"}
    )
    assert [line for line in after.splitlines() if line.startswith("## ")] == [
        "## Memory", "## A season of 400 people over each link",
    ]  # fmt: skip
    assert "| work | 1.00 s |" in after
    assert "| work | 7.00 s |" in after
    assert "| work | 2.00 s |" not in after
    assert "Date: 2026-11-22; Load: 0.1." in after
    assert merged(after, [], {}) == after


def test_a_run_without_seasons_keeps_those_of_the_page() -> None:
    before = markdown([_section("Memory", 1.0), _section("A season of 400 people over each link", 7.0)], {})
    after = with_kept(markdown([_section("Memory", 3.0)], {}), before)
    assert after.count("## Memory") == 1
    assert "| work | 3.00 s |" in after
    assert "| work | 7.00 s |" in after
    assert "| work | 1.00 s |" not in after

"""A season of one prefecture of full size over each reference link, one after the other, each in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.measures import RATE, SECONDS, Measured, Section
from ops.bench.season.prefectures import LINKS

PEOPLE = 10_000
TITLES = {"rest": "A", "sftp": "B", "fixed": "C", "database": "D", "medium": "E"}
ACTS = {"register": "付番", "codes": "符号", "approve": "照会対象一覧", "inquire": "照会・回収・突合", "settle": "処置"}


def measure_season(folder: Path, *, people: int, links: Sequence[str] = LINKS) -> Section:
    """`people` through each of A to E (or of `links`) against the simulator. Makes servers in `folder` and removes them.

    Raises MeasuringFailed.
    """
    with own_servers(folder, "ops.bench.season.layout", "--prefectures", "0"):
        found = {
            link: answer_of(run_module(folder, "ops.bench.season.one", "--link", link, "--people", str(people)))
            for link in links
        }
    rows = [row for link in links for row in _rows(link, people, found[link])]
    return Section(f"A season of {people:,} people over each link", tuple(rows), tuple(_remarks(found)))


def _rows(link: str, people: int, found: Mapping[str, Any]) -> list[Measured]:
    times: Mapping[str, tuple[float, float]] = found["times"]
    walls, cpus = ([pair[n] for pair in times.values()] for n in (0, 1))
    name = f"{TITLES[link]} `{link}`"
    whole = Measured(f"{name}: {people:,} people, whole season", SECONDS, (sum(walls),), None, (sum(cpus),))
    parts = [Measured(f"{name}: {ACTS[act]}", SECONDS, (wall,), None, (cpu,)) for act, (wall, cpu) in times.items()]
    checked = Measured(f"{name}: 符号, people checked a second", RATE, (people / times["codes"][0],))
    return [whole, *parts, checked]


def _remarks(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    figures = next(iter(found.values()))["figures"]
    same = all(each["figures"] == figures for each in found.values())
    memory = ", ".join(f"{TITLES[link]} {each['memory']:,.0f} MiB" for link, each in found.items())
    there = ", ".join(f"{TITLES[link]} {each['simulator']:,.1f} s" for link, each in found.items())
    lines = f"{figures['registration']:,} lines of 付番, {figures['codes']:,} of 符号, {figures['inquiry']:,} of 照会"
    return [
        f"Each link: {lines}; {figures['answered']:,} answered, the rest refused by their providers and settled by certificate."
        + (" The same figures on every link," if same else " Figures differ between links by their own rules,")
        + " and each equal to those in the simulator's own ledger: sent = received, nothing open, nothing unsettled.",
        "The simulator is a process of its own on the same machine behind the real transport (HTTP with OAuth2, SFTP, shared"
        f" folder, PostgreSQL, medium). Its processor time: {there}.",
        f"Peak memory of our process, Django and the sample's making included: {memory}.",
    ]

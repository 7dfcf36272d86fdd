"""A country of prefectures at once on two worker processes, as one section of the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ops.bench.database.servers import answer_of, own_servers, run_module
from ops.bench.measures import SECONDS, Measured, Section
from ops.bench.season.prefectures import TIMES_THE_SIZE, country

PEOPLE = 200


def measure_country(folder: Path, *, prefectures: int, people: int) -> Section:
    """All at once, one of them large, one hanging. Makes servers in `folder` and removes them. Raises MeasuringFailed."""
    given = ("--prefectures", str(prefectures))
    with own_servers(folder, "ops.bench.season.layout", *given):
        found = answer_of(run_module(folder, "ops.bench.season.at_once", *given, "--people", str(people)))
    return section_of(prefectures, people, found)


def section_of(prefectures: int, people: int, found: dict[str, Any]) -> Section:
    """The rows and what must be said, from what the measuring process printed."""
    sizes = {str(each.number): each.people for each in country(prefectures, people)}
    small = tuple(sorted(ended for number, ended in found["times"].items() if sizes[number] == people))
    large = tuple(ended for number, ended in found["times"].items() if sizes[number] > people)
    many = people * TIMES_THE_SIZE
    rows = (
        Measured(f"{len(small)} prefectures of {people:,} people, each until done", SECONDS, small),
        Measured(f"the one of {many:,} people among them", SECONDS, large, None, ()),
        Measured("the one whose server hung, from its revival", SECONDS, (found["revived"],)),
        Measured("processor time of the two worker processes, together", SECONDS, (sum(found["cpu"]),)),
    )
    hung = found["hung"]
    state = {"failed": "had ended", "queued": "waited for its next try", "running": "was at its next try"}[
        hung["state"]
    ]
    return Section(
        f"{prefectures} prefectures at once, two worker processes",
        rows,
        (
            "All begin at the same moment: 付番, approval of the list, 照会, collecting and matching, with the five links mixed and"
            " each its own simulator process. min, median and max are over the prefectures. At the end every prefecture's figures"
            " were equal to those in the ledger of its simulator, and nothing was open.",
            "One SFTP server took connections and never answered. When all the others were done its job"
            f" {state} after {hung['failures']} failed tries with「{hung['error'][:10]}」; nothing else had waited for it. Then the server"
            " came to life and the job went on with the same batch.",
        ),
    )

"""Job kinds of this package."""

from __future__ import annotations

from domain.households.importing.run import import_roster
from domain.households.importing.tally import totals
from domain.households.services import IMPORT_ROSTER
from jobs.handle import JobHandle
from jobs.registry import job_kind


@job_kind(IMPORT_ROSTER, "名簿の取込")
def run_import(handle: JobHandle) -> None:
    roster = import_roster(handle.args["roster"], lambda done, total, step: handle.advance(done, total, step=step))
    for label, number in totals(roster.counts).items():
        handle.set_count(label, number)

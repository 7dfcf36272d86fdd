"""Job kinds of this package."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.permissions import Permission
from domain.households.importing.run import import_roster
from domain.households.importing.tally import totals
from domain.households.models import RosterImport
from domain.households.services import IMPORT_ROSTER
from jobs.handle import JobHandle
from jobs.registry import job_kind


def _of_schools(codes: Sequence[str]) -> Q:
    return Q(args__roster__in=list(RosterImport.objects.filter(school__code__in=codes).values_list("pk", flat=True)))


@job_kind(IMPORT_ROSTER, "名簿の取込", permission=Permission.IMPORT_ROSTER, within=_of_schools)
def run_import(handle: JobHandle) -> None:
    roster = import_roster(handle.args["roster"], lambda done, total, step: handle.advance(done, total, step=step))
    for label, number in totals(roster.counts).items():
        handle.set_count(label, number)

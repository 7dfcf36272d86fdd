"""What the trail hears of an import: one event for each household and pupil it changed, and one for the whole."""

from __future__ import annotations

from collections.abc import Iterator

from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.households.importing.compare import Plan
from domain.households.importing.enrolments import PupilPlan
from domain.households.importing.tally import totals
from domain.households.models import Household, RosterImport


def record_import(roster: RosterImport, plan: Plan, pupils: PupilPlan) -> None:
    record_many([*_entries(roster, plan, pupils)])


def _entries(roster: RosterImport, plan: Plan, pupils: PupilPlan) -> Iterator[Entry]:
    case = f"roster_import:{roster.pk}"
    new = {household.number for household in plan.new_households}
    for household in plan.new_households:
        yield Entry(Event.HOUSEHOLD_RECORD_CREATED, _subject(household), case=case)
    for household in _changed(plan):
        fields = sorted(plan.changes[household.number])
        yield Entry(Event.HOUSEHOLD_RECORD_CHANGED, _subject(household), {"fields": fields}, case=case)
    for household in (*plan.new_households, *plan.changed_households):
        if "address_hidden" in plan.changes[household.number] or (household.number in new and household.address_hidden):
            detail = {"protected": household.address_hidden}
            yield Entry(Event.HOUSEHOLD_PROTECTION_CHANGED, _subject(household), detail, case=case)
    for pupil in pupils.moved:
        yield Entry(Event.HOUSEHOLD_STATUS_CHANGED, [Subject("pupil", str(pupil.pk))], case=case)
    subject = [Subject("roster_import", str(roster.pk)), Subject("school", str(roster.school_id))]
    parked = totals(roster.counts)["保留"]
    if parked:
        yield Entry(Event.IMPORT_ROW_PARKED, subject, {"rows": parked}, case=case)
    yield Entry(Event.IMPORT_ROWS_APPLIED, subject, {"counts": roster.counts, "run": roster.run}, case=case)


def _changed(plan: Plan) -> list[Household]:
    """Known households of which a row of any sheet changed, each once."""
    owners = [*plan.changed_households]
    members = (*plan.new_members, *plan.changed_members)
    certificates = (*plan.new_certificates, *plan.changed_certificates)
    owners += [member.household for member in members]
    owners += [certificate.member.household for certificate in certificates]
    new = {household.number for household in plan.new_households}
    return list({each.number: each for each in owners if each.number not in new}.values())


def _subject(household: Household) -> list[Subject]:
    return [Subject("household", str(household.pk))]

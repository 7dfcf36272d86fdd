"""The import of one roster, from its bytes to its result: first what it would do (`look`), then, when somebody has seen that,
the doing.

Reading and comparing need no lock; the writing is one transaction that ends with the new state. A worker killed anywhere
before its commit has written nothing, and the next one begins again; after the commit there is nothing left to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households import canaries, extras
from domain.households.importing import changes, events, findings, writing
from domain.households.importing.alarms import tell_the_watch
from domain.households.importing.compare import Comparison, Plan
from domain.households.importing.enrolments import Enrolments, PupilPlan
from domain.households.importing.stored import load
from domain.households.importing.tally import Tallies, as_json
from domain.households.left_out import OPEN
from domain.households.models import RosterImport, RosterProblem, School
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS, PUPILS
from domain.households.roster.reader import read_roster
from domain.households.roster.rows import RosterReading
from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import CellProblem
from tenants.core import files
from tenants.core.keys import SealBroken

Progress = Callable[[int, int, str], None]
LATER_ROSTER = "後の名簿の取込"
_PLACE = ("sheet", "row", "column", "code")
"""What makes a finding the same one when the same bytes are read again."""


class RosterLost(Exception):
    """`import.file-lost`: the stored workbook is missing or not the one that was handed in."""

    identifier = "import.file-lost"

    def __init__(self) -> None:
        super().__init__(
            "保存した名簿のファイルが見つからないか、受け取ったものと違います。名簿をもう一度取り込んでください。"
        )


def import_roster(roster_id: int, progress: Progress) -> RosterImport:
    """Take a roster in; does nothing when that is done already. Raises RosterLost."""
    roster = RosterImport.objects.select_related("school").get(pk=roster_id)
    if roster.state != RosterImport.State.WAITING:
        return roster
    progress(0, 3, "名簿を読んでいます")
    reading = read(roster, _stored_bytes(roster))
    if reading.refused:
        return refuse(roster, reading.problems)
    households = _households_of_twins(roster, reading)
    progress(1, 3, "登録と比べて書き込んでいます")
    with transaction.atomic():
        roster = _locked(roster)
        if roster.state == RosterImport.State.WAITING and _take_in(roster, reading, households):
            taken = RosterImport.objects.filter(state=RosterImport.State.IMPORTED).exclude(pk=roster.pk)
            canaries.after_roster(is_first=not taken.exists())
    progress(3, 3, "取込済")
    return roster


def look(roster: RosterImport, reading: RosterReading) -> RosterImport:
    """What taking it in would do, kept for the page; nothing is written. Within the transaction of the caller."""
    plan, pupils = _compared(roster, reading)
    _keep_look(roster, reading, plan, pupils, _households_of_twins(roster, reading))
    return roster


def read(roster: RosterImport, data: bytes, confirmed: Sequence[str] = ()) -> RosterReading:
    distinct = [*roster.decisions.get(findings.DISTINCT, []), *confirmed]
    return read_roster(
        data, school_code=roster.school.code, fiscal_year=roster.fiscal_year, confirmed_distinct=distinct
    )


def refuse(roster: RosterImport, problems: Sequence[CellProblem]) -> RosterImport:
    """Nothing of the file is taken, and the file is not kept: it may hold what must not lie here."""
    with transaction.atomic():
        roster.problems.filter(settled_at=None).delete()
        roster.changes.all().delete()
        RosterProblem.objects.bulk_create(findings.rows_of_reader(roster, problems, lambda _: ""))
        path, roster.path, roster.state = roster.path, "", RosterImport.State.REFUSED
        roster.save(update_fields=["path", "state"])
        codes = sorted({problem.code.value for problem in problems})
        record(Event.IMPORT_FILE_REFUSED, subjects=[Subject("roster_import", str(roster.pk))], detail={"codes": codes})
        tell_the_watch(codes, f"roster:{roster.pk}", "名簿")
        if path:
            transaction.on_commit(lambda: files.resolve(path).unlink(missing_ok=True))
    return roster


def _stored_bytes(roster: RosterImport) -> bytes:
    try:
        data = files.read(roster.path)
    except (OSError, SealBroken):
        raise RosterLost from None
    if hashlib.sha256(data).hexdigest() != roster.digest:
        raise RosterLost
    return data


def _households_of_twins(roster: RosterImport, reading: RosterReading) -> dict[tuple[str, int], str]:
    """世帯番号 of the rows parked as one person written twice, by (sheet, row): a person may confirm them as two."""
    if not any(problem.code is Code.SAME_PERSON_TWICE for problem in reading.problems):
        return {}
    confirmed = read(roster, _stored_bytes(roster), confirmed=reading.parked_households)
    return {(MEMBERS.name, row.row): row.household_number for row in confirmed.members}


def _locked(roster: RosterImport) -> RosterImport:
    """Imports of one prefecture write one after the other: siblings make two schools write the same household."""
    list(School.objects.select_for_update(no_key=True).order_by("pk"))
    return RosterImport.objects.select_for_update(of=("self",)).select_related("school").get(pk=roster.pk)


def _compared(roster: RosterImport, reading: RosterReading) -> tuple[Plan, PupilPlan]:
    stored = load(roster, reading)
    plan = Comparison(roster.school, roster.fiscal_year, stored, roster.decisions).run(reading)
    return plan, Enrolments(roster, stored, writing.members_by_key(stored, plan)).run(list(reading.pupils))


def _keep_look(
    roster: RosterImport, reading: RosterReading, plan: Plan, pupils: PupilPlan, twins: dict[tuple[str, int], str]
) -> None:
    if roster.taken_counts is None:  # else its rows say what was left out when it was taken in
        _write_problems(roster, reading, plan, pupils, twins)
    changes.keep(roster, [*plan.replaced, *pupils.replaced])
    roster.counts = as_json(_tallies(reading, plan, pupils))
    roster.state = RosterImport.State.LOOKED
    roster.save(update_fields=["counts", "state"])


def _take_in(roster: RosterImport, reading: RosterReading, twins: dict[tuple[str, int], str]) -> bool:
    """False, and nothing written, when it would change what nobody was shown: the roster is to be looked at again."""
    plan, pupils = _compared(roster, reading)
    if changes.unseen(roster, [*plan.replaced, *pupils.replaced]):
        _keep_look(roster, reading, plan, pupils, twins)
        return False
    writing.write_households(plan)
    writing.write_pupils(pupils)
    _write_problems(roster, reading, plan, pupils, twins)
    roster.counts = roster.taken_counts = as_json(_tallies(reading, plan, pupils))
    roster.state = RosterImport.State.IMPORTED
    roster.save(update_fields=["counts", "taken_counts", "state"])
    roster.changes.all().delete()
    _settle_earlier(roster, _named(reading))
    events.record_import(roster, plan, pupils)
    extras.identified_anew(
        {one.pk for one in plan.changed_households} | {one.household_id for one in plan.changed_members}
    )
    return True


def _write_problems(
    roster: RosterImport,
    reading: RosterReading,
    plan: Plan,
    pupils: PupilPlan,
    twins: dict[tuple[str, int], str],
) -> None:
    roster.problems.filter(settled_at=None).delete()
    known = _named(reading)

    def household_of(problem: CellProblem) -> str:
        place = (problem.sheet, problem.row)
        if problem.code is Code.SAME_PERSON_TWICE:
            return twins.get(place, "")
        number = reading.household_of_row.get(place, "")
        return number if number in known else ""

    rows = findings.rows_of_reader(roster, reading.problems, household_of)
    rows += [finding.as_row(roster) for finding in (*plan.findings, *pupils.findings)]
    refused_by_people = set(roster.problems.filter(settlement=findings.DONE).values_list(*_PLACE))
    rows = [row for row in rows if tuple(getattr(row, name) for name in _PLACE) not in refused_by_people]
    RosterProblem.objects.bulk_create(rows, batch_size=writing.CHUNK)


def _named(reading: RosterReading) -> set[str]:
    """世帯番号 of the households of a roster, taken or not: a number that only another sheet has may be a slip."""
    return {number for (sheet, _), number in reading.household_of_row.items() if sheet == HOUSEHOLDS.name}


def _tallies(reading: RosterReading, plan: Plan, pupils: PupilPlan) -> Tallies:
    tallies = {HOUSEHOLDS.name: plan.households, MEMBERS.name: plan.members, PUPILS.name: pupils.tally}
    for sheet, tally in tallies.items():
        tally.parked += reading.counts[sheet].parked
        tally.wrong += reading.counts[sheet].wrong
    return tallies


def _settle_earlier(roster: RosterImport, named: set[str]) -> None:
    """A later roster of the same school and year says anew what it names: rows left out before are settled by it.

    A household that it does not name was not brought by it: that one stays left out until somebody says so.
    """
    RosterProblem.objects.filter(
        OPEN,
        Q(household_number="") | Q(household_number__in=named),
        roster__school=roster.school,
        roster__fiscal_year=roster.fiscal_year,
        roster__created_at__lt=roster.created_at,
    ).update(settled_at=timezone.now(), settled_by=LATER_ROSTER, settlement="later-roster")

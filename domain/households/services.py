"""Acts on rosters and households: each is one transaction with its trail event."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.importing import findings
from domain.households.importing.run import look, read, refuse
from domain.households.left_out import FOLLOWS, OPEN
from domain.households.models import RosterImport, RosterProblem, School
from jobs import services as jobs
from tenants.core import files
from web.text import digits_like_number

IMPORT_ROSTER = "households.import_roster"
WAITS_FOR_SOMEBODY = (RosterProblem.Severity.PARKED, RosterProblem.Severity.ERROR)
MAX_ROSTER_BYTES = 20 * 1024 * 1024


class CannotSettle(Exception):
    """`import.cannot-settle`: the parked row cannot be settled in this way (any more)."""

    identifier = "import.cannot-settle"

    def __init__(self) -> None:
        super().__init__("この行はこの方法では解消できません。画面を開き直して、今の状態を確かめてください。")


def ensure_school(code: str, name: str) -> School:
    """The school of this 学校コード; its name is brought up to date."""
    school, _ = School.objects.update_or_create(code=code, defaults={"name": name})
    return school


def known_roster(school: School, data: bytes, fiscal_year: int) -> RosterImport | None:
    """The import of the very same bytes, if they were handed in before."""
    digest = hashlib.sha256(data).hexdigest()
    return RosterImport.objects.filter(school=school, fiscal_year=fiscal_year, digest=digest).first()


def elsewhere(school: School, data: bytes) -> RosterImport | None:
    """The newest import of the very same bytes for another school, if any."""
    same = RosterImport.objects.filter(digest=hashlib.sha256(data).hexdigest()).exclude(school=school)
    return same.exclude(state=RosterImport.State.REFUSED).select_related("school").first()


def receive_roster(school: School, file_name: str, data: bytes, fiscal_year: int) -> RosterImport:
    """Keep a roster workbook and find out what it would do (LOOKED); `take_roster` does it. The same bytes again give the
    import that is there.

    Where another roster was taken in meanwhile, handing the older one in again goes back to it: it is looked at once more.
    A file that is refused as a whole (no workbook, another school's, individual numbers in it) is never stored: the
    import is REFUSED at once, with its problems. Raises tenants.core.files.DiskFull.
    """
    known = known_roster(school, data, fiscal_year)
    if known is not None:
        return _again(known, data)
    digest = hashlib.sha256(data).hexdigest()
    roster = RosterImport(
        school=school,
        fiscal_year=fiscal_year,
        file_name=_safe_name(file_name),
        digest=digest,
        created_by=current_actor().name,
    )
    reading = read(roster, data)
    if not reading.refused:
        roster.path = f"rosters/{fiscal_year}/{school.pk}/{digest}.xlsx"
        files.write_atomically(roster.path, data, roster.file_name)
    with transaction.atomic():
        RosterImport.objects.bulk_create([roster], ignore_conflicts=True)
        roster = RosterImport.objects.get(school=school, fiscal_year=fiscal_year, digest=digest)
        subjects = [Subject("roster_import", str(roster.pk)), Subject("school", str(school.pk))]
        record(Event.IMPORT_FILE_RECEIVED, subjects=subjects, detail={"sha256": digest, "bytes": len(data)})
        if reading.refused:
            return refuse(roster, reading.problems)
        return look(roster, reading)


def take_roster(roster: RosterImport) -> RosterImport:
    """取り込む: start the import of a roster that was looked at; does nothing for one that waits or is done already.

    Where it would change what was not shown (a value corrected on a page meanwhile), it is looked at again instead.
    """
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update(of=("self",)).select_related("school").get(pk=roster.pk)
        if roster.state == RosterImport.State.LOOKED:
            if jobs.newest(job_key(roster)) is not None:
                roster.run += 1
            if roster.taken_counts is not None:
                roster.created_at = timezone.now()  # from now on it is the later roster
            roster.state = RosterImport.State.WAITING
            roster.save(update_fields=["run", "state", "created_at"])
            _start(roster)
    return roster


def give_up(roster: RosterImport) -> None:
    """やめる, after a look: one that was taken in before is again as it was then, another is gone with its file."""
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if roster.state != RosterImport.State.LOOKED:
            return
        subjects = [Subject("roster_import", str(roster.pk)), Subject("school", str(roster.school_id))]
        record(Event.IMPORT_FILE_WITHDRAWN, subjects=subjects, detail={"sha256": roster.digest})
        if roster.taken_counts is None:
            path = roster.path
            roster.delete()
            transaction.on_commit(lambda: files.resolve(path).unlink(missing_ok=True))
            return
        roster.changes.all().delete()
        roster.counts, roster.state = roster.taken_counts, RosterImport.State.IMPORTED
        roster.save(update_fields=["counts", "state"])


def _again(roster: RosterImport, data: bytes) -> RosterImport:
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
        later = RosterImport.objects.filter(
            school=roster.school_id,
            fiscal_year=roster.fiscal_year,
            state=RosterImport.State.IMPORTED,
            created_at__gt=roster.created_at,
        )
        goes_back = roster.state == RosterImport.State.IMPORTED and later.exists()
        if goes_back or roster.state == RosterImport.State.LOOKED:
            look(roster, read(roster, data))
        elif roster.state == RosterImport.State.WAITING:
            _start(roster)
    return roster


def job_key(roster: RosterImport) -> str:
    """The key of the job that does the present reading of an import."""
    return f"{IMPORT_ROSTER}:{roster.pk}:{roster.run}"


def settle(problem: RosterProblem, decision: str) -> RosterImport:
    """Settle a row that was left out. A decision about its household (`distinct`, `adopt`, `keep`) reads the roster once more.

    Raises CannotSettle.
    """
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update().get(pk=problem.roster_id)
        problem = RosterProblem.objects.select_for_update().get(pk=problem.pk)
        _require_open(roster, problem, decision)
        settled = roster.problems.filter(settled_at=None, code=problem.code)
        if decision == findings.DONE:
            settled = settled.filter(pk=problem.pk)
        else:
            settled = settled.filter(household_number=problem.household_number)
            _decide(roster, decision, problem.household_number)
            _read_again(roster)
        settlement = {"settled_at": timezone.now(), "settled_by": current_actor().name, "settlement": decision}
        rows = settled.update(**settlement)
        if decision == findings.DONE:
            rows += _followers(problem).update(**settlement)
        record(
            Event.IMPORT_ROW_SETTLED,
            subjects=[Subject("roster_import", str(roster.pk)), Subject("row", str(problem.pk))],
            detail={"decision": decision, "code": problem.code, "rows": rows},
        )
    return roster


def decisions_for(problem: RosterProblem) -> tuple[str, ...]:
    """How a row may be settled; nothing for what is settled, needs no settling, or is of a file just being read."""
    waits = problem.severity in WAITS_FOR_SOMEBODY and problem.code != findings.HOUSEHOLD_INCOMPLETE
    if problem.settled_at is not None or not waits or problem.roster.state != RosterImport.State.IMPORTED:
        return ()
    by_household = findings.SETTLEMENTS.get(problem.code, ()) if problem.household_number else ()
    return by_household or (findings.DONE,)


def _require_open(roster: RosterImport, problem: RosterProblem, decision: str) -> None:
    problem.roster = roster
    if decision not in decisions_for(problem):
        raise CannotSettle


def _followers(problem: RosterProblem) -> QuerySet[RosterProblem]:
    """Rows held only for others of the household, once none of those is open any more."""
    of_household = RosterProblem.objects.filter(
        OPEN, roster=problem.roster_id, household_number=problem.household_number
    ).exclude(household_number="")
    causes = of_household.exclude(FOLLOWS)
    return of_household.none() if causes.exists() else of_household


def _decide(roster: RosterImport, decision: str, number: str) -> None:
    """Of adopt and keep the later word counts; that two people are two does not touch the other questions."""
    decided = {name: set(numbers) for name, numbers in roster.decisions.items()}
    if decision != findings.DISTINCT:
        for name in (findings.ADOPT, findings.KEEP):
            decided.get(name, set()).discard(number)
    decided.setdefault(decision, set()).add(number)
    roster.decisions = {name: sorted(numbers) for name, numbers in decided.items()}


def _read_again(roster: RosterImport) -> None:
    roster.run += 1
    roster.state = RosterImport.State.WAITING
    roster.save(update_fields=["decisions", "run", "state", "created_at"])
    _start(roster)


def _start(roster: RosterImport) -> None:
    jobs.start(
        IMPORT_ROSTER,
        {"roster": roster.pk},
        key=job_key(roster),
        title=f"名簿の取込（{roster.school.name}）",
    )


def _safe_name(file_name: str) -> str:
    """A file name is kept for people; one that holds something like an individual number is not."""
    return "名簿.xlsx" if digits_like_number(file_name) else file_name[-120:]

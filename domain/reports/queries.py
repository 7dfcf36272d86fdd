"""Reads of files, within the schools a person may take files of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404

from accounts.access import may, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import School
from domain.payments.models import PaymentRound
from domain.reports import starting
from domain.reports.models import OutputFile
from jobs.models import Job
from jobs.states import State

JOB_KINDS = (
    starting.NOTICES,
    starting.CALCULATION,
    starting.PAYMENT_CALCULATION,
    starting.SLIPS,
    starting.LEDGERS,
    starting.STATEMENTS,
    starting.BANK_FILE,
)
_JOBS_SHOWN = 5
_UNFINISHED = (State.QUEUED, State.RUNNING, State.FAILED)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the list is narrowed by; blank means everything."""

    kind: str = ""
    school: str = ""
    year: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Criteria:
        kind, year = parameters.get("kind", ""), parameters.get("year", "")
        known = kind in OutputFile.Kind.values
        return cls(
            kind if known else "", parameters.get("school", ""), year if year.isascii() and year.isdigit() else ""
        )

    @property
    def used(self) -> list[str]:
        """Names of the criteria that narrow, for the trail."""
        return [name for name in ("kind", "school", "year") if getattr(self, name)]


def may_take_bank_files(user: User) -> bool:
    """The transfer file is of all schools: for people of the board who calculate or approve payments."""
    pays = may(user, Permission.CALCULATE_ROUND) or may(user, Permission.APPROVE_ROUND)
    return pays and visible_schools(user, Permission.DOWNLOAD_FILE) is None


def visible_files(user: User) -> QuerySet[OutputFile]:
    codes = visible_schools(user, Permission.DOWNLOAD_FILE)
    files = OutputFile.objects.all() if codes is None else OutputFile.objects.filter(school_code__in=codes)
    return files if may_take_bank_files(user) else files.exclude(kind=OutputFile.Kind.BANK)


def list_files(user: User, criteria: Criteria) -> QuerySet[OutputFile]:
    """Newest first, with the number of 〓 (`glyphs`) and whether a later version of the same thing exists (`replaced`)."""
    files = visible_files(user)
    if criteria.kind:
        files = files.filter(kind=criteria.kind)
    if criteria.school:
        files = files.filter(school_code=criteria.school)
    if criteria.year:
        files = files.filter(fiscal_year=int(criteria.year[:4]))
    return _with_marks(files)


def find_file(user: User, file_id: int) -> OutputFile:
    """Raises Http404 for one that does not exist or is not the person's to take."""
    found = _with_marks(visible_files(user)).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


def _with_marks(files: QuerySet[OutputFile]) -> QuerySet[OutputFile]:
    later = OutputFile.objects.filter(subject=OuterRef("subject"), pk__gt=OuterRef("pk")).exclude(run=OuterRef("run"))
    marked = files.annotate(glyphs=Count("missing_glyphs"), replaced=Exists(later))
    return marked.order_by("-created_at", "-pk")


def schools_of(user: User) -> list[School]:
    codes = visible_schools(user, Permission.DOWNLOAD_FILE)
    return list(School.objects.all() if codes is None else School.objects.filter(code__in=codes))


def years() -> list[int]:
    return list(OutputFile.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct())


def released_rounds(fiscal_year: int) -> list[PaymentRound]:
    """Rounds for which slips and the transfer file can be made."""
    rounds = PaymentRound.objects.filter(fiscal_year=fiscal_year, state=PaymentRound.State.RELEASED)
    return list(rounds.order_by("-number"))


def jobs_of(user: User) -> list[Job]:
    """Files that are being made or could not be made, for the person's schools: the newest of each request."""
    jobs = Job.objects.filter(kind__in=JOB_KINDS, state__in=_UNFINISHED)
    codes = visible_schools(user, Permission.DOWNLOAD_FILE)
    if codes is not None:
        jobs = jobs.filter(args__school__in=codes)
    if not may_take_bank_files(user):
        jobs = jobs.exclude(kind=starting.BANK_FILE)
    later = Job.objects.filter(kind=OuterRef("kind"), args=OuterRef("args"), created_at__gt=OuterRef("created_at"))
    return list(jobs.exclude(Exists(later)).order_by("-created_at")[:_JOBS_SHOWN])

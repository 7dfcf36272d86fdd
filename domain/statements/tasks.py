"""Long work on many 調書."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import Household, Member, Pupil, StatusPeriod
from domain.linkage.models import Inquiry
from domain.statements import bulk, services
from domain.statements.models import (
    Computation,
    Determination,
    MemberFacts,
    PupilCategory,
    Statement,
    StatementStep,
)
from domain.statements.states import AT_SCHOOL
from domain.yearpacks.resolving import pack_of
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.registry import job_kind
from tenants.core import statistics

CHUNK = 400


class AskerMayNot(ValueError):
    """`statements.asker-may-not`: the person in whose name the job acts has left, or lost the permission."""

    identifier = "statements.asker-may-not"

    def __init__(self, permission: Permission) -> None:
        super().__init__(
            f"依頼した職員に、いま「{permission.label}」権限がないため、処理を止めました。"
            "済んだ分は残っています。残りは、権限を持つ職員があらためて始めてください。"
        )


@job_kind("statements.compute", "収入額・需要額の算定")  # the asker's and the board's
def compute(handle: JobHandle) -> None:
    """Arguments: fiscal_year, pack, overlays; schools (codes, absent: all). Opens what is not open, then computes all that
    is still at a school."""
    fiscal_year = int(handle.args["fiscal_year"])
    pack = pack_of(str(handle.args["pack"]), tuple(handle.args.get("overlays", ())))
    services.open_statements(fiscal_year)
    statistics.refresh(Household, Member, Pupil, StatusPeriod, Inquiry, Statement, StatementStep, MemberFacts)
    year = _of_schools(handle, Statement.objects.filter(fiscal_year=fiscal_year))
    ids = list(year.filter(state__in=AT_SCHOOL).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        handle.advance(start, len(ids), "算定")
        services.compute_by_id(ids[start : start + CHUNK], pack)
    handle.advance(len(ids), len(ids))
    for category, name in ((1, "Ⅰ"), (2, "Ⅱ"), (3, "Ⅲ")):
        computed = year.filter(
            state=Statement.State.COMPUTED, computations__category=category, computations__provisional=False
        )
        handle.set_count(f"区分{name}", computed.distinct().count())
    handle.set_count("要確認", year.filter(state=Statement.State.CHECKING).count())


@job_kind("statements.propose", "支弁区分の決定伺い", permission=Permission.PROPOSE_DECISION, decides=True)
def propose(handle: JobHandle) -> None:
    """Arguments: statements (ids), document_number, effective_from (ISO). Proposes those still forwarded, as the asker."""
    document_number = str(handle.args["document_number"])
    effective_from = datetime.date.fromisoformat(handle.args["effective_from"])
    ids = sorted(handle.args["statements"])
    for chunk, officer in _chunks(handle, ids, "起案", Permission.PROPOSE_DECISION):
        services.propose(chunk, officer, document_number, effective_from)
    handle.set_count("起案", Statement.objects.filter(pk__in=ids, state=Statement.State.PROPOSED).count())


@job_kind("statements.approve", "支弁区分の決定", permission=Permission.APPROVE_DECISION, decides=True)
def approve(handle: JobHandle) -> None:
    """Arguments: fiscal_year; statements (ids, absent: all that is proposed), newest (the last proposal seen).

    Decides, as the person who asked for the job.
    """
    fiscal_year = int(handle.args["fiscal_year"])
    year = Statement.objects.filter(fiscal_year=fiscal_year)
    if "statements" in handle.args:
        year = year.filter(pk__in=handle.args["statements"])
    proposed = year.filter(state=Statement.State.PROPOSED)
    statistics.refresh(Statement, StatementStep, Computation, Determination, PupilCategory)
    ids = list(proposed.order_by("pk").values_list("pk", flat=True))
    for chunk, approver in _chunks(handle, ids, "決定", Permission.APPROVE_DECISION):
        services.approve(chunk, approver, handle.args.get("newest"))
    handle.set_count("決定", year.filter(state=Statement.State.DECIDED).count())


@job_kind(bulk.PROPOSE_PROVISIONAL, "仮決定の伺い", permission=Permission.PROPOSE_DECISION, decides=True)
def propose_provisional(handle: JobHandle) -> None:
    """Arguments: statements (ids), document_number, effective_from (ISO), pack, overlays. As the asker."""
    pack = pack_of(str(handle.args["pack"]), tuple(handle.args["overlays"]))
    number, day = str(handle.args["document_number"]), datetime.date.fromisoformat(handle.args["effective_from"])
    ids = sorted(handle.args["statements"])
    mine = Determination.objects.filter(statement__in=ids, kind=Determination.Kind.PROVISIONAL, document_number=number)
    for chunk, officer in _chunks(handle, ids, "起案", Permission.PROPOSE_DECISION):
        services.propose_provisional(
            set(chunk) - set(mine.values_list("statement", flat=True)), officer, number, day, pack
        )
    handle.set_count("起案", mine.count())
    handle.set_count("起案できない", len(ids) - mine.count())


@job_kind(bulk.APPROVE_PROVISIONAL, "仮決定", permission=Permission.APPROVE_DECISION, decides=True)
def approve_provisional(handle: JobHandle) -> None:
    """Argument: statements (ids). Decides, as the person who asked for the job."""
    ids = sorted(handle.args["statements"])
    for chunk, approver in _chunks(handle, ids, "仮決定", Permission.APPROVE_DECISION):
        services.approve_provisional(chunk, approver)
    decided = Determination.objects.filter(statement__in=ids, kind=Determination.Kind.PROVISIONAL)
    handle.set_count("仮決定", decided.exclude(approved_by=None).count())


def _chunks(handle: JobHandle, ids: list[int], step: str, permission: Permission) -> Iterator[tuple[list[int], User]]:
    """What is left piece by piece, each with who asked: a leaver stops at 0:00 also in the middle of thousands.

    Where nothing is left, who may not is refused all the same, rather than told that it went well.
    """
    if not ids:
        _asker(handle, permission)
    for start in range(0, len(ids), CHUNK):
        handle.advance(start, len(ids), step)
        yield ids[start : start + CHUNK], _asker(handle, permission)
    handle.advance(len(ids), len(ids))


def _asker(handle: JobHandle, permission: Permission) -> User:
    """Who asked for the job, in whose name it acts: as long as the person may. Raises AskerMayNot.

    Read anew for each piece: between asking (or failing) and now the person may have left, or lost the role.
    """
    asked_by = Job.objects.get(pk=handle.job_id).created_by
    asker = User.objects.filter(pk=int(asked_by)).first() if asked_by.isdecimal() else None
    if asker is None or not asker.is_current(timezone.localdate()) or not may(asker, permission):
        raise AskerMayNot(permission)
    return asker


def _of_schools(handle: JobHandle, statements: QuerySet[Statement]) -> QuerySet[Statement]:
    schools = handle.args.get("schools")
    return statements if schools is None else statements.filter(school__code__in=schools)

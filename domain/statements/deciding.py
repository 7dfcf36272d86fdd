"""支弁区分決定: one person proposes, another approves; the pupils' status rows then carry the category."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.errors import SamePerson
from accounts.models import User
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, StatusPeriod
from domain.statements.intake import year_starts_on
from domain.statements.models import Computation, Determination, PupilCategory, Statement
from domain.statements.states import move_many


def propose_all(fiscal_year: int, user: User, *, document_number: str) -> int:
    """Propose every forwarded 調書 of the year; returns how many."""
    forwarded = Statement.objects.filter(fiscal_year=fiscal_year, state=Statement.State.FORWARDED)
    return propose(forwarded.values_list("pk", flat=True), user, document_number, year_starts_on(fiscal_year))


@transaction.atomic
def propose(ids: Iterable[int], user: User, document_number: str, effective_from: datetime.date) -> int:
    """決定伺い for these 調書, on the figures of their last computation."""
    moved = move_many(ids, Statement.State.PROPOSED, by=user.display_name, reason=document_number)
    runs = _last_computations(moved)
    proposals = [
        Determination(
            statement_id=pk,
            computation=runs[pk],
            household_category=runs[pk].category,
            effective_from=effective_from,
            document_number=document_number,
            proposed_by=user.username,
        )
        for pk in moved
    ]
    Determination.objects.filter(statement__in=moved, effective_from=effective_from, approved_by=None).delete()
    made = Determination.objects.bulk_create(proposals, batch_size=1000)
    _keep_pupil_categories(made)
    record_many(
        Entry(
            Event.STATEMENT_CATEGORY_PROPOSED,
            (Subject("statement", str(row.statement_id)),),
            {"category": row.household_category, "document": document_number},
        )
        for row in made
    )
    return len(made)


@transaction.atomic
def approve(ids: Sequence[int], user: User) -> int:
    """Decide these proposed 調書 as the second person. Raises SamePerson when one of them was proposed by the same person."""
    proposals = list(
        Determination.objects.select_for_update()
        .filter(statement__in=ids, approved_by=None, statement__state=Statement.State.PROPOSED)
        .order_by("pk")
    )
    if any(proposal.proposed_by == user.username for proposal in proposals):
        raise SamePerson
    moved = set(move_many([p.statement_id for p in proposals], Statement.State.DECIDED, by=user.display_name))
    decided = [proposal for proposal in proposals if proposal.statement_id in moved]
    Determination.objects.filter(pk__in=[row.pk for row in decided]).update(
        approved_by=user.username, approved_at=timezone.now()
    )
    _give_pupils_their_category(decided)
    record_many(
        Entry(
            Event.STATEMENT_CATEGORY_DECIDED,
            (Subject("statement", str(row.statement_id)),),
            {"category": row.household_category, "document": row.document_number},
            allowed_by="approve_decision",
        )
        for row in decided
    )
    return len(decided)


@transaction.atomic
def mark_noticed(ids: Iterable[int], by: str) -> int:
    """After the 決定通知書 was made."""
    moved = move_many(ids, Statement.State.NOTICED, by=by)
    record_many(Entry(Event.STATEMENT_NOTICE_ISSUED, (Subject("statement", str(pk)),)) for pk in moved)
    return len(moved)


def _last_computations(ids: Sequence[int]) -> dict[int, Computation]:
    runs = Computation.objects.filter(statement__in=ids).order_by("statement_id", "-sequence").distinct("statement_id")
    return {run.statement_id: run for run in runs}


def _keep_pupil_categories(determinations: Sequence[Determination]) -> None:
    """Each pupil's own category as the receipt gives it; a member with two enrolments has it at both schools."""
    pupils: dict[tuple[int, str], list[int]] = defaultdict(list)
    households = [row.statement.household_id for row in _with_statements(determinations)]
    enrolments = Pupil.objects.filter(member__household__in=households)
    for pk, household, key in enrolments.values_list("pk", "member__household_id", "member__key"):
        pupils[household, key].append(pk)
    rows = [
        PupilCategory(determination=row, pupil_id=pk, category=category, reason=reason)
        for row in _with_statements(determinations)
        for key, category, reason in pupils_of(row.computation)
        for pk in pupils[row.statement.household_id, key]
    ]
    PupilCategory.objects.bulk_create(rows, batch_size=2000)


def pupils_of(computation: Computation) -> Iterable[tuple[str, int | None, str]]:
    """Member key, category and reason of each pupil in a receipt."""
    for pupil in computation.receipt["result"]["pupils"]:
        yield str(pupil["key"]), pupil["category"], str(pupil["reason"])


def _with_statements(determinations: Sequence[Determination]) -> Sequence[Determination]:
    return list(
        Determination.objects.filter(pk__in=[row.pk for row in determinations]).select_related(
            "statement", "computation"
        )
    )


def _give_pupils_their_category(determinations: Sequence[Determination]) -> None:
    """Write the category into the status rows from the effective date on; rows before it keep what they had."""
    by_day: dict[tuple[datetime.date, int | None], list[int]] = defaultdict(list)
    effective = {row.pk: row.effective_from for row in determinations}
    rows = PupilCategory.objects.filter(determination__in=list(effective))
    for determination, pupil, category in rows.values_list("determination", "pupil", "category"):
        by_day[effective[determination], category].append(pupil)
    for (day, category), pupils in by_day.items():
        _split_status(pupils, day)
        StatusPeriod.objects.filter(pupil__in=pupils, starts_on__gte=day).update(category=category)


def _split_status(pupils: Sequence[int], day: datetime.date) -> None:
    """Where a status row began before `day` and still holds, an equal one begins on `day`."""
    holding = StatusPeriod.objects.filter(pupil__in=pupils, starts_on__lte=day)
    new = []
    for row in holding.order_by("pupil_id", "-starts_on").distinct("pupil_id"):
        if row.starts_on < day and row.attendance != StatusPeriod.Attendance.LEFT:
            row.pk, row.starts_on = None, day
            new.append(row)
    StatusPeriod.objects.bulk_create(new, batch_size=1000)

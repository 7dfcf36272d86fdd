"""支弁区分決定: one person proposes, another approves; the pupils' status rows then carry the category.

A 再判定 is decided on its own day; a 調書 with a 仮決定 from the day of the 仮決定, which it replaces.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import TwoPersonRule, two_person
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.statements.giving import give_pupils_their_category, keep_pupil_categories
from domain.statements.intake import year_starts_on
from domain.statements.models import Computation, Determination, Statement
from domain.statements.states import move_many

Kind = Determination.Kind


APPROVAL = two_person(
    "statements.decision",
    "支弁区分の決定",
    first=Permission.PROPOSE_DECISION,
    second=Permission.APPROVE_DECISION,
    again="起案を取り下げて、起案し直してください。",
)


def propose_all(fiscal_year: int, user: User, *, document_number: str) -> int:
    """Propose every forwarded 調書 of the year; returns how many."""
    forwarded = Statement.objects.filter(fiscal_year=fiscal_year, state=Statement.State.FORWARDED)
    return propose(forwarded.values_list("pk", flat=True), user, document_number, year_starts_on(fiscal_year))


@transaction.atomic
def propose(ids: Iterable[int], user: User, document_number: str, effective_from: datetime.date) -> int:
    """決定伺い for these 調書, on the figures of their last computation.

    `effective_from` is for those that bring no day of their own (a 再判定, or a 仮決定 to be replaced).
    """
    moved = move_many(ids, Statement.State.PROPOSED, by=user.display_name, reason=document_number)
    runs, roots, days = _last_computations(moved), _roots(moved), _own_days(moved)
    proposals = [
        Determination(
            statement_id=pk,
            root_id=roots[pk],
            computation=runs[pk],
            household_category=runs[pk].category,
            effective_from=days.get(pk, effective_from),
            document_number=document_number,
            proposed_by=user.username,
        )
        for pk in moved
    ]
    Determination.objects.filter(statement__in=moved, kind=Kind.FINAL, approved_by=None).delete()
    made = Determination.objects.bulk_create(proposals, batch_size=1000)
    keep_pupil_categories(made)
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
def approve(ids: Sequence[int], user: User, newest: int | None = None) -> int:
    """Decide these proposed 調書 as the second person. Raises SamePerson when one of them was proposed by the same person, RequestStale.

    `newest`: the last proposal the person saw; what was proposed anew after it waits for another look.
    """
    waiting = Determination.objects.select_for_update().filter(
        statement__in=ids, kind=Kind.FINAL, approved_by=None, statement__state=Statement.State.PROPOSED
    )
    if newest is not None:
        waiting = waiting.filter(pk__lte=newest)
    proposals = list(waiting.order_by("pk"))
    require_two(APPROVAL, proposals, user)
    moved = set(move_many([p.statement_id for p in proposals], Statement.State.DECIDED, by=user.display_name))
    decided = [proposal for proposal in proposals if proposal.statement_id in moved]
    Determination.objects.filter(pk__in=[row.pk for row in decided]).update(
        approved_by=user.username, approved_at=timezone.now()
    )
    Determination.objects.filter(statement__in=moved, kind=Kind.PROVISIONAL, approved_by=None).delete()
    give_pupils_their_category(decided)
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


def require_two(rule: TwoPersonRule, proposals: Sequence[Determination], user: User) -> None:
    """Raises SamePerson and RequestStale; who proposed must still be able to at the schools of all of their 調書."""
    for first in {proposal.proposed_by for proposal in proposals}:
        theirs = [proposal for proposal in proposals if proposal.proposed_by == first]
        rule.require(first, user)
        schools = School.objects.filter(statements__in=[proposal.statement_id for proposal in theirs])
        codes = set(schools.values_list("code", flat=True))
        rule.require_current(first, min(proposal.proposed_at for proposal in theirs), codes)


@transaction.atomic
def take_back(ids: Sequence[int], user: User, document_number: str) -> int:
    """Proposals of this document that nobody has decided: their 調書 are forwarded again; returns how many."""
    proposals = Determination.objects.select_for_update().filter(
        statement__in=ids, kind=Kind.FINAL, approved_by=None, document_number=document_number,
        statement__state=Statement.State.PROPOSED,
    )  # fmt: skip
    waiting = list(proposals.order_by("pk").values_list("statement", flat=True))
    words = f"決定の起案を取り下げ {document_number}"
    moved = move_many(waiting, Statement.State.FORWARDED, by=user.display_name, reason=words)
    Determination.objects.filter(statement__in=moved, kind=Kind.FINAL, approved_by=None).delete()
    record_many(
        Entry(
            Event.STATEMENT_CATEGORY_WITHDRAWN,
            (Subject("statement", str(pk)),),
            {"document": document_number},
        )
        for pk in moved
    )
    return len(moved)


@transaction.atomic
def mark_noticed(ids: Iterable[int], by: str) -> int:
    """After the 決定通知書 was made."""
    moved = move_many(ids, Statement.State.NOTICED, by=by)
    record_many(Entry(Event.STATEMENT_NOTICE_ISSUED, (Subject("statement", str(pk)),)) for pk in moved)
    return len(moved)


def _last_computations(ids: Sequence[int]) -> dict[int, Computation]:
    runs = Computation.objects.filter(statement__in=ids, provisional=False)
    return {run.statement_id: run for run in runs.order_by("statement_id", "-sequence").distinct("statement_id")}


def _roots(ids: Sequence[int]) -> dict[int, int]:
    rows = Statement.objects.filter(pk__in=ids).values_list("pk", "revises")
    return {pk: pk if revises is None else revises for pk, revises in rows}


def _own_days(ids: Sequence[int]) -> dict[int, datetime.date]:
    """調書 → the day from which it must be decided: of its approved 仮決定, else the one a 再判定 names."""
    named = Statement.objects.filter(pk__in=ids).values_list("pk", "effective_from")
    days = {pk: day for pk, day in named if day is not None}
    provisional = Determination.objects.filter(statement__in=ids, kind=Kind.PROVISIONAL).exclude(approved_by=None)
    return {**days, **dict(provisional.order_by("-effective_from").values_list("statement", "effective_from"))}

"""仮決定: a category for households whose facts are late, by the pack's rule for 仮区分 (no payment, a category, or judge).

Two people decide it as any other. The 調書 stays at the school and goes on as before; its final decision takes the same
first day and replaces the 仮決定, which stays as the record of what was known until then. Source: syusys.p-space.jp
AllowanceGrade/determination (vendor), 新潟県 要項 (a chapter on 支弁区分及び仮区分の決定).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.rules import Assessment, Pack
from domain.statements.computing import assess_statements, computation_of
from domain.statements.deciding import require_two
from domain.statements.giving import give_pupils_their_category, keep_pupil_categories
from domain.statements.models import Computation, Determination, Statement, StatementStep
from domain.statements.states import AT_SCHOOL
from domain.yearpacks.resolving import keep_used

State, Kind = Statement.State, Determination.Kind
LATE = tuple(state for state in AT_SCHOOL if state != State.COMPUTED)
"""Where facts are late: at the school, and not computed with everything there."""
UNDECIDED = tuple(state for state in State if state not in (State.DECIDED, State.NOTICED, State.WITHDRAWN))


APPROVAL = two_person(
    "statements.provisional",
    "仮決定",
    first=Permission.PROPOSE_DECISION,
    second=Permission.APPROVE_DECISION,
    again="仮決定を起案し直してください（起案し直すと、前の起案と入れ替わります）。",
)


@transaction.atomic
def propose_provisional(
    ids: Iterable[int], user: User, document_number: str, effective_from: datetime.date, pack: Pack
) -> int:
    """決定伺い of a 仮決定 for those of these 調書 whose facts are late and that have none yet; returns how many.

    A 再判定 takes its own day. Where the pack says to judge normally and facts are missing, nothing can be proposed: the
    調書 is left out.
    """
    late = list(
        Statement.objects.select_for_update(of=("self",))
        .filter(pk__in=list(ids), state__in=LATE)
        .exclude(pk__in=approved().values("statement"))
        .select_related("household")
        .order_by("pk")
    )
    keep_used(pack)
    results = assess_statements(late, pack, provisional=True)
    able = [(one, result) for one, result in results if isinstance(result, Assessment) and result.complete]
    Determination.objects.filter(
        statement__in=[one.pk for one, _ in able], kind=Kind.PROVISIONAL, approved_by=None
    ).delete()
    runs = _keep_runs(able)
    made = Determination.objects.bulk_create(
        [
            Determination(
                statement=one,
                root_id=one.root_id,
                kind=Kind.PROVISIONAL,
                computation=run,
                household_category=run.category,
                effective_from=one.effective_from or effective_from,
                document_number=document_number,
                proposed_by=user.username,
            )
            for (one, _), run in zip(able, runs, strict=True)
        ],
        batch_size=1000,
    )
    keep_pupil_categories(made)
    _note(made, f"仮決定の起案 {document_number}", user.display_name)
    _record(made, Event.STATEMENT_CATEGORY_PROPOSED)
    return len(made)


@transaction.atomic
def approve_provisional(ids: Sequence[int], user: User) -> int:
    """Decide as the second person; 調書 that were decided meanwhile are left out. Raises SamePerson, RequestStale."""
    proposals = list(
        Determination.objects.select_for_update(of=("self", "statement"))
        .filter(statement__in=ids, kind=Kind.PROVISIONAL, approved_by=None, statement__state__in=UNDECIDED)
        .select_related("statement")
        .order_by("pk")
    )
    require_two(APPROVAL, proposals, user)
    Determination.objects.filter(pk__in=[row.pk for row in proposals]).update(
        approved_by=user.username, approved_at=timezone.now()
    )
    give_pupils_their_category(proposals)
    _note(proposals, "仮決定", user.display_name)
    _record(proposals, Event.STATEMENT_PROVISIONAL_DECIDED, allowed_by="approve_decision")
    return len(proposals)


@transaction.atomic
def withdraw_provisional(ids: Sequence[int], user: User) -> int:
    """Take back proposals that nobody has decided; returns how many."""
    proposals = list(
        Determination.objects.select_for_update(of=("self",))
        .filter(statement__in=ids, kind=Kind.PROVISIONAL, approved_by=None)
        .select_related("statement")
    )
    _note(proposals, "仮決定の起案を取り下げ", user.display_name)
    Determination.objects.filter(pk__in=[row.pk for row in proposals]).delete()
    return len(proposals)


def approved() -> QuerySet[Determination]:
    """仮決定 that two people made."""
    return Determination.objects.filter(kind=Kind.PROVISIONAL).exclude(approved_by=None)


def _keep_runs(able: Sequence[tuple[Statement, Assessment]]) -> list[Computation]:
    ids = [one.pk for one, _ in able]
    rows = Computation.objects.filter(statement__in=ids).values("statement").annotate(last=Max("sequence"))
    last = {row["statement"]: row["last"] for row in rows.order_by()}
    runs = []
    for one, result in able:
        run = computation_of(one, result, last.get(one.pk, 0) + 1)
        run.provisional = True
        runs.append(run)
    return Computation.objects.bulk_create(runs, batch_size=500)


def _note(determinations: Iterable[Determination], words: str, by: str) -> None:
    """In the history of the 調書, whose state does not change by it."""
    StatementStep.objects.bulk_create(
        [
            StatementStep(
                statement=row.statement,
                from_state=row.statement.state,
                to_state=row.statement.state,
                by=by,
                reason=words,
            )
            for row in determinations
        ],
        batch_size=2000,
    )


def _record(determinations: Iterable[Determination], event: Event, allowed_by: str = "") -> None:
    record_many(
        Entry(
            event,
            (Subject("statement", str(row.statement_id)),),
            {"category": row.household_category, "document": row.document_number, "kind": str(row.kind)},
            allowed_by=allowed_by,
        )
        for row in determinations
    )

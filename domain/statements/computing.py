"""算定: run the rules over 調書 and keep each run with its receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.db.models import OuterRef, Subquery

from audit.trail.actors import current_actor
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import StatusPeriod
from domain.rules import Assessment, CaseError, HouseholdCase, Pack, assess
from domain.statements.cases import household_case
from domain.statements.facts import gather
from domain.statements.intake import year_ends_on
from domain.statements.models import Computation, Statement
from domain.statements.reading import Facts, Members, facts_of, members_of
from domain.statements.states import AT_SCHOOL, move_many
from domain.yearpacks.resolving import keep_used
from jobs.memory import no_collecting
from tenants.core.db.among import Among
from tenants.core.db.copying import copy_in

_ASKED = (
    "household_id", "fiscal_year", "state", "revises_id", "income_basis", "effective_from", "counted_on",
    "household__living_cost_grade", "household__winter_zone", "household__decline", "household__on_welfare",
    "household__single_parent",
)  # fmt: skip
"""What is read of a 調書 and its household."""


def compute(statements: Sequence[Statement], pack: Pack) -> list[Computation]:
    """Gather facts, compute, and move each 調書 to 算定済 or 要確認. A run equal to the last one is not kept again."""
    return compute_by_id([statement.pk for statement in statements], pack)


@no_collecting()
@transaction.atomic
def compute_by_id(ids: Sequence[int], pack: Pack) -> list[Computation]:
    """`compute` for whoever has only the ids of the 調書."""
    locked = list(
        Statement.objects.select_for_update(of=("self",))
        .filter(Among("pk", ids), state__in=AT_SCHOOL)
        .select_related("household")
        .only(*_ASKED)
        .order_by("pk")
    )
    keep_used(pack)
    members = members_of(statement.household_id for statement in locked)
    facts = gather(locked, members)
    unclear: dict[int, str] = {}
    kept = copy_in(Computation, _new_runs(_cases(locked, members, facts), pack, _last_runs(locked), unclear))
    _move(locked, unclear)
    record_many(
        Entry(
            Event.STATEMENT_CATEGORY_COMPUTED,
            (Subject("statement", str(run.statement_id)),),
            {"category": run.category, "receipt": run.receipt_digest[:16], "pack": run.pack},
        )
        for run in kept
    )
    if locked and not kept:  # the same result as before, but facts and states may have been written
        subjects = [Subject("statement", str(row.pk)) for row in locked]
        record(Event.STATEMENT_RECORD_SAVED, subjects=subjects, detail={"result": "unchanged"})
    return kept


def _move(statements: Sequence[Statement], unclear: Mapping[int, str]) -> None:
    """To 算定済, or to 要確認 with the reason."""
    by = current_actor().name
    for reason in dict.fromkeys(unclear.values()):
        ids = [pk for pk, said in unclear.items() if said == reason]
        move_many(ids, Statement.State.CHECKING, by=by, reason=reason)
    move_many([each.pk for each in statements if each.pk not in unclear], Statement.State.COMPUTED, by=by)


def assess_statements(
    statements: Sequence[Statement], pack: Pack, *, provisional: bool = False
) -> Iterator[tuple[Statement, Assessment | CaseError]]:
    """Each 調書 (of one year) with its assessment, or with what makes its facts impossible."""
    members = members_of(statement.household_id for statement in statements)
    facts = facts_of(statement.pk for statement in statements)
    for statement, case in _cases(statements, members, facts, provisional=provisional):
        try:
            yield statement, assess(pack, case)
        except CaseError as error:
            yield statement, error


def _cases(
    statements: Sequence[Statement], members: Members, facts: Facts, *, provisional: bool = False
) -> list[tuple[Statement, HouseholdCase]]:
    households = [statement.household_id for statement in statements]
    institution = _institution_members(households, statements[0].fiscal_year) if statements else frozenset()
    return [
        (
            statement,
            household_case(
                statement,
                members.get(statement.household_id, ()),
                facts.get(statement.pk, {}),
                _institution_members_on(statement) if statement.is_redetermination else institution,
                provisional=provisional,
            ),
        )
        for statement in statements
    ]


def _institution_members(households: list[int], fiscal_year: int) -> frozenset[int]:
    """Members whose status of the year says 措置費受給の施設生."""
    rows = StatusPeriod.objects.filter(
        Among("pupil__member__household", households),
        institution_aid=True,
        starts_on__lte=year_ends_on(fiscal_year),
    )
    return frozenset(rows.values_list("pupil__member_id", flat=True))


def _institution_members_on(statement: Statement) -> frozenset[int]:
    """For a 再判定: members whose status on its first day says 措置費受給."""
    rows = StatusPeriod.objects.filter(
        pupil__member__household=statement.household_id, starts_on__lte=statement.effective_from
    ).exclude(attendance=StatusPeriod.Attendance.LEFT)
    newest = rows.order_by("pupil__member_id", "-starts_on").distinct("pupil__member_id")
    return frozenset(member for member, aid in newest.values_list("pupil__member_id", "institution_aid") if aid)


def _new_runs(
    cases: Iterable[tuple[Statement, HouseholdCase]],
    pack: Pack,
    last: Mapping[int, tuple[int, str]],
    unclear: dict[int, str],
) -> Iterator[Computation]:
    """The runs that differ from the last one, each made while the database takes in those before it; asks the database nothing.

    調書 that cannot be computed are put into `unclear`, with the reason.
    """
    for statement, case in cases:
        try:
            assessment = assess(pack, case)
        except CaseError as error:  # one household's contradiction must not stop the others
            unclear[statement.pk] = str(error)[:400]
            continue
        if not assessment.complete:
            unclear[statement.pk] = "算定に必要な値が足りません"
        sequence, digest = last.get(statement.pk, (0, ""))
        run = computation_of(statement, assessment, sequence + 1)
        if run.receipt_digest != digest:
            yield run


def _last_runs(statements: Iterable[Statement]) -> dict[int, tuple[int, str]]:
    """調書 → its highest sequence, and the digest of its last run that was not for a 仮決定."""
    newest = Computation.objects.filter(statement=OuterRef("statement")).order_by("-sequence").values("pk")[:1]
    rows = Computation.objects.filter(Among("statement", [each.pk for each in statements]), pk=Subquery(newest))
    columns = rows.values_list("statement", "sequence", "receipt_digest", "provisional")
    found = {pk: (sequence, "" if provisional else digest) for pk, sequence, digest, provisional in columns}
    hidden = [pk for pk, (_, digest) in found.items() if not digest]
    for pk, digest in _digests_before(hidden) if hidden else ():
        found[pk] = (found[pk][0], digest)
    return found


def _digests_before(ids: list[int]) -> Iterable[tuple[int, str]]:
    """Of 調書 whose newest run was for a 仮決定: the digest of the last one that was not."""
    rows = Computation.objects.filter(statement__in=ids, provisional=False)
    return rows.order_by("statement", "-sequence").distinct("statement").values_list("statement", "receipt_digest")


def computation_of(statement: Statement, assessment: Assessment, sequence: int) -> Computation:
    receipt = assessment.receipt_text()
    need = assessment.annual_need
    return Computation(
        statement=statement,
        sequence=sequence,
        pack=assessment.pack.name,
        pack_digest=assessment.pack.digest,
        income=assessment.income,
        annual_need_numerator=None if need is None else need.numerator,
        annual_need_denominator=1 if need is None else need.denominator,
        category=None if assessment.category is None else int(assessment.category),
        category_reason=str(assessment.reason),
        standing=str(assessment.standing),
        missing=[{"kind": m.kind, "name": m.name, "message": m.message} for m in assessment.missing],
        receipt_text=receipt.text,
        receipt_digest=receipt.digest,
    )

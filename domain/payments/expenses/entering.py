"""使用経費 entered, changed and removed one by one.

In the period of an approved round only by the board, with a reason (`late.LateRight`): the round stays, the next one settles.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses import late
from domain.payments.expenses.checking import ExpenseFacts, facts_of, faults
from domain.payments.expenses.late import SCHOOL, LateRight
from domain.payments.items import items_of
from domain.payments.models import Expense, PaymentRound
from domain.payments.rounds.periods import closed_rounds

MOST_YEN = 9_999_999


@transaction.atomic
def enter_expense(pupil: Pupil, fiscal_year: int, facts: ExpenseFacts, *, right: LateRight = SCHOOL) -> Expense:
    """Register one receipt. Raises ExpenseRefused."""
    closed = closed_rounds(fiscal_year)
    _check(pupil, fiscal_year, facts)
    round_ = late.round_concerned(closed, pupil, facts)
    reason = late.require_reason(round_, right) if round_ else ""
    expense = Expense.objects.create(
        school_id=pupil.school_id,
        pupil=pupil,
        fiscal_year=fiscal_year,
        created_by=current_actor().name,
        **asdict(facts),
    )
    if round_:
        late.note(round_, expense, reason, None, facts)
    record(Event.EXPENSE_RECORD_ENTERED, subjects=_subjects(expense), detail={"item": expense.item} | _late(round_))
    return expense


@transaction.atomic
def change_expense(expense_id: int, facts: ExpenseFacts, *, right: LateRight = SCHOOL) -> Expense:
    """Correct a receipt; an unchanged one is left alone. Raises ExpenseRefused."""
    expense = held_expense(expense_id)
    before = facts_of(expense)
    if before == facts:
        return expense
    closed = closed_rounds(expense.fiscal_year)
    round_ = late.round_concerned(closed, expense.pupil, before, facts)
    reason = late.require_reason(round_, right) if round_ else ""
    _check(expense.pupil, expense.fiscal_year, facts, expense)
    changed = sorted(name for name, value in asdict(facts).items() if getattr(before, name) != value)
    for name in changed:
        setattr(expense, name, getattr(facts, name))
    expense.save()
    if round_:
        late.note(round_, expense, reason, before, facts)
    detail: dict[str, JSON] = {"fields": [*changed]}
    record(Event.EXPENSE_RECORD_CHANGED, subjects=_subjects(expense), detail=detail | _late(round_))
    return expense


@transaction.atomic
def remove_expense(expense_id: int, *, right: LateRight = SCHOOL) -> None:
    """Take a receipt back. Raises ExpenseRefused."""
    expense = held_expense(expense_id)
    facts = facts_of(expense)
    round_ = late.round_concerned(closed_rounds(expense.fiscal_year), expense.pupil, facts)
    if round_:
        late.note(round_, expense, late.require_reason(round_, right), facts, None)
    detail: dict[str, JSON] = {"item": facts.item, "used_on": facts.used_on.isoformat(), "yen": facts.amount}
    record(Event.EXPENSE_RECORD_REMOVED, subjects=_subjects(expense), detail=detail | _late(round_))
    expense.delete()


def held_expense(expense_id: int) -> Expense:
    """As it is registered now, locked: what a form showed is compared with this, and nobody writes between. Inside a transaction."""
    return Expense.objects.select_for_update(of=("self",)).select_related("pupil", "school").get(pk=expense_id)


def _check(
    pupil: Pupil,
    fiscal_year: int,
    facts: ExpenseFacts,
    expense: Expense | None = None,
) -> None:
    # Held as by the import, so that two hands cannot give one 証憑番号 twice.
    School.objects.select_for_update(no_key=True).get(pk=pupil.school_id)
    if not (facts.amount or facts.car_metres) or not 0 <= facts.amount <= MOST_YEN:
        raise ExpenseRefused("amount", f"金額は1円から{MOST_YEN:,}円までで入力してください。")
    for fault in faults(facts, pupil, items_of(fiscal_year), closed=()):  # of approved rounds `late` says what it takes
        raise ExpenseRefused(fault.field, fault.message)
    same_number = Expense.objects.filter(school=pupil.school_id, fiscal_year=fiscal_year, evidence=facts.evidence)
    if expense is not None:
        same_number = same_number.exclude(pk=expense.pk)
    if same_number.exists():
        text = "この証憑番号は、この学校のこの年度の別の経費に使われています。同じ領収書を二度登録していないか確かめてください。"
        raise ExpenseRefused("evidence", text)


def _late(round_: PaymentRound | None) -> dict[str, JSON]:
    return {"approved_round": round_.pk} if round_ else {}


def _subjects(expense: Expense) -> list[Subject]:
    return [Subject("expense", str(expense.pk)), Subject("pupil", str(expense.pupil_id))]

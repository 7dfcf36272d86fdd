"""使用経費 entered, changed and removed one by one. Nothing of an approved round changes any more."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.checking import ExpenseFacts, facts_of, faults
from domain.payments.items import items_of
from domain.payments.models import Expense
from domain.payments.rounds.periods import closed_rounds

MOST_YEN = 9_999_999


@transaction.atomic
def enter_expense(pupil: Pupil, fiscal_year: int, facts: ExpenseFacts) -> Expense:
    """Register one receipt. Raises ExpenseRefused."""
    _check(pupil, fiscal_year, facts)
    expense = Expense.objects.create(
        school_id=pupil.school_id,
        pupil=pupil,
        fiscal_year=fiscal_year,
        created_by=current_actor().name,
        **asdict(facts),
    )
    record(Event.EXPENSE_RECORD_ENTERED, subjects=_subjects(expense), detail={"item": expense.item})
    return expense


@transaction.atomic
def change_expense(expense_id: int, facts: ExpenseFacts) -> Expense:
    """Correct a receipt; an unchanged one is left alone. Raises ExpenseRefused, also once its round is approved."""
    expense = _held(expense_id)
    before = facts_of(expense)
    if before == facts:
        return expense
    _require_open(expense)
    _check(expense.pupil, expense.fiscal_year, facts, expense)
    changed = sorted(name for name, value in asdict(facts).items() if getattr(before, name) != value)
    for name in changed:
        setattr(expense, name, getattr(facts, name))
    expense.save()
    record(Event.EXPENSE_RECORD_CHANGED, subjects=_subjects(expense), detail={"fields": changed})
    return expense


@transaction.atomic
def remove_expense(expense_id: int) -> None:
    """Take a receipt back. Raises ExpenseRefused once its round is approved."""
    expense = _held(expense_id)
    _require_open(expense)
    record(
        Event.EXPENSE_RECORD_REMOVED,
        subjects=_subjects(expense),
        detail={"item": expense.item, "used_on": expense.used_on.isoformat(), "yen": expense.amount},
    )
    expense.delete()


def _held(expense_id: int) -> Expense:
    return Expense.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=expense_id)


def _check(pupil: Pupil, fiscal_year: int, facts: ExpenseFacts, expense: Expense | None = None) -> None:
    # Held as by the import, so that two hands cannot give one 証憑番号 twice.
    School.objects.select_for_update(no_key=True).get(pk=pupil.school_id)
    if not 0 < facts.amount <= MOST_YEN:
        raise ExpenseRefused("amount", f"金額は1円から{MOST_YEN:,}円までで入力してください。")
    for fault in faults(facts, pupil, items_of(fiscal_year), closed_rounds(fiscal_year)):
        raise ExpenseRefused(fault.field, fault.message)
    same_number = Expense.objects.filter(school=pupil.school_id, fiscal_year=fiscal_year, evidence=facts.evidence)
    if expense is not None:
        same_number = same_number.exclude(pk=expense.pk)
    if same_number.exists():
        text = "この証憑番号は、この学校のこの年度の別の経費に使われています。同じ領収書を二度登録していないか確かめてください。"
        raise ExpenseRefused("evidence", text)


def _require_open(expense: Expense) -> None:
    for round_ in closed_rounds(expense.fiscal_year):
        if round_.starts_on <= expense.used_on <= round_.ends_on:
            text = f"支給回「{round_.title}」が承認済みのため、変更も取消しもできません。教育委員会に申し出てください。"
            raise ExpenseRefused("", text)


def _subjects(expense: Expense) -> list[Subject]:
    return [Subject("expense", str(expense.pk)), Subject("pupil", str(expense.pupil_id))]

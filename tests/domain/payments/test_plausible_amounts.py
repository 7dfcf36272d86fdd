"""An amount many times what an item costs is taken, and said."""

from __future__ import annotations

from typing import Any

from domain.payments import services
from domain.payments.expenses.checking import ExpenseFacts
from domain.payments.expenses.plausible import LEAST, Amounts
from domain.payments.items import items_of
from domain.payments.models import Expense, ExpenseImport
from tests.domain.payments.support import day, pupil, receipt_row, spend, workbook
from tests.domain.statements.people import clerk_of, text
from tests.support.records import YEAR

ENTRY = {
    "student_number": "P1", "item": "school_lunch", "used_on": "R7.6.15", "amount": "9,999,999", "evidence": "R-1",
    "trip": "", "purpose": "", "times": "", "note": "",
}  # fmt: skip


def note(item: str, amount: int) -> str:
    return Amounts(items_of(YEAR)).note(ExpenseFacts(item, day(6), amount, "R-1"))


def test_many_times_the_cap_of_the_item(school: Any) -> None:
    cap = items_of(YEAR).caps["school_supplies"].annual or 0
    assert note("school_supplies", 5 * cap) == ""
    assert f"限度額は年{cap:,}円" in note("school_supplies", 5 * cap + 1)


def test_an_item_without_cap_by_the_receipts_so_far_or_by_the_highest_cap(school: Any) -> None:
    most = max(cap.annual or 0 for cap in items_of(YEAR).caps.values())
    assert note("school_lunch", 5 * most) == ""
    assert f"最も高いもので年{most:,}円" in note("school_lunch", 5 * most + 1)
    who = pupil(1, where=school, student_number="P2")
    for _ in range(LEAST):
        spend(who, "school_lunch", 4_000)
    assert note("school_lunch", 80_000) == ""
    assert "領収書20件の平均は4,000円" in note("school_lunch", 80_001)


def test_typed_in_it_is_registered_and_said(school: Any) -> None:
    clerk = clerk_of("S01")
    shown = text(clerk.post("/payments/expenses/new/", ENTRY | {"school": school.pk}, follow=True))
    expense = Expense.objects.get()
    assert expense.amount == 9_999_999
    assert "参考: 金額が9,999,999円です" in shown
    assert "金額が9,999,999円です" in text(clerk.get(f"/payments/expenses/{expense.pk}/"))
    Expense.objects.update(amount=4_950)
    assert "円です。" not in text(clerk.get(f"/payments/expenses/{expense.pk}/"))


def test_in_a_workbook_the_row_is_taken_with_a_note(school: Any) -> None:
    from jobs.models import Job
    from jobs.running import run_job

    services.receive_expenses(school, "経費.xlsx", workbook(receipt_row("R-1", 金額=9_999_999)), YEAR)
    run_job(Job.objects.get(kind="payments.import_expenses").pk)
    received = ExpenseImport.objects.get()
    assert received.counts == {"new": 1, "same": 0, "parked": 0, "wrong": 0}
    assert [(each["severity"], each["code"]) for each in received.problems] == [("notice", "expenses.implausible")]

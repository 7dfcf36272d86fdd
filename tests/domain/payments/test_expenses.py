"""使用経費 come in once: from workbooks, good rows kept and wrong ones listed; one by one, until their round is approved."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.review.models import Alert
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School
from domain.payments import services
from domain.payments.errors import ExpenseRefused
from domain.payments.models import Expense, ExpenseImport, PaymentRound
from domain.payments.services import ExpenseFacts
from integrations.atena_adapters.individual_numbers import sample_number
from jobs.models import Job
from jobs.running import Outcome, run_job
from tenants.core import files
from tests.domain.payments.support import (
    approved,
    calculated,
    changed,
    day,
    opened,
    pupil,
    receipt_row,
    spend,
    workbook,
)
from tests.domain.payments.test_runs import Killed, killed_at_write, lease_ran_out
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

LUNCH = ExpenseFacts(item="school_lunch", used_on=day(6), amount=4_000, evidence="R-1")


@pytest.fixture
def school(in_a: Any) -> School:
    return records.school("S01")


@pytest.fixture
def who(school: School) -> Pupil:
    return pupil(1, where=school, student_number="P1")


def received(school: School, data: bytes) -> ExpenseImport:
    with records.acting(records.staff(Role.SCHOOL_CLERK, school_code=school.code)):
        return services.receive_expenses(school, "経費.xlsx", data, YEAR)


def taken_in(school: School, *receipts: Any, **options: Any) -> ExpenseImport:
    made = received(school, workbook(*receipts, **options))
    if made.state == ExpenseImport.State.WAITING:
        work_off(made)
    return made


def work_off(made: ExpenseImport) -> None:
    job = Job.objects.get(key=f"payments.import_expenses:{made.pk}:{made.run}")
    assert run_job(job.pk) is Outcome.SUCCEEDED
    made.refresh_from_db()


def codes(made: ExpenseImport) -> set[tuple[str, int]]:
    return {(finding["code"], finding["row"]) for finding in made.problems}


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_good_rows_are_kept(school: School, who: Pupil) -> None:
    made = taken_in(
        school,
        receipt_row("R-1", 回数=15, 備考="４月分"),
        receipt_row("R-2", 経費項目="帰省費（付添人）", 何回目=3, 付添の別="付添いのため", 金額="1,200円"),
    )
    assert made.state == ExpenseImport.State.IMPORTED
    assert made.counts == {"new": 2, "same": 0, "parked": 0, "wrong": 0}
    first, second = Expense.objects.order_by("evidence")
    assert (first.pupil, first.item, first.used_on, first.amount, first.times) == (
        who,
        "school_lunch",
        day(4, 30),
        4_950,
        15,
    )
    assert (second.item, second.amount, second.trip, second.purpose) == ("homecoming_attendant", 1_200, 3, "fetching")
    assert (first.imported, first.created_by) == (made, made.created_by)
    assert files.read(made.path)
    events = list(outbox.filter(case_ref=f"expense_import:{made.pk}").values_list("event", "subjects"))
    assert (Event.EXPENSE_RECORD_ENTERED, [{"kind": "pupil", "id": str(who.pk)}]) in events
    assert {"kind": "expense_import", "id": str(made.pk)} in dict(events)[Event.IMPORT_ROWS_APPLIED]


def test_the_same_bytes_are_taken_in_once(school: School, who: Pupil) -> None:
    data = workbook(receipt_row())
    first, again = received(school, data), received(school, data)
    assert first.pk == again.pk
    assert Job.objects.filter(kind="payments.import_expenses").count() == 1
    assert run_job(Job.objects.get(kind="payments.import_expenses").pk) is Outcome.SUCCEEDED
    assert received(school, data).state == ExpenseImport.State.IMPORTED
    assert Expense.objects.count() == 1


def test_a_corrected_workbook_adds_only_what_is_new(school: School, who: Pupil) -> None:
    taken_in(school, receipt_row("R-1"), receipt_row("R-2", 使用日=day(3, 31).replace(year=2024)))
    made = taken_in(school, receipt_row("R-1"), receipt_row("R-2"), receipt_row("R-3"))
    assert made.counts == {"new": 2, "same": 1, "parked": 0, "wrong": 0}
    assert Expense.objects.count() == 3


def test_one_receipt_never_counts_twice(school: School, who: Pupil) -> None:
    taken_in(school, receipt_row("R-1"))
    made = taken_in(school, receipt_row("R-1", 金額=5_000), receipt_row("R-2"), receipt_row("R-2"))
    assert codes(made) == {("expenses.evidence-taken", 2), ("import.duplicate", 3), ("import.duplicate", 4)}
    assert made.counts["wrong"] == 3
    assert Expense.objects.get().amount == 4_950
    spend(who, "school_lunch", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expense.objects.update(evidence="R-1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"学籍番号": "P9"}, "import.unknown-pupil"),
        ({"経費項目": "修学院費"}, "import.unknown-item"),
        ({"使用日": datetime.date(2026, 4, 1)}, "import.date-out-of-range"),
        ({"使用日": day(7, 1)}, "expenses.outside-enrolment"),
        ({"使用日": day(4, 1)}, "expenses.outside-enrolment"),
        ({"経費項目": "帰省費(本人)"}, "import.empty"),
        ({"付添の別": "付添中"}, "expenses.purpose-unknown"),
        ({"金額": 0}, "import.bad-amount"),
    ],
)
def test_wrong_rows_are_listed_and_the_rest_is_kept(school: School, change: dict[str, Any], code: str) -> None:
    pupil(1, where=school, student_number="P1", enrolled_on=day(4, 2), left_on=day(6, 30))
    made = taken_in(school, receipt_row("R-1"), receipt_row("R-2") | change)
    assert codes(made) == {(code, 3)}
    assert (made.counts["new"], made.counts["wrong"] + made.counts["parked"]) == (1, 1)
    assert [each.evidence for each in Expense.objects.all()] == ["R-1"]
    finding = made.problems[0]
    assert finding["message"].endswith("。")


def test_days_of_an_approved_round_take_no_more_expenses(school: School, who: Pupil) -> None:
    spend(who, "school_lunch", 100)
    approved(calculated(opened()))
    made = taken_in(school, receipt_row("R-1"), receipt_row("R-2", 使用日=day(8, 1)))
    assert codes(made) == {("expenses.round-approved", 2)}
    assert "第1期" in made.problems[0]["message"]
    assert made.counts["new"] == 1


def test_a_file_with_individual_numbers_is_refused_and_not_kept(
    school: School, who: Pupil, files_of_this_test: Any
) -> None:
    made = taken_in(school, receipt_row(備考=sample_number(1, 77)))
    assert (made.state, made.path) == (ExpenseImport.State.REFUSED, "")
    assert codes(made) == {("import.number-found", 2)}
    assert [(alert.rule, alert.detail["file"]) for alert in Alert.objects.all()] == [("number_in_file", "使用経費")]
    assert [path for path in files_of_this_test.rglob("*") if path.is_file()] == []
    assert not Job.objects.filter(kind="payments.import_expenses").exists()
    assert not Expense.objects.exists()


def test_another_schools_file_is_refused(school: School, who: Pupil) -> None:
    made = taken_in(school, receipt_row(), marks=[("学校コード", "S99")])
    assert made.state == ExpenseImport.State.REFUSED


def test_an_import_killed_at_any_write_and_resumed_counts_once(school: School, who: Pupil) -> None:
    made = received(school, workbook(*(receipt_row(f"R-{n}") for n in range(5))))
    job = Job.objects.get(kind="payments.import_expenses")
    number, killed = 0, True
    while killed:
        killed = False
        with transaction.atomic():
            try:
                with killed_at_write(number):
                    run_job(job.pk)
            except Killed:
                killed = True
                lease_ran_out(job)
                assert run_job(job.pk) is Outcome.SUCCEEDED
            made.refresh_from_db()
            assert (made.counts["new"], Expense.objects.count()) == (5, 5)
            transaction.set_rollback(True)
        number += 1
    assert number > 5


def test_rows_left_out_come_in_once_the_roster_is_right(school: School, who: Pupil) -> None:
    made = taken_in(school, receipt_row("R-1"), receipt_row("R-2", "P2"))
    assert codes(made) == {("import.unknown-pupil", 3)}
    late = pupil(1, where=school, student_number="P2")
    made = services.read_again(made.pk)
    assert services.read_again(made.pk).run == 2
    work_off(made)
    assert (made.counts["new"], made.counts["same"], made.problems) == (1, 1, [])
    assert list(Expense.objects.order_by("evidence").values_list("pupil", flat=True)) == [who.pk, late.pk]


def test_a_lost_file_is_told(school: School, who: Pupil) -> None:
    made = received(school, workbook(receipt_row()))
    files.resolve(made.path).unlink()
    job = Job.objects.get(kind="payments.import_expenses")
    assert run_job(job.pk) is Outcome.FAILED
    job.refresh_from_db()
    assert job.error.startswith("保存した経費のファイルが見つからない")
    assert job.error_id.startswith("payments.file-lost")


# --- one by one -------------------------------------------------------------------------------------------------------


def test_entered_changed_and_removed_with_events(who: Pupil) -> None:
    clerk = records.staff(Role.SCHOOL_CLERK)
    with records.acting(clerk):
        expense = services.enter_expense(who, YEAR, LUNCH)
        services.change_expense(expense.pk, replace(LUNCH, amount=3_000))
        services.change_expense(expense.pk, replace(LUNCH, amount=3_000))
        assert Expense.objects.get().amount == 3_000
        services.remove_expense(expense.pk)
    assert expense.created_by == clerk.display_name
    assert not Expense.objects.exists()
    events = outbox.filter(event__startswith="expense:").order_by("occurred_at", "id")
    assert [(event.event, event.detail) for event in events] == [
        (Event.EXPENSE_RECORD_ENTERED, {"item": "school_lunch"}),
        (Event.EXPENSE_RECORD_CHANGED, {"fields": ["amount"]}),
        (Event.EXPENSE_RECORD_REMOVED, {"item": "school_lunch", "used_on": "2025-06-15", "yen": 3_000}),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": "nothing"}, "item"),
        ({"item": "homecoming_self"}, "trip"),
        ({"item": "commuting_attendant"}, "purpose"),
        ({"purpose": "fetching"}, "purpose"),
        ({"amount": 0}, "amount"),
        ({"amount": 10_000_000}, "amount"),
        ({"used_on": datetime.date(2024, 6, 1)}, "used_on"),
        ({"used_on": datetime.date(2025, 4, 1)}, "used_on"),
        ({"evidence": "R-0"}, "evidence"),
    ],
)
def test_an_entry_that_cannot_stand_is_refused_by_its_field(school: School, change: dict[str, Any], field: str) -> None:
    late = pupil(1, where=school, enrolled_on=day(4, 2))
    services.enter_expense(late, YEAR, replace(LUNCH, evidence="R-0"))
    with pytest.raises(ExpenseRefused) as refused:
        services.enter_expense(late, YEAR, replace(LUNCH, **change))
    assert refused.value.field == field
    assert Expense.objects.count() == 1


def test_one_number_may_stand_at_two_schools(who: Pupil) -> None:
    services.enter_expense(who, YEAR, LUNCH)
    services.enter_expense(pupil(1, where=records.school("S02")), YEAR, LUNCH)
    assert Expense.objects.count() == 2


def test_nothing_of_an_approved_round_changes(who: Pupil) -> None:
    expense = services.enter_expense(who, YEAR, LUNCH)
    later = services.enter_expense(who, YEAR, replace(LUNCH, used_on=day(9), evidence="R-2"))
    approved(calculated(opened()))
    refused: list[Callable[[], Any]] = [
        lambda: services.enter_expense(who, YEAR, replace(LUNCH, evidence="R-3")),
        lambda: services.change_expense(expense.pk, replace(LUNCH, amount=1)),
        lambda: services.change_expense(expense.pk, replace(LUNCH, used_on=day(9))),
        lambda: services.change_expense(later.pk, replace(LUNCH, evidence="R-2")),
        lambda: services.remove_expense(expense.pk),
    ]
    for act in refused:
        with pytest.raises(ExpenseRefused, match="第1期"):
            act()
    services.remove_expense(later.pk)
    assert list(Expense.objects.values_list("used_on", "amount")) == [(day(6), 4_000)]
    assert PaymentRound.objects.get().state == "approved"


def test_an_entry_of_a_day_before_leaving_can_be_corrected_after_leaving_moved(who: Pupil) -> None:
    expense = services.enter_expense(who, YEAR, LUNCH)
    changed(who, day(6, 2), attendance="left")
    Pupil.objects.update(left_on=day(6, 1))
    services.change_expense(expense.pk, replace(LUNCH, used_on=day(5, 30)))
    assert Expense.objects.get().used_on == day(5, 30)

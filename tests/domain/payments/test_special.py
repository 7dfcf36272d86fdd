"""自家用車, 他の制度の支給額, 就学前の購入: asked for where a rule of the year wants them, checked, paid, told in the receipt."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from domain.payments import services
from domain.payments.calculation.fingerprint import expenses_of, fingerprint
from domain.payments.effects import effects_from
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.checking import facts_of
from domain.payments.models import Expense, PaymentLine
from domain.payments.services import ExpenseFacts
from domain.reports import services as reports
from domain.yearpacks.drafting import approve, propose
from domain.yearpacks.models import InForce, Revision
from tests.domain.impact.support import BASE, draft
from tests.domain.payments.support import approved, calculated, day, opened, payment_of, pupil, spend
from tests.domain.payments.test_expenses import codes, taken_in
from tests.domain.reports import support as printed
from tests.domain.statements.people import clerk_of, text
from tests.support import records
from tests.support.records import YEAR

OWN = {"enabled": True, "source": "own", "standing": "operator"}
FLOOR = {"mode": "floor", "unit": 1}
CONTENT: dict[str, Any] = {
    "payment_rules": [
        {"id": "car", "kind": "own_car", "items": ["commuting_self"], "price_per_km": "37/2", "rounding": FLOOR, **OWN},
        {"id": "aid", "kind": "net_of", "items": ["school_supplies"], "per": "received", **OWN},
        {
            "id": "new-pupil-before-entry", "kind": "before_entry", "items": ["new_pupil_supplies"], "categories": [1],
            **OWN,
        },
    ]
}  # fmt: skip
CAR = ExpenseFacts("commuting_self", day(6), 0, "R-1", car_metres=12_300, car_days=20, car_legs=2)
AIDED = ExpenseFacts("school_supplies", day(6), 5_000, "R-2", received=3_000)
EARLY = ExpenseFacts("new_pupil_supplies", datetime.date(YEAR, 3, 10), 6_000, "R-3", before_entry=True)


@pytest.fixture
def who(in_a: Any, heard: list[Any]) -> Any:
    return pupil(1, where=records.school("S01"), student_number="P1", name="見本 一郎", status={"grade": 1})


@pytest.fixture
def rules(who: Any) -> Revision:
    """In force from the first day: the three rules."""
    row = draft(CONTENT)
    row = propose(row, records.staff(Role.BOARD_OFFICER))
    row = approve(row, records.staff(Role.APPROVER), row.digest)
    InForce.objects.create(
        fiscal_year=YEAR, revision=row, starts_on=day(4, 1), state="approved", proposed_by="a", approved_by="b"
    )
    return row


def test_each_is_paid_by_its_rule_and_the_receipt_says_how(who: Any, rules: Revision) -> None:
    for facts in (CAR, AIDED, EARLY):
        services.enter_expense(who, YEAR, facts)
    round_ = approved(calculated(opened(pack=BASE, overlays=rules.overlays)))
    assert payment_of(round_, who).held == 0, payment_of(round_, who).reason
    found = {line.item: (line.month, line.spent, line.total) for line in PaymentLine.objects.all()}
    assert found["commuting_self"] == (day(6, 1), 9_102, 9_102)
    assert found["school_supplies"] == (day(6, 1), 5_000, 2_000)
    assert found["new_pupil_supplies"] == (datetime.date(YEAR, 3, 1), 6_000, 6_000)
    shown = text(clerk_of("S01").get(f"/payments/pupils/{payment_of(round_, who).pk}/"))
    for words in ("12300m×20日×2回×37/2円/km", "他の制度の支給 3,000円を差引き", "就学前に購入（就学前支給）"):
        assert words in shown
    assert "12.3km×20日×2回" in shown
    printed.done(reports.start_ledgers(YEAR, "S01"))
    (page,) = (page for output in printed.outputs("ledger") for page in printed.pages(output))
    assert "9,102" in page
    assert "6,000" in page


def test_a_purchase_before_the_entry_belongs_to_the_round_of_the_entry(who: Any, rules: Revision) -> None:
    first = opened(pack=BASE, overlays=rules.overlays)
    stood = fingerprint(first)
    made = services.enter_expense(who, YEAR, EARLY)
    assert [each.pk for each in expenses_of(first)] == [made.pk]
    assert fingerprint(first) != stood
    assert "第1期" in text(clerk_of("S01").get("/payments/expenses/"))
    approved(calculated(first))
    assert effects_from([who.pk], day(4, 1))
    with pytest.raises(ExpenseRefused, match="第1期"):
        services.enter_expense(who, YEAR, replace(EARLY, evidence="R-9"))
    with pytest.raises(ExpenseRefused, match="第1期"):
        services.remove_expense(made.pk)


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        (replace(CAR, amount=500), "amount", "金額を空欄に"),
        (replace(CAR, car_days=None), "car_days", "3つとも必要"),
        (replace(CAR, item="school_lunch"), "car_metres", "年度定義にありません"),
        (replace(CAR, car_metres=None, car_days=None, car_legs=None), "amount", "1円から"),
        (replace(AIDED, received=5_001), "received", "金額を超えています"),
        (replace(AIDED, item="school_lunch"), "received", "年度定義にありません"),
        (replace(EARLY, used_on=day(4, 1)), "used_on", "前日"),
        (replace(EARLY, used_on=datetime.date(YEAR - 1, 3, 31)), "used_on", "前日"),
        (replace(EARLY, item="school_lunch"), "before_entry", "年度定義にありません"),
    ],
)
def test_what_contradicts_the_rules_is_refused_by_its_field(
    who: Any, rules: Revision, facts: ExpenseFacts, field: str, words: str
) -> None:
    with pytest.raises(ExpenseRefused, match=words) as refused:
        services.enter_expense(who, YEAR, facts)
    assert refused.value.field == field


def test_who_entered_in_another_year_bought_nothing_before_it(who: Any, rules: Revision) -> None:
    who.enrolled_on = datetime.date(YEAR - 1, 4, 1)
    who.save()
    with pytest.raises(ExpenseRefused, match="に入学・転入学した児童生徒"):
        services.enter_expense(who, YEAR, EARLY)


def test_without_such_rules_neither_form_asks_and_nothing_is_taken(who: Any) -> None:
    clerk = clerk_of("S01")
    shown = text(clerk.get("/payments/expenses/new/"))
    assert "自家用車" not in shown
    assert "就学前" not in shown
    assert "自家用車の日数" not in form_headings(clerk)
    with pytest.raises(ExpenseRefused, match="年度定義にありません"):
        services.enter_expense(who, YEAR, AIDED)


def test_the_form_asks_what_the_rules_want_for_their_items(who: Any, rules: Revision) -> None:
    clerk = clerk_of("S01")
    shown = text(clerk.get("/payments/expenses/new/"))
    assert 'data-items="commuting_self"' in shown
    assert "自家用車（通学費(本人)だけ）" in shown.replace("（本人）", "(本人)")
    typed = {
        "school": who.school_id, "student_number": "P1", "item": "commuting_self", "used_on": "R7.6.15",
        "evidence": "R-1", "car_metres": "１２．３", "car_days": "20", "car_legs": "",
    }  # fmt: skip
    assert "3つとも必要" in text(clerk.post("/payments/expenses/new/", typed))
    assert "距離として読めません" in text(clerk.post("/payments/expenses/new/", typed | {"car_metres": "遠い"}))
    clerk.post("/payments/expenses/new/", typed | {"car_legs": "2"})
    made = Expense.objects.get()
    assert (made.amount, made.car_metres, made.car_days, made.car_legs) == (0, 12_300, 20, 2)
    page = f"/payments/expenses/{made.pk}/"
    assert 'value="12.3"' in text(clerk.get(page))
    assert "金額を入力してください" in text(clerk.post(page, typed | {"car_metres": "", "car_days": ""}))
    assert "12.3km×20日×2回" in text(clerk.get("/payments/expenses/"))


def test_a_workbook_has_the_columns_and_its_rows_are_taken(who: Any, rules: Revision) -> None:
    assert {"自家用車の片道の距離", "他の制度の支給額", "就学前の購入"} <= form_headings(clerk_of("S01"))
    base = {"学籍番号": "P1", "使用日": day(6), "回数": "", "何回目": ""}
    car = {"自家用車の片道の距離": 12.3, "自家用車の日数": 20, "自家用車の1日の片道の回数": 2}
    made = taken_in(
        who.school,
        base | {"証憑番号": "R-1", "経費項目": "通学費(本人)", "金額": ""} | car,
        base | {"証憑番号": "R-2", "経費項目": "学用品・通学用品購入費", "金額": 5_000, "他の制度の支給額": 3_000},
        base | {"証憑番号": "R-3", "経費項目": title("new_pupil_supplies"), "金額": 6_000, "就学前の購入": "○"}
        | {"使用日": EARLY.used_on},
        base | {"証憑番号": "R-4", "経費項目": "学校給食費", "金額": ""},
        base | {"証憑番号": "R-5", "経費項目": "学校給食費", "金額": 100, "他の制度の支給額": 50},
        base | {"証憑番号": "R-6", "経費項目": "通学費(本人)", "金額": ""} | car | {"自家用車の片道の距離": "0"},
    )  # fmt: skip
    taken = {each.evidence: facts_of(each) for each in Expense.objects.all()}
    assert taken == {"R-1": CAR, "R-2": AIDED, "R-3": EARLY}
    assert {code for code, _ in codes(made)} == {"import.empty", "import.bad-integer", "expenses.fact-not-wanted"}


def test_the_database_itself_refuses_a_car_journey_with_an_amount(who: Any) -> None:
    wrong: list[dict[str, Any]] = [{"car_metres": 1}, {"car_metres": 1, "car_days": 1, "car_legs": 1}]
    for values in wrong:
        with pytest.raises(IntegrityError, match="expense_is_positive"), transaction.atomic():
            spend(who, "commuting_self", 100, **values)
    with pytest.raises(IntegrityError, match="expense_is_positive"), transaction.atomic():
        spend(who, "commuting_self", 0)


def form_headings(browser: Any) -> set[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.get("/payments/imports/blank/").content))
    return {str(cell) for row in book.get_sheet_by_name("使用経費").to_python() for cell in row}


def title(item: str) -> str:
    from domain.payments.items import items_of

    return items_of(YEAR).title(item)

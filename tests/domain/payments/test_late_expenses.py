"""A receipt of an approved period: an officer enters, corrects or takes it back with a reason, and the next round settles it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.roles import Role
from domain.households.models import Pupil, StatusPeriod
from domain.payments import services
from domain.payments.errors import ExpenseRefused, FactsChanged
from domain.payments.expenses.late import SCHOOL, LateRight, by_board
from domain.payments.models import Adjustment, Expense, PaymentRound
from domain.payments.models_late import LateChange
from domain.payments.services import ExpenseFacts
from tests.domain.payments.support import (
    SECOND,
    approved,
    calculated,
    child,
    day,
    opened,
    payment_of,
    pupil,
    released,
    rows,
    spend,
)
from tests.domain.statements.people import browser_of, text
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

LUNCH = ExpenseFacts(item="school_lunch", used_on=day(6), amount=4_000, evidence="R-1")
LATE = "領収書が遅れて提出された"
TYPED = {"item": "school_lunch", "used_on": "R7.6.15", "amount": "4,000", "evidence": "R-1"}


@pytest.fixture
def first(in_a: Any) -> PaymentRound:
    """Released: another pupil got 1,000 円."""
    spend(pupil(1), "school_lunch", 1_000, day(6))
    return released(approved(calculated(opened())))


def lines(round_: PaymentRound) -> list[tuple[int, int, int, str, str, bool]]:
    found = Adjustment.objects.filter(round=round_).order_by("pupil", "month", "item")
    return [(row.month.month, row.spent, row.total, row.state, ",".join(row.causes), row.applied) for row in found]


def test_a_late_receipt_is_paid_by_the_next_round_and_the_closed_one_stays(first: PaymentRound) -> None:
    who, before = pupil(2), rows(first)
    services.enter_expense(who, YEAR, LUNCH, right=by_board(LATE))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [(6, 4_000, 2_000, "due", "expenses", True)]
    assert payment_of(second, who).total == 2_000
    assert rows(first) == before
    released(approved(second))
    third = calculated(opened(3, (12, 2), pay_on=day(3, 25)))
    assert lines(third) == []


def test_a_household_decided_later_is_paid_for_the_months_before(first: PaymentRound) -> None:
    who = pupil(None)
    services.enter_expense(who, YEAR, LUNCH, right=by_board(LATE))
    second = calculated(opened(2, SECOND))
    assert lines(second) == []
    StatusPeriod.objects.filter(pupil=who).update(category=1)
    assert lines(calculated(second)) == [(6, 4_000, 4_000, "due", "expenses", True)]


def test_what_was_wrong_is_proposed_as_a_return(in_a: Any) -> None:
    who = pupil(1)
    wrong, twice = (services.enter_expense(who, YEAR, replace(LUNCH, evidence=n)) for n in ("R-1", "R-2"))
    released(approved(calculated(opened())))
    services.change_expense(wrong.pk, replace(LUNCH, amount=3_000), right=by_board("桁の誤り"))
    services.remove_expense(twice.pk, right=by_board("二重に登録していた"))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [(6, -5_000, -5_000, "open", "expenses", False)]
    kept = list(LateChange.objects.values_list("act", "before__amount", "after__amount", "reason", "expense"))
    assert kept == [
        ("changed", 4_000, 3_000, "桁の誤り", wrong.pk),
        ("removed", 4_000, None, "二重に登録していた", None),
    ]


def test_what_came_late_after_the_calculation_must_be_calculated_again(first: PaymentRound) -> None:
    who = pupil(1)
    spend(who, "school_lunch", 100, day(9))
    second = calculated(opened(2, SECOND))
    services.enter_expense(who, YEAR, LUNCH, right=by_board(LATE))
    with pytest.raises(FactsChanged):
        approved(second)
    assert approved(calculated(second)).confirmed_total == 4_100


@pytest.mark.parametrize(
    ("right", "field", "words"),
    [
        (SCHOOL, "", "教育委員会に申し出て"),
        (by_board("　"), "late_reason", "理由"),
        (by_board("123456789018"), "late_reason", "個人番号"),
    ],
)
def test_without_the_right_or_a_reason_nothing_comes_in(
    first: PaymentRound, right: LateRight, field: str, words: str
) -> None:
    with pytest.raises(ExpenseRefused, match=words) as refused:
        services.enter_expense(pupil(1), YEAR, LUNCH, right=right)
    assert refused.value.field == field
    assert not LateChange.objects.exists()


def test_only_the_board_enters_it_and_everybody_sees_why(first: PaymentRound, heard: list[Any]) -> None:
    who = pupil(1, student_number="P9", name="遅着 花子")
    posted = TYPED | {"school": str(who.school_id), "student_number": "P9"}
    clerk, officer = browser_of(Role.SCHOOL_CLERK), browser_of(Role.BOARD_OFFICER)
    told = text(clerk.post("/payments/expenses/new/", posted | {"late_reason": LATE}))
    assert "証憑番号と遅れた理由を添えて教育委員会に申し出てください" in told
    assert "late_reason" not in told
    assert "次の支給回で追給・戻入にする理由を100文字までで入力してください" in text(
        officer.post("/payments/expenses/new/", posted)
    )
    shown = text(officer.post("/payments/expenses/new/", posted | {"late_reason": LATE}, follow=True))
    assert "承認済みの「第1期」はそのままで、次の支給回を開いて計算すると、差が追給・戻入になります。" in shown
    made = Expense.objects.get(evidence="R-1")
    event = outbox.get(event="expense:record:entered")
    assert event.detail == {"item": "school_lunch", "approved_round": first.pk}
    page = f"/payments/expenses/{made.pk}/"
    assert "教委担当がこの画面で直すと" in text(clerk.get(page))
    assert clerk.post(page, TYPED | {"amount": "1", "late_reason": LATE}).status_code == 200
    shown = text(officer.get(page))
    assert '承認済みの期間を直す理由 <span class="field-need field-must">必須' in shown, "no change goes without it"
    assert shown.index("保存する</button>") < shown.index('class="act-box act-box-danger"')
    assert officer.post(page, TYPED | {"amount": "3,000", "late_reason": "桁の誤り"}).status_code == 302
    shown = text(officer.get(page))
    for words in ("承認後の経費の追加・変更", LATE, "桁の誤り", "学校給食費 R7.6.15 4,000円", "この経費を取り消す"):
        assert words in shown, words
    second = calculated(opened(2, SECOND))
    shown = text(officer.get(f"/payments/pupils/{payment_of(second, who).pk}/"))
    assert "使用経費の追加・変更" in shown
    assert "承認後の経費の追加・変更" in shown
    clerk.post(f"{page}remove/", {"late_reason": LATE})
    assert Expense.objects.filter(pk=made.pk).exists()
    officer.post(f"{page}remove/", {"late_reason": "別の児童のものだった"})
    assert not Expense.objects.filter(pk=made.pk).exists()


def test_the_pupil_page_of_the_closed_round_names_what_came_later(in_a: Any) -> None:
    who: Pupil = pupil(1)
    spend(who, "school_lunch", 1_000, day(6))
    first = released(approved(calculated(opened())))
    services.enter_expense(who, YEAR, LUNCH, right=by_board(LATE))
    shown = text(browser_of(Role.BOARD_OFFICER).get(f"/payments/pupils/{payment_of(first, who).pk}/"))
    assert LATE in shown
    assert Expense.objects.count() == 2


def test_a_corrected_date_is_not_paid_again(in_a: Any) -> None:
    """One month is due what another has too much: together nothing, and both are settled without an act."""
    who = pupil(1)
    lunch = services.enter_expense(who, YEAR, LUNCH)
    first = released(approved(calculated(opened())))
    assert payment_of(first, who).total == 4_000
    services.change_expense(lunch.pk, replace(LUNCH, used_on=day(5)), right=by_board("日付の誤り"))
    second = calculated(opened(2, SECOND))
    assert [line[2:4] + line[5:] for line in lines(second)] == [(4_000, "due", True), (-4_000, "offset", True)]
    assert payment_of(second, who).total == 0
    spend(pupil(1), "school_lunch", 100, day(9))
    released(approved(calculated(second)))
    services.change_expense(lunch.pk, replace(LUNCH, used_on=day(7)), right=by_board("やはり7月"))
    third = calculated(opened(3, (12, 2), pay_on=day(3, 25)))
    assert payment_of(third, who).total == 0


def test_a_late_receipt_does_not_lift_the_cap_of_the_rounds_after_it(in_a: Any) -> None:
    who = pupil(1)
    spend(who, "school_supplies", 8_000, day(6))
    released(approved(calculated(opened())))
    spend(who, "school_supplies", 5_000, day(9))
    second = released(approved(calculated(opened(2, SECOND))))
    assert payment_of(second, who).total == 2_000
    late = ExpenseFacts(item="school_supplies", used_on=day(5), amount=5_000, evidence="R-9")
    services.enter_expense(who, YEAR, late, right=by_board(LATE))
    third = calculated(opened(3, (12, 2), pay_on=day(3, 25)))
    assert sum(line[2] for line in lines(third)) == 0
    assert payment_of(third, who).total == 0


def test_a_net_return_waits_as_a_whole_for_the_officer(in_a: Any) -> None:
    who = pupil(1)
    lunch = services.enter_expense(who, YEAR, LUNCH)
    released(approved(calculated(opened())))
    services.change_expense(lunch.pk, replace(LUNCH, used_on=day(5), amount=3_000), right=by_board("日付と金額の誤り"))
    spend(who, "school_lunch", 2_000, day(9))
    second = calculated(opened(2, SECOND))
    assert [line[2:4] + line[5:] for line in lines(second)] == [(3_000, "due", False), (-4_000, "open", False)]
    assert payment_of(second, who).total == 2_000
    officer, approver = browser_of(Role.BOARD_OFFICER), browser_of(Role.APPROVER)
    shown = text(officer.get(f"/payments/rounds/{second.pk}/"))
    assert "支給に入れていない追給・戻入（1人）" in shown
    assert '<td class="number">＋3,000</td><td class="number">－4,000</td><td class="number">－1,000</td>' in shown
    assert "差引きを決めて計算し直すと、この支給回の支給から差し引きます。" in shown
    told = text(approver.get(f"/payments/rounds/{second.pk}/approve/"))
    assert "差引きを決めていない戻入が1人分あります（差引き －1,000円）" in told
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        services.accept_recovery(Adjustment.objects.get(round=second, state="open").pk, "保護者と協議済み")
    second = calculated(second)
    assert [line[2:4] + line[5:] for line in lines(second)] == [(3_000, "due", True), (-4_000, "accepted", True)]
    assert payment_of(second, who).total == 1_000


def test_a_receipt_moved_to_the_other_school_of_a_child_is_not_paid_again(in_a: Any) -> None:
    moving = child()
    old = pupil(1, at=moving, where=records.school("S01"), left_on=day(5, 31))
    new = pupil(1, at=moving, where=records.school("S02"), enrolled_on=day(6, 1))
    wrong = services.enter_expense(old, YEAR, replace(LUNCH, used_on=day(5)))
    released(approved(calculated(opened())))
    services.remove_expense(wrong.pk, right=by_board("転学先の経費だった"))
    services.enter_expense(new, YEAR, replace(LUNCH, evidence="R-2"), right=by_board("転学先の経費だった"))
    spend(pupil(1), "school_lunch", 100, day(9))
    second = calculated(opened(2, SECOND))
    assert (payment_of(second, old).total, payment_of(second, new).total) == (0, 0)


def test_a_journey_that_came_late_is_the_only_one_of_its_department(in_a: Any) -> None:
    who = pupil(1)
    spend(who, "school_lunch", 1_000, day(6))
    released(approved(calculated(opened())))
    trip = ExpenseFacts(item="school_trip_self", used_on=day(6), amount=8_000, evidence="T-1", trip=1)
    services.enter_expense(who, YEAR, trip, right=by_board(LATE))
    spend(who, "school_trip_self", 8_000, day(9), trip=2)
    assert payment_of(calculated(opened(2, SECOND)), who).total == 8_000

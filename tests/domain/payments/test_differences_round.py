"""追給・戻入のみの支給回: once every day of the year is in an approved round, what came late is paid by one without a period."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import AccountError
from accounts.roles import Role
from domain.payments import services
from domain.payments.errors import FactsChanged, PaymentError, RoundRefused
from domain.payments.expenses.late import by_board
from domain.payments.models import Adjustment, PaymentLine, PaymentRound, PupilPayment
from domain.payments.provided import paid_from
from domain.payments.services import ExpenseFacts
from domain.reports.gathering import ledgers, slips
from domain.reports.targets import Target
from tests.domain.payments.support import approved, calculated, child, day, opened, payment_of, pupil, released, spend
from tests.domain.payments.test_settled_receipts import assert_told
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.support import records
from tests.support.records import YEAR

LATE = "領収書が遅れて提出された"
LUNCH = ExpenseFacts(item="school_lunch", used_on=day(6), amount=4_000, evidence="R-1")
WHOLE_YEAR = (4, 3)
PAY_ON = day(4, 20).replace(year=YEAR + 1)
TYPED = {"number": "2", "title": "追給・戻入（第2回）", "pay_on": "R8.4.20"}


def whole_year() -> PaymentRound:
    """Its period is the year: none with a period can be opened after it."""
    ends_on = datetime.date(YEAR + 1, 3, 31)
    return opened(1, starts_on=day(4, 1), ends_on=ends_on, pay_on=ends_on + datetime.timedelta(days=10))


def differences(number: int = 2, **values: Any) -> PaymentRound:
    return opened(number, **({"starts_on": None, "ends_on": None, "pay_on": PAY_ON, "title": "追給"} | values))


@pytest.fixture
def closed(in_a: Any) -> PaymentRound:
    """Released, over the whole year: another pupil got 1,000 円."""
    spend(pupil(1), "school_lunch", 1_000, day(6))
    return released(approved(calculated(whole_year())))


def owed() -> Any:
    """A pupil in Ⅱ with a receipt of 4,000 円 that came late: 2,000 円."""
    who = pupil(2)
    services.enter_expense(who, YEAR, LUNCH, right=by_board(LATE))
    return who


def test_late_receipts_of_a_year_whose_days_are_all_paid_are_paid(closed: PaymentRound) -> None:
    who = owed()
    round_ = calculated(differences())
    payment = payment_of(round_, who)
    assert (payment.total, payment.reason) == (2_000, "追給")
    assert PupilPayment.objects.filter(round=round_).count() == 1
    assert not PaymentLine.objects.filter(payment__round=round_).exists()
    paid = released(approved(round_))
    assert [each.amount for each in paid.transfers.all()] == [2_000]
    assert services.bank_file(paid).count(b"\r\n") == 4
    with pytest.raises(RoundRefused, match="追給・戻入にするものはありません"):
        differences(3, pay_on=PAY_ON + datetime.timedelta(days=1))


def test_it_takes_two_people_like_every_round(closed: PaymentRound) -> None:
    owed()
    officer = records.staff(Role.BOARD_OFFICER, Role.APPROVER)
    with pytest.raises(AccountError):
        approved(calculated(differences(), officer), officer)


def test_what_was_looked_at_is_said_where_nothing_is_due(closed: PaymentRound) -> None:
    with pytest.raises(RoundRefused) as refused:
        differences()
    for words in ("追給・戻入にするものはありません", "承認済みの支給回1件（第1期）", "児童生徒1人", "年度定義"):
        assert words in str(refused.value)
    assert PaymentRound.objects.count() == 1


def test_before_any_approval_there_is_nothing_to_differ_from(in_a: Any) -> None:
    spend(pupil(1), "school_lunch", 1_000, day(6))
    calculated(whole_year())
    with pytest.raises(RoundRefused, match="承認済みの支給回がない"):
        differences()


def test_a_return_alone_opens_no_round_and_says_what_can_be_done(in_a: Any) -> None:
    who = pupil(1)
    lunch = services.enter_expense(who, YEAR, LUNCH)
    released(approved(calculated(whole_year())))
    services.change_expense(lunch.pk, replace(LUNCH, amount=3_000), right=by_board("桁の誤り"))
    with pytest.raises(RoundRefused) as refused:
        differences()
    for words in ("支給するものはありません", "戻入になる児童生徒が1人（計1,000円）", "返還の手続き"):
        assert words in str(refused.value)


def test_in_it_a_return_of_another_child_is_shown_and_cannot_be_taken_off(in_a: Any) -> None:
    wrong = pupil(1, name="戻入 花子")
    lunch = services.enter_expense(wrong, YEAR, LUNCH)
    released(approved(calculated(whole_year())))
    services.change_expense(lunch.pk, replace(LUNCH, amount=3_000), right=by_board("桁の誤り"))
    services.enter_expense(pupil(1), YEAR, replace(LUNCH, evidence="R-2"), right=by_board(LATE))
    round_ = calculated(differences())
    row = Adjustment.objects.get(round=round_, pupil=wrong)
    assert (row.total, row.applied, services.totals_of(round_).total) == (-1_000, False, 4_000)
    shown = text(browser_of(Role.BOARD_OFFICER).get(f"/payments/rounds/{round_.pk}/"))
    for words in (
        "支給に入れていない追給・戻入（1人）",
        "戻入 花子",
        "この支給回には差し引く支給がありません",
        "返還の手続き",
    ):
        assert words in shown, words
    assert "差し引く理由" not in shown
    with (
        records.acting(records.staff(Role.BOARD_OFFICER)),
        pytest.raises(PaymentError, match="差し引く支給がありません"),
    ):
        services.accept_recovery(row.pk, "協議済み")


def test_between_two_periods_the_first_to_be_approved_pays_and_the_other_is_calculated_again(in_a: Any) -> None:
    spend(pupil(1), "school_lunch", 1_000, day(6))
    released(approved(calculated(opened())))
    who = owed()
    spend(who, "school_lunch", 1_000, day(9))
    second = calculated(opened(2, (8, 11)))
    assert payment_of(second, who).total == 2_500
    between = calculated(differences(3))
    assert payment_of(between, who).total == 2_000
    approved(between)
    with pytest.raises(FactsChanged):
        approved(second)
    assert payment_of(calculated(second), who).total == 500


def test_the_database_keeps_one_payment_for_a_day(closed: PaymentRound) -> None:
    """Without a period it holds no day; with one none overlaps; half a period is none; only one is open at a time."""
    owed()
    round_ = differences()
    with pytest.raises(RoundRefused, match="「追給」が開いています"):
        differences(3, pay_on=PAY_ON + datetime.timedelta(days=1))
    rows = PaymentRound.objects.filter(pk=round_.pk)
    for values in (
        {"starts_on": day(6, 1), "ends_on": day(6, 30)},
        {"starts_on": day(6, 1)},
        {"ends_on": day(6, 30)},
        {"pay_on": closed.pay_on},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    copy = PaymentRound.objects.get(pk=round_.pk)
    copy.pk, copy.number, copy.pay_on = None, 9, PAY_ON + datetime.timedelta(days=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_its_pay_day_ends_where_the_rule_that_is_known_ends(closed: PaymentRound) -> None:
    owed()
    with pytest.raises(RoundRefused, match="出納整理期間") as refused:
        differences(pay_on=datetime.date(YEAR + 1, 5, 1))
    assert refused.value.field == "pay_on"


# --- two schools ------------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(in_a: Any) -> tuple[Any, Any]:
    """A child at S01 until July and at S02 since: 4,000 円 of June were paid at S01."""
    at = child()
    old = pupil(1, at=at, where=records.school("S01"), left_on=day(7, 31))
    new = pupil(1, at=at, where=records.school("S02"), enrolled_on=day(8, 1), name="転校 花子")
    services.enter_expense(old, YEAR, LUNCH)
    released(approved(calculated(whole_year())))
    lunch = old.expenses.get()
    services.change_expense(lunch.pk, replace(LUNCH, amount=1_000), right=by_board("桁の誤り"))
    late = replace(LUNCH, used_on=day(9), amount=5_000, evidence="R-2")
    services.enter_expense(new, YEAR, late, right=by_board(LATE))
    return old, new


def test_a_return_at_the_old_school_holds_nothing_back_at_the_new_one(moved: tuple[Any, Any]) -> None:
    old, new = moved
    round_ = calculated(differences())
    assert (payment_of(round_, old).total, payment_of(round_, new).total) == (0, 2_000)
    rows = Adjustment.objects.filter(round=round_).order_by("month")
    assert [(row.pupil_id, row.total, row.counted_at_id) for row in rows] == [
        (old.pk, -3_000, new.pk),
        (new.pk, 5_000, new.pk),
    ]
    assert_told(round_)
    told = [each["cause"] for each in payment_of(round_, new).receipt["settlement"]]
    assert told == [f"使用経費の追加・変更（{old.school.name}の分）", "使用経費の追加・変更"]
    released(approved(round_))
    with pytest.raises(RoundRefused, match="追給・戻入にするものはありません"):
        differences(3, pay_on=PAY_ON + datetime.timedelta(days=1))


def test_each_school_sees_where_it_went(moved: tuple[Any, Any]) -> None:
    old, new = moved
    round_ = released(approved(calculated(differences(title="精算"))))
    clerk = clerk_of("S01")
    told = text(clerk.get(f"/payments/pupils/{payment_of(round_, old).pk}/"))
    assert f"{new.school.name}の支給に入れています" in told
    target = Target(YEAR, new.school, round_)
    (slip,) = slips.gather(target, slips.select(target)).documents
    assert [(row["paid"], row["how"]) for row in slip["items"]] == [
        (-3_000, f"6月分の戻入（{old.school.name}の分）"),
        (5_000, "9月分の追給"),
    ]
    assert (slip["round"], slip["total"]) == ("精算（追給・戻入のみ）", 2_000)
    assert slip["notes"][0] == "これまでの支給額と正しい額との差（追給・戻入）だけの支給です。"
    assert slips.select(Target(YEAR, old.school, round_)) == []
    (page,) = ledgers.gather(Target(YEAR, old.school), [old.pk]).documents
    assert (page["paid_total"], page["items"][0]["paid_total"], page["ledger_totals"]) == (1_000, 1_000, [1_000, 0])
    assert f"戻入 3,000円は、{new.school.name}の支給に入れました。" in page["notes"]
    (page,) = ledgers.gather(Target(YEAR, new.school), [new.pk]).documents
    assert (page["paid_total"], page["used_total"]) == (5_000, 5_000)


def test_a_school_sees_its_own_differences_and_what_the_child_comes_to_in_all(moved: tuple[Any, Any]) -> None:
    _, new = moved
    lunch = new.expenses.get()
    services.change_expense(
        lunch.pk, replace(LUNCH, used_on=day(9), amount=2_000, evidence="R-2"), right=by_board("桁の誤り")
    )
    services.enter_expense(pupil(1), YEAR, replace(LUNCH, evidence="R-3"), right=by_board(LATE))
    round_ = calculated(differences())
    shown = text(clerk_of("S02").get(f"/payments/rounds/{round_.pk}/"))
    assert '<td class="number">＋2,000</td><td class="number">0</td><td class="number">－1,000</td>' in shown
    assert "戻入が追給より大きく、合わせると返してもらう額になるため" in shown


def test_the_copies_say_the_months_that_it_paid_for(closed: PaymentRound) -> None:
    who = owed()
    released(approved(calculated(differences())))
    (row,) = [row for row in paid_from(YEAR) if row.member == who.member_id]
    figures = row.figures
    assert (figures.amount, figures.period_from, figures.period_to) == (2_000, day(6, 1), day(6, 30))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_a_full_year_to_the_payment(closed: PaymentRound) -> None:
    officer = browser_of(Role.BOARD_OFFICER)
    assert "追給・戻入のみの支給回を開く" in text(officer.get("/payments/"))
    assert "すべて支給回の対象期間に入っています" in text(officer.get("/payments/rounds/new/"))
    form = "/payments/rounds/new/?kind=differences"
    shown = text(officer.get(form))
    assert "承認済みの支給回との差を、いつ支給しますか" in shown
    assert "対象期間の初日" not in shown
    assert "何を調べたか" in shown
    assert "追給・戻入にするものはありません" in text(officer.post(form, TYPED))
    who = owed()
    made = officer.post(form, TYPED, follow=True)
    assert "計算すると、追給・戻入が入ります。" in text(made)
    round_ = PaymentRound.objects.get(number=2)
    assert "なし（追給・戻入のみ）" in text(made)
    assert "追給・戻入のみ" in text(officer.get("/payments/"))
    calculated(round_)
    shown = text(officer.get(f"/payments/rounds/{round_.pk}/"))
    for words in ("追給・戻入のみの支給回です", "支給 1人 2,000円", "使用経費の追加・変更"):
        assert words in shown, words
    assert "使用経費（0件）" in text(officer.get(f"/payments/pupils/{payment_of(round_, who).pk}/"))


def test_who_enters_a_late_receipt_is_told_what_pays_it(closed: PaymentRound) -> None:
    officer = browser_of(Role.BOARD_OFFICER)
    who = pupil(1, student_number="P9")
    typed = {"item": "school_lunch", "used_on": "R7.6.15", "amount": "4,000", "evidence": "R-1"}
    posted = typed | {"school": str(who.school_id), "student_number": "P9", "late_reason": LATE}
    shown = text(officer.post("/payments/expenses/new/", posted, follow=True))
    assert "追給・戻入のみの支給回を開いて計算すると、差が追給・戻入になります" in shown

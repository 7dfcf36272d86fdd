"""Pages of rounds and payments: what is shown, to whom, what the trail hears first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.payments.models import PaymentRound, PupilPayment
from tests.domain.payments.support import calculated, day, opened, payment_of, pupil, spend
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.platform.accounts.sign_in import client_of
from tests.support.records import YEAR

ADDRESSES = ("/payments/", "/payments/rounds/{round}/", "/payments/rounds/{round}/pupils/", "/payments/expenses/")


def queries_of(browser: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        text(browser.get(address))
    return len(context)


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_clerk_sees_the_own_schools_figures_and_pupils(round_: PaymentRound) -> None:
    clerk = clerk_of("S01")
    shown = text(clerk.get(f"/payments/rounds/{round_.pk}/"))
    assert "支給 1人 4,000円" in shown
    assert "6,475" not in shown
    listed = text(clerk.get(f"/payments/rounds/{round_.pk}/pupils/"))
    assert "見本 一郎" in listed
    assert "別校 二郎" not in listed
    assert "だれにいくら支給しますか" in listed
    assert "新たに経費が出た" not in listed, "in the first run everybody would be new"
    assert "4,000" in text(clerk.get("/payments/"))


def test_the_board_sees_every_school(round_: PaymentRound) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    shown = text(board.get(f"/payments/rounds/{round_.pk}/"))
    assert "支給 2人 6,475円" in shown
    assert "令和7年4月1日からの支弁区分が未決定です。" in shown
    assert "別校 二郎" in text(board.get(f"/payments/rounds/{round_.pk}/pupils/"))
    narrowed = text(board.get(f"/payments/rounds/{round_.pk}/pupils/", {"school": "S02", "state": "payable"}))
    assert "別校 二郎" in narrowed
    assert "見本 一郎" not in narrowed


def test_a_payment_of_another_school_does_not_exist(round_: PaymentRound) -> None:
    own = PupilPayment.objects.get(pupil__name="見本 一郎")
    other = PupilPayment.objects.get(pupil__name="別校 二郎")
    clerk = clerk_of("S01")
    assert "見本 一郎" in text(clerk.get(f"/payments/pupils/{own.pk}/"))
    for address in (f"/payments/pupils/{other.pk}/", "/payments/pupils/999999/", "/payments/rounds/999999/"):
        text(clerk.get(address), 404)


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TENANT_ADMIN])
def test_no_permission_is_403(round_: PaymentRound, role: Role) -> None:
    browser = browser_of(role)
    for address in ADDRESSES:
        text(browser.get(address.format(round=round_.pk)), 403)


def test_nobody_is_led_to_the_log_in(round_: PaymentRound) -> None:
    for address in (*ADDRESSES, "/payments/rounds/{round}/approve/", "/payments/imports/", "/payments/payer/"):
        response = client_of("kou.localhost").get(address.format(round=round_.pk))
        assert "/login/" in response["Location"]


def test_reads_are_written_before_they_are_shown(round_: PaymentRound, heard: list[dict[str, Any]]) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    payment = PupilPayment.objects.get(pupil__name="見本 一郎")
    for address, event, subject in (
        (f"/payments/rounds/{round_.pk}/", "read:round:shown", ("round", round_.pk)),
        (f"/payments/rounds/{round_.pk}/pupils/", "read:list:shown", ("pupil", payment.pupil_id)),
        (f"/payments/pupils/{payment.pk}/", "read:ledger:shown", ("pupil", payment.pupil_id)),
        ("/payments/expenses/", "read:expense:shown", ("pupil", payment.pupil_id)),
    ):
        heard.clear()
        text(board.get(address))
        [row] = [row for row in heard if row["event"].startswith("read:")]
        assert row["event"] == event
        assert {"kind": subject[0], "id": str(subject[1])} in row["subjects"]
        assert "見本" not in str(row)


def test_pages_ask_a_fixed_number_of_queries(round_: PaymentRound) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    addresses = [address.format(round=round_.pk) for address in ADDRESSES]
    one = PupilPayment.objects.get(pupil__name="見本 一郎")
    addresses.append(f"/payments/pupils/{one.pk}/")
    for address in addresses:
        text(board.get(address))
    before = [queries_of(board, address) for address in addresses]
    for number in range(12):
        spend(pupil(1, name=f"追加 {number}"), "commuting_self", 1_000 + number, day(5))
    spend(one.pupil, "school_lunch", 10, day(4))
    calculated(round_)
    one = PupilPayment.objects.get(pupil__name="見本 一郎")
    addresses[-1] = f"/payments/pupils/{one.pk}/"
    assert [queries_of(board, address) for address in addresses] == before
    assert max(before) <= 25


def test_a_household_leads_to_what_its_pupils_are_paid(round_: PaymentRound) -> None:
    payment = PupilPayment.objects.get(pupil__name="見本 一郎")
    shown = text(clerk_of("S01").get(f"/households/{payment.pupil.member.household_id}/"))
    assert f"/payments/pupils/{payment.pk}/" in shown
    assert "第1期の支給 見本 一郎" in shown


# --- what is said -----------------------------------------------------------------------------------------------------


def test_the_receipt_speaks_japanese(in_a: Any, heard: list[Any]) -> None:
    who = pupil(2)
    spend(who, "school_supplies", 12_000, day(5))
    spend(who, "commuting_attendant", 1_001, day(6), purpose="accompanying")
    spend(who, "textbooks", 500, day(6))
    round_ = calculated(opened())
    shown = text(browser_of(Role.BOARD_OFFICER).get(f"/payments/pupils/{payment_of(round_, who).pk}/"))
    for words in (
        "学用品・通学用品購入費",
        "使用額 12,000円（1件）。限度額 年10,000円（使用額に対して、残り 10,000円）。対象額 10,000円。支給割合 負担金 2分の1。",
        "令和7年6月　付添中　小学部3年・区分Ⅱ",
        "支給割合 負担金 2分の1＋補助金 2分の1。負担金 500円、補助金 501円",
        "使用額 500円（1件）。支給なし：支給対象外",
        "確かさ 法令",
        "サンプルの値を含みます",
    ):
        assert words in shown, words


def test_held_expenses_are_listed_with_their_reason(in_a: Any, heard: list[Any]) -> None:
    who = pupil(1)
    spend(who, "school_lunch", 4_000)
    spend(who, "school_supplies", 1_200)
    round_ = calculated(opened(overlays=()))
    board = browser_of(Role.BOARD_OFFICER)
    shown = text(board.get(f"/payments/pupils/{payment_of(round_, who).pk}/"))
    assert "保留の経費（1件、1,200円）" in shown
    assert "学用品・通学用品購入費 令和7年6月" in shown
    assert "限度額(または「限度額なし」)が年度定義にありません" in shown
    assert "計算できない使用経費が1件あります" in text(board.get(f"/payments/rounds/{round_.pk}/"))
    assert who.student_number in text(board.get(f"/payments/rounds/{round_.pk}/pupils/", {"state": "held"}))


def test_a_missing_number_of_the_return_is_told_by_the_receipts_own_number(in_a: Any, heard: list[Any]) -> None:
    who = pupil(1)
    expense = spend(who, "homecoming_self", 4_000)
    round_ = calculated(opened())
    words = f"使用経費「{expense.evidence}」の回数がありません。何回目かを入力してください。"
    assert payment_of(round_, who).reason == words
    shown = text(browser_of(Role.BOARD_OFFICER).get(f"/payments/pupils/{payment_of(round_, who).pk}/"))
    assert f"<strong>帰省費(本人) 令和7年6月</strong> {words}" in shown


def test_the_difference_to_the_run_before_is_shown_with_causes(round_: PaymentRound) -> None:
    spend(PupilPayment.objects.get(pupil__name="見本 一郎").pupil, "school_lunch", 100, day(5))
    calculated(round_)
    board = browser_of(Role.BOARD_OFFICER)
    shown = text(board.get(f"/payments/rounds/{round_.pk}/"))
    assert "前回計算との差 ＋100円" in shown
    assert "使用経費の追加・変更" in shown
    assert "見本 一郎" in text(board.get(f"/payments/rounds/{round_.pk}/pupils/", {"state": "changed"}))
    assert "前回計算との差" not in text(clerk_of("S01").get(f"/payments/rounds/{round_.pk}/"))


def test_an_empty_page_says_what_comes_next(in_a: Any, heard: list[Any]) -> None:
    assert "支給回を開く" in text(browser_of(Role.BOARD_OFFICER).get("/payments/"))
    assert "教育委員会が支給回を開くと" in text(clerk_of("S01").get("/payments/"))
    assert "経費を取り込む" in text(clerk_of("S01").get("/payments/expenses/"))


def test_the_year_of_the_list_is_the_working_year(round_: PaymentRound) -> None:
    assert YEAR == 2025
    assert "令和7年度" in text(browser_of(Role.BOARD_OFFICER).get("/payments/"))


def test_payments_on_figures_nobody_confirmed_are_marked_counted_and_found(in_a: Any, heard: list[Any]) -> None:
    firm, doubtful = pupil(1, name="見本 一郎"), pupil(1, name="未確認 四郎")
    spend(firm, "school_lunch", 4_000)
    spend(doubtful, "exchange_travel", 1_000)
    round_ = calculated(opened())
    board, approver = browser_of(Role.BOARD_OFFICER), browser_of(Role.APPROVER)
    assert "根拠に未確認の値がある支給が1人あります" in text(board.get(f"/payments/rounds/{round_.pk}/"))
    listed = text(board.get(f"/payments/rounds/{round_.pk}/pupils/", {"state": "unconfirmed"}))
    assert "未確認 四郎" in listed
    assert "見本 一郎" not in listed
    assert listed.count("</span>未確認</span>") == 1
    assert "根拠に未確認の値がある支給が含まれます（未確認の値 1件）" in text(
        approver.get(f"/payments/rounds/{round_.pk}/approve/")
    )
    PupilPayment.objects.filter(pupil=doubtful).update(standing="operator")
    for address in (f"/payments/rounds/{round_.pk}/", f"/payments/rounds/{round_.pk}/approve/"):
        assert "根拠に未確認の値がある" not in text(approver.get(address))

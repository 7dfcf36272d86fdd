"""Pages of rounds and payments: what is shown, to whom, what the trail hears first, and the acts with their gates."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.trail.models import OutboxEvent
from domain.households.models import Household
from domain.payments.models import PayerAccount, PaymentRound, PupilPayment, Transfer
from jobs.models import Job
from jobs.running import run_job
from tests.domain.payments.support import approved, calculated, child, day, opened, payment_of, pupil, released, spend
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.platform.accounts.sign_in import client_of
from tests.support import records
from tests.support.records import YEAR

ADDRESSES = ("/payments/", "/payments/rounds/{round}/", "/payments/rounds/{round}/pupils/", "/payments/expenses/")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Reads on their way to the audit database, kept here instead."""
    rows: list[dict[str, Any]] = []
    monkeypatch.setattr("audit.trail.store.insert", lambda new, **_: rows.extend(new))
    return rows


@pytest.fixture
def round_(in_a: Any, heard: list[Any]) -> PaymentRound:
    """Calculated: 4,000 円 at S01, 2,475 円 in Ⅱ at S02, one pupil without a category."""
    spend(pupil(1, name="見本 一郎"), "school_lunch", 4_000)
    spend(pupil(2, where=records.school("S02"), name="別校 二郎"), "school_lunch", 4_951)
    spend(pupil(None, name="未定 三郎"), "school_lunch", 1_000)
    return calculated(opened())


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


# --- acts -------------------------------------------------------------------------------------------------------------


def test_the_board_opens_and_calculates_a_round(in_a: Any, heard: list[Any]) -> None:
    who = pupil(1)
    spend(who, "school_lunch", 4_000)
    board = browser_of(Role.BOARD_OFFICER)
    entries = {
        "number": "１",
        "title": "第1期",
        "starts_on": "R7.4.1",
        "ends_on": "令和7年7月31日",
        "pay_on": "20250925",
    }
    response = board.post("/payments/rounds/new/", entries)
    round_ = PaymentRound.objects.get()
    assert response["Location"] == f"/payments/rounds/{round_.pk}/"
    assert (round_.pack, round_.overlays) == ("R07-former-standard", ["sample-operator"])
    assert "まだ計算していません" in text(board.get(response["Location"]))
    response = board.post(f"/payments/rounds/{round_.pk}/calculate/")
    assert "待機中" in text(board.get(response["Location"]))
    job = Job.objects.get(kind="payments.calculate")
    assert job.created_by == str(board.person.pk)
    run_job(job.pk)
    assert "支給 1人 4,000円" in text(board.get(response["Location"]))
    assert PaymentRound.objects.get().calculated_by == board.person.username


def test_a_round_that_cannot_be_opened_is_told_at_its_entry(round_: PaymentRound) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    entries = {"number": "2", "title": "第2期", "starts_on": "R7.7.1", "ends_on": "R7.9.30", "pay_on": "R7.10.25"}
    shown = text(board.post("/payments/rounds/new/", entries))
    assert "と重なっています" in shown
    assert 'value="R7.7.1"' in shown
    assert PaymentRound.objects.count() == 1


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.APPROVER])
def test_who_may_not_calculate_is_refused(round_: PaymentRound, role: Role) -> None:
    browser = browser_of(role)
    text(browser.post(f"/payments/rounds/{round_.pk}/calculate/"), 403)
    text(browser.get("/payments/rounds/new/"), 403)
    assert "計算し直す" not in text(browser.get(f"/payments/rounds/{round_.pk}/"))


def test_who_may_not_approve_is_refused_and_told_who_may(round_: PaymentRound) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    text(board.get(f"/payments/rounds/{round_.pk}/approve/"), 403)
    text(board.post(f"/payments/rounds/{round_.pk}/release/"), 403)
    assert "承認できるのは承認者です。" in text(board.get(f"/payments/rounds/{round_.pk}/"))


def test_the_approver_types_count_and_total(round_: PaymentRound) -> None:
    approver = browser_of(Role.APPROVER)
    address = f"/payments/rounds/{round_.pk}/approve/"
    form = text(approver.get(address))
    assert "6,475" not in form
    wrong = text(approver.post(address, {"count": "2", "total": "6,476"}))
    assert "入力した合計が計算結果と違うため、承認していません" in wrong
    assert "6,475" not in wrong
    assert "このフィールドは必須です" in text(approver.post(address, {"count": "", "total": ""}))
    assert PaymentRound.objects.get().state == "calculated"
    response = approver.post(address, {"count": "２", "total": "６,４７５円"})
    assert response["Location"] == f"/payments/rounds/{round_.pk}/"
    assert PaymentRound.objects.get().approved_by == approver.person.username


def test_who_calculated_is_told_that_another_must_approve(in_a: Any, heard: list[Any]) -> None:
    spend(pupil(1), "school_lunch", 4_000)
    both = browser_of(Role.BOARD_OFFICER, Role.APPROVER)
    round_ = calculated(opened(), by=both.person)
    assert "計算した本人は承認できません" in text(both.get(f"/payments/rounds/{round_.pk}/"))
    refused = text(both.post(f"/payments/rounds/{round_.pk}/approve/", {"count": "1", "total": "4000"}))
    assert "起案した本人は承認・確認できません" in refused
    assert PaymentRound.objects.get().state == "calculated"


def test_approving_and_releasing_ask_for_a_fresh_password(
    round_: PaymentRound, settings: Any, heard: list[Any]
) -> None:
    approver = browser_of(Role.APPROVER)
    settings.STEP_UP_SECONDS = 0
    for act in ("approve", "release"):
        address = f"/payments/rounds/{round_.pk}/{act}/"
        for response in (approver.get(address), approver.post(address, {"count": "2", "total": "6475"})):
            assert response.status_code == 302
            assert "step" in response["Location"]
    assert PaymentRound.objects.get().state == "calculated"


def test_households_that_cannot_be_paid_are_shown_before_and_after_the_release(in_a: Any, heard: list[Any]) -> None:
    home = records.household(account_number="")
    spend(pupil(1, at=child(home)), "school_lunch", 3_000)
    spend(pupil(1), "school_lunch", 4_000)
    round_ = approved(calculated(opened()))
    approver = browser_of(Role.APPROVER)
    address = f"/payments/rounds/{round_.pk}/release/"
    before = text(approver.get(address))
    assert "振込 4,000円、振込不可 1世帯 3,000円" in before
    assert home.number in before
    response = approver.post(address, follow=True)
    after = text(response)
    assert "振込不可の1世帯は" in after
    assert home.number in after
    assert home.number not in text(clerk_of("S01").get(f"/payments/rounds/{round_.pk}/"))
    assert PaymentRound.objects.get().state == "released"
    again = text(approver.post(address, follow=True))
    assert "支給を確定できません" in again


def test_a_released_round_offers_no_act(round_: PaymentRound) -> None:
    released(approved(round_))
    shown = text(browser_of(Role.BOARD_OFFICER, Role.APPROVER).get(f"/payments/rounds/{round_.pk}/"))
    for act in ("計算し直す", "承認へ進む", "支給の確定へ進む"):
        assert act not in shown


def test_the_payer_account_is_registered(in_a: Any, heard: list[Any]) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    entries = {
        "requester_code": "1234567890", "requester_name": "ミホンケン", "bank_code": "9990", "bank_name": "ミホンギンコウ",
        "branch_code": "901", "branch_name": "ホンテン", "account_type": "1", "account_number": "7654321",
    }  # fmt: skip
    wrong = text(board.post("/payments/payer/", entries | {"bank_code": "99", "requester_name": "見本県"}))
    assert "半角数字4けた" in wrong
    assert "使えない文字があります（見、本、県）" in wrong
    assert board.post("/payments/payer/", entries).status_code == 302
    assert board.post("/payments/payer/", entries | {"account_number": "1111111"}).status_code == 302
    assert PayerAccount.objects.get().account_number == "1111111"
    text(clerk_of("S01").get("/payments/payer/"), 403)
    events = OutboxEvent.objects.filter(event="round:payer:changed").order_by("pk")
    assert [len(event.detail["fields"]) for event in events] == [8, 1]
    assert events[1].detail["fields"] == ["account_number"]
    assert "1111111" not in str(events[1].detail)


def test_the_payer_account_asks_for_a_fresh_password(in_a: Any, heard: list[Any], settings: Any) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    settings.STEP_UP_SECONDS = 0
    for response in (board.get("/payments/payer/"), board.post("/payments/payer/", {"bank_code": "9990"})):
        assert "step" in response["Location"]
    assert not PayerAccount.objects.exists()


# --- roles for some schools only --------------------------------------------------------------------------------------


def test_who_approves_for_one_school_only_approves_no_round(round_: PaymentRound) -> None:
    one = browser_of((Role.APPROVER, "S01"))
    for act in ("approve", "release"):
        assert "学校を限った役割ではできません" in text(one.get(f"/payments/rounds/{round_.pk}/{act}/"), 403)
    typed = {"count": "2", "total": "6475"}
    for act in ("approve", "release", "accounts"):
        text(one.post(f"/payments/rounds/{round_.pk}/{act}/", typed), 403)
    assert PaymentRound.objects.get().state == "calculated"
    assert "承認へ進む" not in text(one.get(f"/payments/rounds/{round_.pk}/"))
    assert OutboxEvent.objects.filter(event="access:permission:refused").count() == 5


def test_a_board_role_for_one_school_neither_opens_nor_calculates_nor_sets_the_payer(round_: PaymentRound) -> None:
    one = browser_of((Role.BOARD_OFFICER, "S01"))
    for address in ("/payments/rounds/new/", "/payments/payer/", f"/payments/rounds/{round_.pk}/calculate/"):
        text(one.post(address, {}), 403)
    assert "計算し直す" not in text(one.get(f"/payments/rounds/{round_.pk}/"))
    assert PaymentRound.objects.get().run == 1


def test_a_role_for_all_schools_beside_one_for_a_school_is_enough(round_: PaymentRound) -> None:
    both = browser_of((Role.APPROVER, "S01"), Role.APPROVER)
    text(both.get(f"/payments/rounds/{round_.pk}/approve/"))


# --- accounts changed after the approval ------------------------------------------------------------------------------


def test_a_changed_account_is_shown_masked_and_paid_once_it_is_approved(in_a: Any, heard: list[Any]) -> None:
    home = records.household(account_number="1234567", account_holder="ミホン タロウ")
    spend(pupil(1, at=child(home)), "school_lunch", 3_000)
    round_ = approved(calculated(opened()))
    approver = browser_of(Role.APPROVER)
    release, accounts = (f"/payments/rounds/{round_.pk}/{act}/" for act in ("release", "accounts"))
    assert "振込先が変わった世帯" not in text(approver.get(release))
    Household.objects.update(account_number="7654321")
    shown = text(approver.get(release))
    assert "振込先が変わった世帯" in shown
    assert "＊＊＊＊567" in shown
    assert "＊＊＊＊321" in shown
    for hidden in ("1234567", "7654321", "ミホン タロウ"):
        assert hidden not in shown
    assert "振込 0円、振込不可 1世帯 3,000円" in shown
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', shown)
    assert seen
    Household.objects.update(account_number="5555555")
    again = text(approver.post(accounts, {"seen": seen[1]}, follow=True))
    assert "表示した後に振込先がまた変わった" in again
    assert "振込先が変わった世帯" in again
    Household.objects.update(account_number="7654321")
    done = text(approver.post(accounts, {"seen": seen[1]}, follow=True))
    assert "1世帯分を承認しました" in done
    assert "すべての世帯に振り込めます" in done
    approver.post(release)
    assert Transfer.objects.get().account_number == "7654321"


def test_changed_accounts_are_approved_with_a_fresh_password_by_approvers(
    in_a: Any, heard: list[Any], settings: Any
) -> None:
    spend(pupil(1), "school_lunch", 3_000)
    address = f"/payments/rounds/{approved(calculated(opened())).pk}/accounts/"
    text(browser_of(Role.BOARD_OFFICER).post(address), 403)
    approver = browser_of(Role.APPROVER)
    text(approver.get(address), 405)
    settings.STEP_UP_SECONDS = 0
    assert "step" in approver.post(address)["Location"]


def test_the_year_of_the_list_is_the_working_year(round_: PaymentRound) -> None:
    assert YEAR == 2025
    assert "令和7年度" in text(browser_of(Role.BOARD_OFFICER).get("/payments/"))

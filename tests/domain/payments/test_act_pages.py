"""The acts on the pages of rounds: opening, calculating, approving, releasing, the payer; each with its gate."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.roles import Role
from domain.households.models import Household
from domain.payments.models import PayerAccount, PaymentRound, Transfer
from jobs.models import Job
from jobs.running import run_job
from tests.domain.payments.support import approved, calculated, child, opened, pupil, released, spend
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.support import records
from tests.support.outbox import outbox


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


def test_every_wrong_day_of_a_round_is_told_at_once(in_a: Any) -> None:
    entries = {"number": "1", "title": "第1期", "starts_on": "R7.8.1", "ends_on": "R7.4.30", "pay_on": "R9.1.1"}
    shown = text(browser_of(Role.BOARD_OFFICER).post("/payments/rounds/new/", entries))
    assert "対象期間の末日が初日より前です" in shown
    assert "支給日は令和7年4月1日から令和8年4月30日まで" in shown
    assert not PaymentRound.objects.exists()


def test_a_paid_round_leads_on_to_its_files(round_: PaymentRound) -> None:
    board, clerk = browser_of(Role.BOARD_OFFICER), browser_of(Role.PRINCIPAL)
    address = f"/payments/rounds/{round_.pk}/"
    assert "総合振込データへ進む" not in text(board.get(address))
    released(approved(round_))
    assert "総合振込データへ進む" in text(board.get(address))
    assert "総合振込データへ進む" not in text(clerk.get(address))
    form = board.get("/reports/", {"kind": "bank", "round": str(round_.pk)}).context["form"]
    assert (form["kind"].value(), form["round"].value()) == ("bank", str(round_.pk))


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
    assert "「支給する児童生徒の数」を入力してください。" in text(approver.post(address, {"count": "", "total": ""}))
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
    assert "半角数字4桁" in wrong
    assert "使えない文字があります（見、本、県）" in wrong
    assert board.post("/payments/payer/", entries).status_code == 302
    assert board.post("/payments/payer/", entries | {"account_number": "1111111"}).status_code == 302
    assert PayerAccount.objects.get().account_number == "1111111"
    text(clerk_of("S01").get("/payments/payer/"), 403)
    events = outbox.filter(event="round:payer:changed").order_by("pk")
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
    assert outbox.filter(event="access:permission:refused").count() == 5


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

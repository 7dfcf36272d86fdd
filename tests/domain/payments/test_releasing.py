"""A round released: one transfer a household, accounts that changed since the approval, and the bank's file."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import SamePerson
from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.households.models import Household, Pupil
from domain.payments import services
from domain.payments.errors import (
    AccountsChangedAgain,
    NotApproved,
    PayerMissing,
    SumsDisagree,
    TransfersRefused,
)
from domain.payments.models import PayerAccount, PaymentRound, Transfer, Untransferable
from domain.payments.rounds.approved_accounts import changes_since_approval, digest_of_changes
from integrations.bank_transfer import parse
from tests.domain.payments.support import (
    approved,
    calculated,
    child,
    opened,
    pupil,
    ready,
    released,
    spend,
)
from tests.support import records
from tests.support.outbox import outbox


def test_siblings_are_paid_with_one_transfer(in_a: Any) -> None:
    home = records.household()
    for where, amount in (("S01", 4_000), ("S02", 3_000)):
        spend(pupil(1, at=child(home), where=records.school(where)), "school_lunch", amount)
    round_ = released(approved(calculated(opened())))
    transfer = Transfer.objects.get()
    assert (transfer.household, transfer.amount) == (home, 7_000)
    assert round_.confirmed_count == 2


def test_the_account_is_the_one_of_the_release(in_a: Any) -> None:
    round_ = approved(ready(4_000))
    released(round_)
    Household.objects.update(account_number="9999999")
    assert Transfer.objects.get().account_number != "9999999"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"bank_code": "9991"}, "金融機関"),
        ({"branch_code": "902"}, "支店"),
        ({"account_type": "2"}, "口座種類"),
        ({"account_number": "9999999"}, "口座番号"),
        ({"account_holder": "ベツジン"}, "口座名義"),
    ],
)
def test_an_account_changed_after_the_approval_is_not_paid(in_a: Any, change: dict[str, str], word: str) -> None:
    round_ = approved(ready(4_000, 3_000))
    home = Household.objects.order_by("number")[0]
    Household.objects.filter(pk=home.pk).update(**change)
    round_ = released(round_)
    refused = Untransferable.objects.get()
    assert refused.household == home
    assert f"承認の後に振込先が変わりました（{word}）" in refused.reason
    assert Transfer.objects.get().household != home
    assert round_.confirmed_total == (round_.transferable_total or 0) + (round_.untransferable_total or 0) == 7_000


def test_an_account_that_was_changed_back_is_paid(in_a: Any) -> None:
    round_ = approved(ready(4_000))
    old = Household.objects.get().account_number
    Household.objects.update(account_number="9999999")
    Household.objects.update(account_number=old)
    released(round_)
    assert Transfer.objects.get().account_number == old


def test_a_pupil_moved_to_another_household_after_the_approval_is_not_paid_there(in_a: Any) -> None:
    round_ = approved(ready(4_000))
    other = records.household()
    Pupil.objects.get().member.__class__.objects.update(household=other)
    released(round_)
    assert Untransferable.objects.get().household == other
    assert not Transfer.objects.exists()


def changes_digest(round_: PaymentRound) -> str:
    return digest_of_changes(changes_since_approval(round_))


def test_an_account_approved_anew_is_paid_and_written_down(in_a: Any) -> None:
    round_ = approved(ready(4_000, 3_000))
    home = Household.objects.order_by("number")[0]
    Household.objects.filter(pk=home.pk).update(account_number="9999999")
    approver = records.staff(Role.APPROVER)
    assert services.approve_accounts(round_, approver, changes_digest(round_)) == 1
    event = outbox.filter(event=Event.ROUND_PAYMENTS_APPROVED).latest("pk")
    assert {"kind": "household", "id": str(home.pk)} in event.subjects
    assert event.detail["accounts"] == 1
    assert "9999999" not in str(event.detail)
    released(round_)
    assert not Untransferable.objects.exists()
    assert Transfer.objects.get(household=home).account_number == "9999999"
    with pytest.raises(NotApproved):
        services.approve_accounts(round_, approver, changes_digest(round_))


def test_who_calculated_approves_no_changed_account_and_none_that_was_not_shown(in_a: Any) -> None:
    spend(pupil(1), "school_lunch", 4_000)
    officer = records.staff(Role.BOARD_OFFICER, Role.APPROVER)
    round_ = approved(calculated(opened(), by=officer))
    seen = changes_digest(round_)
    Household.objects.update(account_number="9999999")
    with pytest.raises(AccountsChangedAgain):
        services.approve_accounts(round_, records.staff(Role.APPROVER), seen)
    with pytest.raises(SamePerson):
        services.approve_accounts(round_, officer, changes_digest(round_))
    released(round_)
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({"account_number": ""}, "登録されていません"),
        ({"bank_code": "12"}, "金融機関コード"),
        ({"branch_code": "A01"}, "支店コード"),
        ({"account_type": ""}, "口座種類"),
        ({"account_number": "12345"}, "7桁"),
        ({"account_holder": " "}, "名義カナが登録されていません"),
        ({"account_holder": "ミホン 太郎"}, "使えない文字があります（太、郎）"),
        ({"account_holder": "ガ" * 16}, "半角30文字を超えます"),
    ],
)
def test_a_household_without_a_usable_account_is_listed_and_the_rest_is_paid(
    in_a: Any, account: dict[str, str], says: str
) -> None:
    spend(pupil(1, at=child(records.household(**account))), "school_lunch", 3_000)
    round_ = approved(ready(4_000))
    assert round_.confirmed_total == 7_000
    round_ = released(round_)
    listed = Untransferable.objects.get()
    assert listed.amount == 3_000
    assert says in listed.reason
    assert "名簿で直し" in listed.reason
    assert Transfer.objects.get().amount == 4_000
    assert (round_.transferable_total, round_.untransferable_total) == (4_000, 3_000)
    assert sum(transfer.amount for transfer in parse(services.bank_file(round_)).transfers) == 4_000


def test_only_an_approved_round_is_released_and_only_once(in_a: Any) -> None:
    round_ = ready(4_000)
    with pytest.raises(NotApproved, match="計算済"):
        released(round_)
    released(approved(round_))
    with pytest.raises(NotApproved, match="支給済"):
        released(round_)
    assert Transfer.objects.count() == 1


# --- the bank's file --------------------------------------------------------------------------------------------------


def test_the_file_reads_back_as_the_transfers(in_a: Any) -> None:
    round_ = released(approved(ready(4_000, 3_000, 2_000)))
    data = services.bank_file(round_)
    assert data == services.bank_file(round_)
    file = parse(data)
    assert (file.pay_month, file.pay_day) == (round_.pay_on.month, round_.pay_on.day)
    kept = Transfer.objects.order_by("household__number").values_list("account_number", "amount")
    assert [(each.account_number, each.amount) for each in file.transfers] == list(kept)
    assert file.total == round_.confirmed_total == 9_000
    assert file.transfers[0].payee == "ﾐﾎﾝ ﾀﾛｳ"
    assert file.sender.name == "ｻﾝﾌﾟﾙ ｹﾝ"


def test_no_file_before_the_release_or_against_the_approved_totals(in_a: Any) -> None:
    round_ = approved(ready(4_000, 3_000))
    with pytest.raises(NotApproved):
        services.bank_file(round_)
    released(round_)
    Transfer.objects.filter(amount=3_000).update(amount=2_999)
    with pytest.raises(SumsDisagree):
        services.bank_file(round_)
    Transfer.objects.filter(amount=2_999).delete()
    with pytest.raises(SumsDisagree):
        services.bank_file(round_)


def test_refused_entries_are_told_by_household(in_a: Any) -> None:
    round_ = released(approved(ready(4_000)))
    Transfer.objects.update(account_holder="見本")
    number = Household.objects.get().number
    with pytest.raises(TransfersRefused) as refused:
        services.bank_file(round_)
    assert refused.value.problems[0].startswith(f"世帯 {number}: 受取人名: 振込データに使えない文字")


def test_a_kanji_bank_name_is_left_out_since_the_code_decides(in_a: Any) -> None:
    round_ = released(approved(ready(4_000)))
    Transfer.objects.update(bank_name="サンプル銀行", branch_name="ミホン")
    (entry,) = parse(services.bank_file(round_)).transfers
    assert (entry.bank_name, entry.branch_name) == ("", "ﾐﾎﾝ")


def test_a_real_prefecture_needs_its_own_payer_account(in_a: Any) -> None:
    round_ = released(approved(ready(4_000)))
    in_a.sample = False
    try:
        with pytest.raises(PayerMissing):
            services.bank_file(round_)
        PayerAccount.objects.create(
            requester_code="1234567890", requester_name="ﾐﾎﾝｹﾝ", bank_code="0001", branch_code="001",
            account_type="1", account_number="7654321",
        )  # fmt: skip
        assert parse(services.bank_file(round_)).sender.code == "1234567890"
        with pytest.raises(IntegrityError), transaction.atomic():
            PayerAccount.objects.create(requester_code="2")
    finally:
        in_a.sample = True

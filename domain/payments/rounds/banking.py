"""振込データ (全銀 総合振込) of a released round."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from domain.payments.errors import NotApproved, PayerMissing, SumsDisagree, TransfersRefused
from domain.payments.models import PayerAccount, PaymentRound, Transfer
from domain.payments.states import State
from domain.payments.totals import totals_of
from integrations.bank_transfer import (
    AccountType,
    Sender,
    TransferFileError,
    build_file,
    refused_characters,
    to_bank_kana,
)
from integrations.bank_transfer import Transfer as Entry
from tenants.core.context import current_prefecture

_SAMPLE = {
    "requester_code": "0000000000",
    "requester_name": "サンプル ケン",
    "bank_code": "9990",
    "bank_name": "サンプルギンコウ",
    "branch_code": "901",
    "branch_name": "ミホン",
    "account_type": "1",
    "account_number": "0000000",
}


def payer_account() -> PayerAccount:
    """The 依頼人口座; a sample prefecture without one gets サンプル (not saved). Raises PayerMissing."""
    account = PayerAccount.objects.first()
    if account is not None:
        return account
    prefecture = current_prefecture()
    if prefecture is None or not prefecture.sample:
        raise PayerMissing
    return PayerAccount(**_SAMPLE)


@transaction.atomic
def bank_file(round_: PaymentRound) -> bytes:
    """The file of a round's transfers, by 世帯番号; the same round gives the same bytes.

    Made only where count and total still are what was approved. Raises NotApproved, SumsDisagree, PayerMissing,
    TransfersRefused (entries the file cannot carry, by 世帯番号, all at once).
    """
    row = PaymentRound.objects.get(pk=round_.pk)
    if row.state != State.RELEASED:
        raise NotApproved(row.get_state_display())
    transfers = list(row.transfers.select_related("household").order_by("household__number"))
    _require_approved(row, transfers)
    try:
        return build_file(_sender(payer_account()), [_entry(each) for each in transfers], row.pay_on)
    except TransferFileError as error:
        raise TransfersRefused(_by_household(error, transfers)) from None


def _require_approved(row: PaymentRound, transfers: Sequence[Transfer]) -> None:
    totals = totals_of(row)
    refused = sum(row.untransferable.values_list("amount", flat=True))
    paid = sum(transfer.amount for transfer in transfers)
    approved = (row.confirmed_count, row.confirmed_total)
    if (totals.count, totals.total) != approved or paid + refused != row.confirmed_total:
        raise SumsDisagree("振込・振込不可の合計と承認された件数・合計")


def _by_household(error: TransferFileError, transfers: Sequence[Transfer]) -> list[str]:
    """Each problem with its 世帯番号; line 0 is the file itself, that is the 依頼人口座."""
    return [
        f"{f'世帯 {transfers[problem.line - 1].household.number}' if problem.line else '依頼人口座'}:"
        f" {problem.item}: {problem.message}"
        for problem in error.problems
    ]


def _sender(account: PayerAccount) -> Sender:
    return Sender(
        code=account.requester_code,
        name=account.requester_name,
        bank_code=account.bank_code,
        branch_code=account.branch_code,
        account_type=AccountType(account.account_type),
        account_number=account.account_number,
        bank_name=account.bank_name,
        branch_name=account.branch_name,
    )


def _entry(transfer: Transfer) -> Entry:
    return Entry(
        bank_code=transfer.bank_code,
        branch_code=transfer.branch_code,
        account_type=AccountType(transfer.account_type),
        account_number=transfer.account_number,
        payee=transfer.account_holder,
        amount=transfer.amount,
        bank_name=_kana_or_none(transfer.bank_name),
        branch_name=_kana_or_none(transfer.branch_name),
    )


def _kana_or_none(name: str) -> str:
    """The names are for people and may be left out; the codes decide. Kanji cannot stand in the file."""
    return "" if refused_characters(to_bank_kana(name)) else name

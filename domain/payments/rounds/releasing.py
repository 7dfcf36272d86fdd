"""支給の確定: one transfer for each household, or a listed reason why there is none.

A household without a usable account holds back no other: its amount is listed as 振込不可 with what to do. Transfers and
振込不可 together are exactly what was approved; a constraint of the database says so too.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Household
from domain.payments.errors import NotApproved, SumsDisagree
from domain.payments.models import ApprovedAccount, PaymentRound, Transfer, Untransferable
from domain.payments.rounds.accounts import account_problem
from domain.payments.rounds.approved_accounts import amounts_by_household, approved_accounts, change_of
from domain.payments.states import State, locked, move


@transaction.atomic
def release_round(round_: PaymentRound, user: User) -> PaymentRound:
    """Make the transfers of an approved round to the accounts that were approved. Raises NotApproved, SumsDisagree.

    A household whose account is not the one of the approval any more is not paid by transfer: 振込不可.
    """
    row = locked(round_.pk)
    if row.state != State.APPROVED:
        raise NotApproved(row.get_state_display())
    transfers, refused = [], []
    known = approved_accounts(row)
    for home, amount in amounts_by_household(row):
        reason = _reason(home, amount, known)
        if reason:
            refused.append(Untransferable(round=row, household=home, amount=amount, reason=reason))
        else:
            transfers.append(_transfer(row, home, amount))
    Transfer.objects.bulk_create(transfers, batch_size=2_000)
    Untransferable.objects.bulk_create(refused, batch_size=2_000)
    sent, kept = sum(each.amount for each in transfers), sum(each.amount for each in refused)
    if sent + kept != row.confirmed_total:
        raise SumsDisagree("世帯ごとの合計と承認された合計")
    move(
        row,
        State.RELEASED,
        by=user.display_name,
        released_by=user.username,
        released_at=timezone.now(),
        transferable_total=sent,
        untransferable_total=kept,
    )
    figures = {"transfers": len(transfers), "total": sent, "untransferable": len(refused), "untransferable_total": kept}
    record(
        Event.ROUND_PAYMENTS_RELEASED,
        subjects=[Subject("round", str(row.pk))],
        detail=figures,
        allowed_by="approve_round",
    )
    return row


def expected_problems(round_: PaymentRound) -> list[Untransferable]:
    """What would be 振込不可 if the round were released now; nothing is saved."""
    known = approved_accounts(round_)
    found = ((home, amount, _reason(home, amount, known)) for home, amount in amounts_by_household(round_))
    return [
        Untransferable(round=round_, household=home, amount=amount, reason=reason)
        for home, amount, reason in found
        if reason
    ]


def _reason(home: Household, amount: int, known: Mapping[int, ApprovedAccount]) -> str:
    """Why a household cannot be paid by transfer, or ""."""
    reason = account_problem(home)
    if reason:
        return reason
    change = change_of(home, amount, known.get(home.pk))
    return change.reason if change else ""


def _transfer(round_: PaymentRound, home: Household, amount: int) -> Transfer:
    return Transfer(
        round=round_,
        household=home,
        amount=amount,
        bank_code=home.bank_code,
        bank_name=home.bank_name,
        branch_code=home.branch_code,
        branch_name=home.branch_name,
        account_type=home.account_type,
        account_number=home.account_number,
        account_holder=home.account_holder,
    )

"""振込先 as approved: an account changed between 承認 and 支給の確定 is paid only once an approver has seen the change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.parts import record_parts
from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.households.models import Household
from domain.payments.errors import AccountsChangedAgain, NotApproved
from domain.payments.models import ApprovedAccount, PaymentRound, PupilPayment
from domain.payments.paging import households_of, pages
from domain.payments.states import State, locked

FIELDS = {
    "bank_code": "金融機関",
    "branch_code": "支店",
    "account_type": "口座種類",
    "account_number": "口座番号",
    "account_holder": "口座名義",
}
_SHOWN_DIGITS = 3


ACCOUNTS_APPROVAL = two_person(
    "payments.accounts",
    "支給の承認の後に変わった口座の承認",
    first=Permission.CALCULATE_ROUND,
    second=Permission.APPROVE_ROUND,
    everywhere=True,
    asker="calculated_by",
    asked_at="",
)


@dataclass(frozen=True, slots=True)
class Change:
    """A household whose account (or amount, 円) is not the one of the approval; accounts masked for the page."""

    household: Household
    amount: int
    before: str
    now: str
    what: str

    @property
    def reason(self) -> str:
        return (
            f"承認の後に振込先が変わりました（{self.what}）。変更の届出を確かめ、"
            "この回の分は窓口払いなど別の方法で支払ってください。"
        )


def amounts_by_household(round_: PaymentRound) -> Iterator[tuple[Household, int]]:
    """Households that are paid in a round with the sum over their pupils, 円, by 世帯番号."""
    paid = PupilPayment.objects.filter(round=round_, state=PupilPayment.State.PAYABLE)
    amounts = dict(paid.values_list("pupil", "total"))
    sums: dict[int, int] = defaultdict(int)
    for pupil, household in households_of(amounts).items():
        sums[household] += amounts[pupil]
    homes = [home for page in pages(sums) for home in Household.objects.filter(pk__in=page)]
    for home in sorted(homes, key=lambda home: home.number):
        yield home, sums[home.pk]


def keep_accounts(round_: PaymentRound) -> None:
    """Keep the accounts of this moment as the approved ones. The caller holds the round and approves."""
    round_.approved_accounts.all().delete()
    rows = [_account(round_, home, amount) for home, amount in amounts_by_household(round_)]
    ApprovedAccount.objects.bulk_create(rows, batch_size=2_000)


def approved_accounts(round_: PaymentRound) -> dict[int, ApprovedAccount]:
    """By household."""
    return {row.household_id: row for row in round_.approved_accounts.all()}


def change_of(home: Household, amount: int, approved: ApprovedAccount | None) -> Change | None:
    """What differs from the approval; a household that was not in it differs as a whole."""
    if approved is None:
        return Change(home, amount, "（承認時はこの世帯への支給なし）", masked(home), "世帯")
    differing = [word for name, word in FIELDS.items() if getattr(home, name) != getattr(approved, name)]
    if amount != approved.amount:
        differing.append("世帯の金額")
    return Change(home, amount, masked(approved), masked(home), "、".join(differing)) if differing else None


def changes_since_approval(round_: PaymentRound) -> list[Change]:
    """Of all households that are to be paid, by 世帯番号."""
    known = approved_accounts(round_)
    found = (change_of(home, amount, known.get(home.pk)) for home, amount in amounts_by_household(round_))
    return [change for change in found if change is not None]


def digest_of_changes(changes: Sequence[Change]) -> str:
    """SHA-256 of the new accounts as they were shown: what changes after that was not seen."""
    digest = hashlib.sha256()
    for change in changes:
        values = [getattr(change.household, name) for name in FIELDS]
        digest.update(repr((change.household.pk, change.amount, values)).encode() + b"\n")
    return digest.hexdigest()


@transaction.atomic
def approve_accounts(round_: PaymentRound, user: User, seen: str) -> int:
    """Approve the changed accounts that were shown (`seen`: their digest); how many households.

    Raises NotApproved, SamePerson (who calculated), AccountsChangedAgain.
    """
    row = locked(round_.pk)
    if row.state != State.APPROVED:
        raise NotApproved(row.get_state_display())
    ACCOUNTS_APPROVAL.require(row.calculated_by, user)
    changes = changes_since_approval(row)
    if digest_of_changes(changes) != seen:
        raise AccountsChangedAgain
    keep_accounts(row)
    record_parts(
        Event.ROUND_PAYMENTS_APPROVED,
        (Subject("household", str(change.household.pk)) for change in changes),
        about=[Subject("round", str(row.pk))],
        detail={"accounts": len(changes), "total": sum(change.amount for change in changes)},
        allowed_by="approve_round",
    )
    return len(changes)


def masked(account: Household | ApprovedAccount) -> str:
    """9990-901 普通 ＊＊＊＊567 ミ＊＊: enough to compare with the papers, not enough to use."""
    if not account.account_number:
        return "（登録なし）"
    kind = dict(Household.AccountType.choices).get(account.account_type, "")
    hidden = max(len(account.account_number) - _SHOWN_DIGITS, 0)
    number = "＊" * hidden + account.account_number[hidden:]
    return f"{account.bank_code}-{account.branch_code} {kind} {number} {account.account_holder[:1]}＊＊"


def _account(round_: PaymentRound, home: Household, amount: int) -> ApprovedAccount:
    values = {name: getattr(home, name) for name in FIELDS}
    return ApprovedAccount(round=round_, household=home, amount=amount, **values)

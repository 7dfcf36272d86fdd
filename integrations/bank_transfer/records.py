"""What a transfer file says, typed.  Amounts are whole yen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AccountType(StrEnum):
    """預金種目."""

    ORDINARY = "1"
    CHECKING = "2"
    SAVINGS = "4"
    OTHER = "9"


@dataclass(frozen=True, slots=True, repr=False)
class Sender:
    """依頼人: who pays, and from which account.  `code` is the 依頼人コード (10 digits) that the bank gave."""

    code: str
    name: str
    bank_code: str
    branch_code: str
    account_type: AccountType
    account_number: str
    bank_name: str = ""
    branch_name: str = ""

    def __repr__(self) -> str:
        return f"Sender(code={self.code!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Transfer:
    """One payment.

    `payee` is the account holder in kana; kanji are refused.  With `edi` (20 characters) the two customer codes stay
    empty and 識別表示 is Y.  `by_wire` chooses 電信 (7) or 文書 (8); None leaves the item blank.
    """

    bank_code: str
    branch_code: str
    account_type: AccountType
    account_number: str
    payee: str
    amount: int
    bank_name: str = ""
    branch_name: str = ""
    customer_code_1: str = ""
    customer_code_2: str = ""
    edi: str = ""
    by_wire: bool | None = True
    new_code: str = "0"

    def __repr__(self) -> str:
        return f"Transfer(amount={self.amount})"


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file that was read.  A transfer file tells month and day of the payment, not the year."""

    sender: Sender
    pay_month: int
    pay_day: int
    transfers: tuple[Transfer, ...]

    @property
    def total(self) -> int:
        """合計金額, 円."""
        return sum(transfer.amount for transfer in self.transfers)

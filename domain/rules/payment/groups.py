"""What the payment of some expense lines is made of, while it is worked out and when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.rules.cases import Category
from domain.rules.errors import Missing
from domain.rules.payment_cases import Department, ExpenseLine, StatusPeriod
from domain.rules.standing import Standing, weakest
from domain.rules.yearpack.conditions import Question
from domain.rules.yearpack.model import Cap, ExpenseItem, Rate
from domain.rules.yearpack.tables import Origin


class Unpaid(StrEnum):
    """Why a known expense pays nothing."""

    NOT_COVERED = "not_covered"
    DECLINED = "declined"
    TRANSFERRED_OUT = "transferred_out"
    ONCE_PER_DEPARTMENT = "once_per_department"
    WELFARE = "welfare"
    INSTITUTION = "institution"
    NOT_IN_APRIL = "not_in_april"
    BEFORE_ENTRY = "before_entry"
    OTHER_SCHEME = "other_scheme"
    CAP_REACHED = "cap_reached"
    RATE_ZERO = "rate_zero"

    @property
    def label(self) -> str:
        """Japanese reason shown to people."""
        return {
            "not_covered": "支給対象外",
            "declined": "完全辞退",
            "transferred_out": "転出済(支給停止)",
            "once_per_department": "同じ部で支給済み(部ごとに1回)",
            "welfare": "教育扶助で支給される経費",
            "institution": "措置費で支給される経費",
            "not_in_april": "4月に在籍していない",
            "before_entry": "就学前支給の対象外",
            "other_scheme": "他の制度で全額が支給された",
            "cap_reached": "限度額に達している",
            "rate_zero": "この区分の支給割合は0",
        }[self.value]


class Component(StrEnum):
    """What a row of the pack was used for in a payment."""

    ONCE = "once"
    WELFARE = "welfare"
    INSTITUTION = "institution"
    ENROLLED_IN_APRIL = "enrolled_in_april"
    BEFORE_ENTRY = "before_entry"
    OWN_CAR = "own_car"
    NET_OF = "net_of"
    RATE = "rate"
    CAP = "cap"
    PRORATE_CAP = "prorate_cap"
    ROLL_EXCESS = "roll_excess"
    ROUNDING = "rounding"
    TRIAL = "trial"

    @property
    def label(self) -> str:
        """Japanese word of the receipt."""
        return {
            "once": "部ごとに1回",
            "welfare": "要保護との重複",
            "institution": "措置費との重複",
            "enrolled_in_april": "4月在籍",
            "before_entry": "就学前支給",
            "own_car": "自家用車の距離単価",
            "net_of": "他制度の差引",
            "rate": "支給割合",
            "cap": "限度額",
            "prorate_cap": "限度額の月割",
            "roll_excess": "限度額を超えた分の振替",
            "rounding": "端数処理",
            "trial": "試算用の重ね定義",
        }[self.value]


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A row of the pack that a payment rests on, with what it said (plain text, no float)."""

    component: Component
    row: str
    value: str
    origin: Origin


@dataclass(slots=True)
class Group:
    """Lines paid together.  `unpaid` set: nothing is paid and why; `rate` None only then; `missing` set: stopped.

    `amounts` 円 per line key; `rolled_from`: the item whose excess this is, then `amounts` is the excess under that item's key.
    """

    item: ExpenseItem
    purpose: str
    month: date
    status: StatusPeriod | None = None
    rate: Rate | None = None
    question: Question | None = None
    unpaid: Unpaid | None = None
    missing: Missing | None = None
    rows: list[UsedRow] = field(default_factory=list)
    lines: list[ExpenseLine] = field(default_factory=list)
    amounts: dict[str, int] = field(default_factory=dict)
    rolled_from: str = ""

    @property
    def expense(self) -> int:
        """Sum of the lines, 円."""
        return sum(self.amounts.values())

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the expense lines."""
        return tuple(line.key for line in self.lines)

    def use(self, component: Component, row: str, value: object, origin: Origin) -> None:
        """Note a row once."""
        used = UsedRow(component, row, str(value), origin)
        if used not in self.rows:
            self.rows.append(used)


@dataclass(frozen=True, slots=True)
class PaymentGroup:
    """Lines of one item, purpose, month, status and rate row.  All amounts in 円.

    `expense` sum of the lines; `deducted` what other schemes pay of it; `eligible` what is left of the rest under the cap;
    `rolled` what goes over to another item; `used_before` what the year had already used; `ledgers` the payment by 会計区分;
    `unpaid` why nothing is paid; `rolled_from` the item whose excess this is.
    """

    item: str
    purpose: str
    month: date
    status_from: date | None
    department: Department | None
    grade: int | None
    category: Category | None
    expense_keys: tuple[str, ...]
    expense: int
    deducted: int
    eligible: int
    rolled: int
    rolled_from: str
    cap: Cap | None
    used_before: int
    rate: Rate | None
    ledgers: Mapping[str, int]
    unpaid: Unpaid | None
    rows: tuple[UsedRow, ...]

    @property
    def spent(self) -> int:
        """The expense that counts for this item: without what another item takes over."""
        return self.expense - self.rolled

    @property
    def paid(self) -> int:
        """Sum of the ledgers, 円."""
        return sum(self.ledgers.values())

    @property
    def standing(self) -> Standing:
        """Weakest of the rows used."""
        return weakest(each.origin.standing for each in self.rows)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Expense lines for which a row or fact is absent: nothing is said about their payment."""

    item: str
    month: date
    expense_keys: tuple[str, ...]
    missing: Missing
    rolled_from: str = ""

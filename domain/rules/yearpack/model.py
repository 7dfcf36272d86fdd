"""The typed year pack (年度定義): tables, formula, category rules, items, rates, caps.  Immutable once loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from domain.rules.cases import Category
from domain.rules.exact import Rounding
from domain.rules.yearpack.conditions import RuleBook
from domain.rules.yearpack.formula import AgeRule, AsOf, IncomeRule, NeedRule
from domain.rules.yearpack.payment_rules import PayRules
from domain.rules.yearpack.tables import Origin, Table


@dataclass(frozen=True, slots=True)
class Boundary:
    """`category` holds while income < `below` × annual need (strictly); `below` None = no upper end."""

    category: Category
    below: Fraction | None
    origin: Origin


class SpecialCase(StrEnum):
    """Households whose 支弁区分 is fixed without tax facts (§ 区分の特例)."""

    FULL_DECLINE = "full_decline"
    PARTIAL_DECLINE = "partial_decline"
    WELFARE = "welfare"
    PROVISIONAL = "provisional"
    INSTITUTION = "institution"

    @property
    def label(self) -> str:
        """Japanese name."""
        return {
            "full_decline": "完全辞退",
            "partial_decline": "一部辞退",
            "welfare": "生活保護",
            "provisional": "仮区分",
            "institution": "措置費受給(施設生)",
        }[self.value]


class SpecialAction(StrEnum):
    """What a special case leads to."""

    CATEGORY = "category"
    NO_PAYMENT = "no_payment"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class SpecialRule:
    """`category` is set exactly when `action` is CATEGORY."""

    case: SpecialCase
    action: SpecialAction
    category: Category | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Place:
    """級地 and 地区 of a municipality from a day to a day (both inclusive; None = open), and who follows it (廃置分合)."""

    code: str
    name: str
    grade: str
    zone: int
    starts_on: date
    ends_on: date | None
    successor: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Text of a legal basis (根拠) in force from a day to a day, both inclusive; None = open."""

    id: str
    text: str
    starts_on: date | None
    ends_on: date | None
    origin: Origin


YOUNGEST_ASKED, OLDEST_ASKED = 1, 30
"""Full years that `InquiryAge` may say: 0 would ask for the tax of every newborn of the prefecture."""


@dataclass(frozen=True, slots=True)
class InquiryAge:
    """Full years from which 地方税関係情報 is asked, from a day to a day, both inclusive; None = open."""

    full_years: int
    starts_on: date | None
    ends_on: date | None
    origin: Origin

    @property
    def name(self) -> str:
        """Name of the row in the whole pack."""
        return f"inquiry_age/{self.starts_on}" if self.starts_on else "inquiry_age"


@dataclass(frozen=True, slots=True)
class Ledger:
    """会計区分: 負担金 `statutory`, 補助金 `subsidy`, and whatever a prefecture adds.

    `reported` False: kept out of the 実績報告 to the ministry (都道府県単独).
    """

    name: str
    title: str
    reported: bool = True


@dataclass(frozen=True, slots=True)
class ExpenseItem:
    """経費項目.  `purposes`: rate lines of its own; `counted`: each line needs `count_no`; `once_per_department`.

    `class_only`: paid to pupils of a 特別支援学級 only (体育実技用具費); listed, never paid to a pupil of a 部.
    """

    code: str
    order: int
    title: str
    unit: str
    evidence: str
    purposes: tuple[str, ...] = ()
    counted: bool = False
    once_per_department: bool = False
    class_only: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """Share of the expense per ledger name; `covered` False = the item is not for these pupils (対象外)."""

    covered: bool
    shares: tuple[tuple[str, Fraction], ...]
    row: str
    origin: Origin


class CapBasis(StrEnum):
    """What a cap limits: the expense before the rate, or the payment after it."""

    EXPENSE = "expense"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Cap:
    """限度額 a fiscal year, 円; `annual` None = the row says there is no cap (not: the cap is unknown)."""

    annual: int | None
    basis: CapBasis
    row: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class WelfarePay:
    """Whether an item is paid beside another scheme: to a 要保護 pupil (教育扶助), or where 措置費 is paid."""

    pays: bool
    origin: Origin


class RoundingPer(StrEnum):
    """What the payment's rounding is applied to: the group's payment as one, or each ledger's part."""

    GROUP = "group"
    LEDGER = "ledger"


class CategoryOn(StrEnum):
    """Which day's 支弁区分 counts: the day of the expense, or the 支給日."""

    EXPENSE = "expense"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class PaymentRule:
    """How a group's payment becomes yen.  `rest`: the ledger that takes the remainder, "" = the last with a share."""

    rounding: Rounding
    origin: Origin
    once: Origin
    per: RoundingPer = RoundingPer.GROUP
    rest: str = ""
    category_on: CategoryOn = CategoryOn.EXPENSE


@dataclass(frozen=True, slots=True)
class Pack:
    """One fiscal year's rules.  `digest` covers the content of the pack and of every overlay, in order.

    `trial`: where each layer that is only for trials (試算用) says so; what is paid by such a pack is 未確認 as a whole.
    """

    name: str
    title: str
    fiscal_year: int
    overlays: tuple[str, ...]
    sample: bool
    digest: str
    tables: Mapping[str, Table]
    need: NeedRule
    income: IncomeRule
    ages: AgeRule
    boundaries: tuple[Boundary, ...]
    special: Mapping[SpecialCase, SpecialRule]
    ledgers: tuple[Ledger, ...]
    payment: PaymentRule
    items: Mapping[str, ExpenseItem]
    rates: RuleBook[Rate]
    caps: RuleBook[Cap]
    welfare_pay: Mapping[str, WelfarePay]
    institution_pay: Mapping[str, WelfarePay]
    pay_rules: PayRules
    trial: tuple[Origin, ...] = ()
    as_of: AsOf | None = None
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    legal_basis: Mapping[str, tuple[LegalBasis, ...]] = field(default_factory=dict)
    inquiry_age: tuple[InquiryAge, ...] = ()
    skeletons: dict[object, object] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What the steps of every receipt share (`trace.py`); filled while receipts are made."""

    def __repr__(self) -> str:
        return f"Pack({self.name!r}, overlays={self.overlays!r}, digest={self.digest!r})"

"""Further rules of payment as rows of the pack: one dataclass per kind; what each does is in `payment_steps.py`.

A row that is present and off says so on purpose: its source stands behind the result as much as one that is on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from domain.rules.cases import Category
from domain.rules.exact import Rounding
from domain.rules.payment_cases import Department
from domain.rules.yearpack.tables import Origin


class RuleKind(StrEnum):
    """Closed set of kinds; docs/algorithms has a page for each."""

    PRORATE_CAP = "prorate_cap"
    ROLL_EXCESS = "roll_excess"
    ENROLLED_IN_APRIL = "enrolled_in_april"
    BEFORE_ENTRY = "before_entry"
    NET_OF = "net_of"
    OWN_CAR = "own_car"


class NetPer(StrEnum):
    """What a deduction is counted by: meals entered on the line, calendar months, or the amount entered as received."""

    MEAL = "meal"
    MONTH = "month"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Scope:
    """What every rule row has.  `departments` None = all; `starts_on`–`ends_on`: days of use it is for, None = open."""

    id: str
    enabled: bool
    items: frozenset[str]
    departments: frozenset[Department] | None
    starts_on: date | None
    ends_on: date | None
    row: str
    origin: Origin

    def holds(self, item: str, department: Department, day: date) -> bool:
        """Whether the row is for this expense; on or off is another question."""
        return (
            item in self.items
            and (self.departments is None or department in self.departments)
            and (self.starts_on is None or self.starts_on <= day)
            and (self.ends_on is None or day <= self.ends_on)
        )


@dataclass(frozen=True, slots=True)
class ProrateCap:
    """月割: the annual cap counts by month for who enters after `full_through` (month, day)."""

    scope: Scope
    full_through: tuple[int, int]
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class RollExcess:
    """What an item's cap on the expense leaves over is an expense of the item `into`."""

    scope: Scope
    into: str


@dataclass(frozen=True, slots=True)
class EnrolledInApril:
    """Paid only to who was enrolled in April."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class BeforeEntry:
    """就学前支給: lines marked `before_entry` are paid to pupils of these categories."""

    scope: Scope
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class NetOf:
    """What another scheme pays is deducted before the cap and the rate.

    `grant` 円 per meal or month, None for `received`; `welfare` True: only for 要保護 pupils, None = everyone.
    """

    scope: Scope
    per: NetPer
    grant: int | None
    welfare: bool | None


@dataclass(frozen=True, slots=True)
class OwnCar:
    """自家用車: `price` 円 per km, rounded per line."""

    scope: Scope
    price: Fraction
    rounding: Rounding


Rule = ProrateCap | RollExcess | EnrolledInApril | BeforeEntry | NetOf | OwnCar
Kind = TypeVar("Kind", ProrateCap, RollExcess, EnrolledInApril, BeforeEntry, NetOf, OwnCar)


@dataclass(frozen=True, slots=True)
class PayRules:
    """All rows by id, in the order of the pack; an overlay's row with the same id stands in place of the base's."""

    rows: tuple[Rule, ...] = ()

    def of(self, kind: type[Kind], item: str, department: Department, day: date) -> Iterator[Kind]:
        """Rows of a kind for an expense, the last layer's first."""
        for rule in reversed(self.rows):
            if isinstance(rule, kind) and rule.scope.holds(item, department, day):
                yield rule

    def wanted(self) -> dict[str, frozenset[str]]:
        """Items of the rows that are on and ask for a fact of the expense of its own: `car`, `received`, `before_entry`."""
        found: dict[str, set[str]] = {"car": set(), "received": set(), "before_entry": set()}
        for rule in self.rows:
            if not rule.scope.enabled:
                continue
            if isinstance(rule, OwnCar):
                found["car"] |= rule.scope.items
            elif isinstance(rule, BeforeEntry):
                found["before_entry"] |= rule.scope.items
            elif isinstance(rule, NetOf) and rule.per is NetPer.RECEIVED:
                found["received"] |= rule.scope.items
        return {fact: frozenset(items) for fact, items in found.items()}

    def first(self, kind: type[Kind], item: str, department: Department, day: date) -> Kind | None:
        """The row that decides, on or off; None when no row speaks of the expense."""
        return next(self.of(kind, item, department, day), None)

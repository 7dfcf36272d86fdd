"""The facts of one pupil's payments: dated status (状況履歴), expenses (使用経費), amounts already paid elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.rules.cases import Category, Decline


class Department(StrEnum):
    """部 of a 特別支援学校; 高等部 is divided because rights differ between its courses."""

    KINDERGARTEN = "kindergarten"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"
    HIGH = "high"
    HIGH_SEPARATE = "high_separate"
    HIGH_ADVANCED = "high_advanced"

    @property
    def label(self) -> str:
        """Japanese name."""
        return _DEPARTMENT_LABELS[self]

    @property
    def years(self) -> int:
        """Number of grades (学年)."""
        return 6 if self is Department.ELEMENTARY else 3


_DEPARTMENT_LABELS = {
    Department.KINDERGARTEN: "幼稚部",
    Department.ELEMENTARY: "小学部",
    Department.JUNIOR_HIGH: "中学部",
    Department.HIGH: "高等部(本科)",
    Department.HIGH_SEPARATE: "高等部(別科)",
    Department.HIGH_ADVANCED: "高等部(専攻科)",
}


class Attendance(StrEnum):
    """就学状況."""

    COMMUTER = "commuter"
    BOARDER = "boarder"
    INSTITUTION = "institution"
    TRANSFERRED_OUT = "transferred_out"

    @property
    def label(self) -> str:
        """Japanese name."""
        return {
            "commuter": "通学生",
            "boarder": "寄宿生",
            "institution": "施設生",
            "transferred_out": "転出済(支給停止)",
        }[self.value]


@dataclass(frozen=True, slots=True)
class StatusPeriod:
    """One dated row of the 状況履歴; both ends inclusive, `ends_on` None = still so.

    `category` is the pupil's own 支弁区分; None = not yet decided.  `physical_multiple` 肢体重複, `article22_3`
    学校教育法施行令22条の3 該当, `welfare` 生活保護 (要保護), `home_visit` 訪問生, `institution_aid` 措置費受給.
    """

    starts_on: date
    ends_on: date | None
    department: Department
    grade: int
    category: Category | None
    attendance: Attendance = Attendance.COMMUTER
    physical_multiple: bool = False
    article22_3: bool = True
    welfare: bool = False
    decline: Decline = Decline.NONE
    home_visit: bool = False
    institution_aid: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class CarJourney:
    """自家用車による通学: one leg of `metres` m, driven `legs` times a day (本人 and 付添人 legs together) on `days` days."""

    metres: int
    days: int
    legs: int


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """One 使用経費: `amount` 円 used on `used_on`; for a `car` journey the amount is 0 and follows from the unit price.

    `count_no`: which return of the year (帰省) or which journey (修学旅行).  `purpose`: rate line of an attendant's item
    (`accompanying` 付添中, `fetching` 付添のため).  `times`: meals or other units the amount is for.  `received`: 円 another
    scheme pays of this expense.  `before_entry`: bought before the pupil entered (就学前支給).
    """

    key: str
    item: str
    used_on: date
    amount: int
    count_no: int | None = None
    purpose: str = ""
    times: int | None = None
    received: int = 0
    before_entry: bool = False
    car: CarJourney | None = None


@dataclass(frozen=True, slots=True)
class CarriedAmount:
    """What this fiscal year's earlier rounds and other schools (管理外学校支給額) already used of an item's cap, 円.

    `expense`: recognised before the rate; `paid`: after the rate.  A transfer-in is a carried amount like any other.
    """

    item: str
    expense: int
    paid: int


@dataclass(frozen=True, slots=True)
class PaidOnce:
    """An item payable once per 部 that was already paid: the journey it was paid for.

    `outside`: by another school, so that no expense line of ours is of that journey, whatever its number.
    """

    item: str
    department: Department
    fiscal_year: int
    count_no: int = 1
    outside: bool = False


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """Expenses of one pupil in one fiscal year, to be paid together.

    `entered_on`: first day in a school of ours, None = first day of the 状況履歴.  `paid_on`: 支給日, needed where the pack
    takes the category of that day.
    """

    pupil: str
    fiscal_year: int
    statuses: tuple[StatusPeriod, ...]
    expenses: tuple[ExpenseLine, ...]
    carried: tuple[CarriedAmount, ...] = ()
    paid_once: tuple[PaidOnce, ...] = ()
    entered_on: date | None = None
    paid_on: date | None = None

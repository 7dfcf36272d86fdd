"""Cases for the tests of 算定規則: fictitious households and pupils."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from domain.rules import (
    Category,
    Department,
    ExpenseLine,
    HouseholdCase,
    IncomeAbsence,
    IncomeFacts,
    MemberFacts,
    PaymentCase,
    SchoolStage,
    StatusPeriod,
)

BASE_DATE = date(2024, 12, 31)
NOTHING = IncomeAbsence.NONE


def oracle(name: str) -> Any:
    """Decoded figures of an oracle file."""
    return json.loads((Path(__file__).parent / "oracles" / f"{name}.json").read_text(encoding="utf-8"))


def stage_of(age: int) -> SchoolStage:
    """小 for 7–12, 中 for 13–15, else none."""
    if 7 <= age <= 12:
        return SchoolStage.ELEMENTARY
    return SchoolStage.JUNIOR_HIGH if 13 <= age <= 15 else SchoolStage.NONE


def member(key: str, age: int, income: IncomeFacts | IncomeAbsence = NOTHING, **more: Any) -> MemberFacts:
    """A member of `age` on the base date."""
    return MemberFacts(key, date(2024 - age, 7, 1), income, **{"school_stage": stage_of(age), **more})


def household(*members: MemberFacts, grade: str = "1-1", zone: int = 6, **more: Any) -> HouseholdCase:
    """A household of fiscal year R7."""
    return HouseholdCase(2025, BASE_DATE, grade, zone, members, **more)


def family(ages: list[int], income: int = 0, **more: Any) -> HouseholdCase:
    """First member earns `income`; the youngest is the pupil."""
    people = [member(f"m{i}", age) for i, age in enumerate(ages)]
    people[0] = replace(people[0], income=IncomeFacts(income))
    people[-1] = replace(people[-1], special_needs=True)
    return household(*people, **more)


def status(
    category: Category | None = Category.II,
    department: Department = Department.ELEMENTARY,
    grade: int = 2,
    starts_on: date = date(2025, 4, 1),
    ends_on: date | None = None,
    **more: Any,
) -> StatusPeriod:
    """A status row; the whole year R7 unless told otherwise."""
    return StatusPeriod(starts_on, ends_on, department, grade, category, **more)


def expense(item: str, amount: int, day: date = date(2025, 6, 10), key: str = "", **more: Any) -> ExpenseLine:
    """One expense; its key is made of item, day and amount."""
    return ExpenseLine(key or f"{item}/{day}/{amount}/{more.get('count_no', '')}", item, day, amount, **more)


def pupil(*expenses: ExpenseLine, statuses: tuple[StatusPeriod, ...] = (), **more: Any) -> PaymentCase:
    """A pupil of fiscal year R7."""
    return PaymentCase("p1", 2025, statuses or (status(),), expenses, **more)

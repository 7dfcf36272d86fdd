"""Fictitious households for measuring: the same seed gives the same households on every machine."""

from __future__ import annotations

import random
from datetime import date

from domain.rules import HouseholdCase, IncomeAbsence, IncomeFacts, MemberFacts, SchoolStage
from domain.rules.cases import GRADES, ZONES

FISCAL_YEAR = 2025
BASE_DATE = date(FISCAL_YEAR - 1, 12, 31)
PUPIL_AGES = (6, 17)
PARENT_AGES = (24, 59)
GRANDPARENT_AGES = (60, 96)
OTHER_CHILD_AGES = (0, 22)


def households(count: int, seed: int = 7) -> list[HouseholdCase]:
    """`count` households of every 級地, zone and size from two to eight, one pupil each; amounts in 円, 年額."""
    draw = random.Random(seed)  # noqa: S311 - fictitious households, not a secret
    return [_household(draw) for _ in range(count)]


def stage_of(age: int) -> SchoolStage:
    """What a child of that age on 前年末日 attends."""
    if age < 6:
        return SchoolStage.PRESCHOOL if age > 3 else SchoolStage.NONE
    if age < 12:
        return SchoolStage.ELEMENTARY
    if age < 15:
        return SchoolStage.JUNIOR_HIGH
    return SchoolStage.HIGH if age < 18 else SchoolStage.NONE


def _household(draw: random.Random) -> HouseholdCase:
    ages = [draw.randint(*PARENT_AGES) for _ in range(draw.choice((1, 2, 2, 2)))]
    earners = len(ages)
    ages += [draw.randint(*GRANDPARENT_AGES) for _ in range(draw.choice((0, 0, 0, 0, 1, 2)))]
    ages += [draw.randint(*OTHER_CHILD_AGES) for _ in range(draw.choice((0, 1, 1, 2, 3)))]
    people = [_member(draw, number, age, number < earners) for number, age in enumerate(ages)]
    people.append(_pupil(draw, len(people)))
    return HouseholdCase(FISCAL_YEAR, BASE_DATE, draw.choice(GRADES), draw.choice(ZONES), tuple(people))


def _member(draw: random.Random, number: int, age: int, earns: bool) -> MemberFacts:
    income = _income(draw) if earns or (age > 20 and draw.random() < 0.5) else IncomeAbsence.NONE
    return MemberFacts(f"{number + 1:02}", _born(draw, age), income, stage_of(age), guardian=number == 0)


def _pupil(draw: random.Random, number: int) -> MemberFacts:
    age = draw.randint(*PUPIL_AGES)
    return MemberFacts(
        f"{number + 1:02}", _born(draw, age), IncomeAbsence.NONE, stage_of(age), special_needs=True
    )  # fmt: skip


def _born(draw: random.Random, age: int) -> date:
    """A birthday with which the member is `age` on 前年末日."""
    return date(BASE_DATE.year - age, draw.randint(1, 12), draw.randint(2, 28))


def _income(draw: random.Random) -> IncomeFacts:
    total = draw.randrange(0, 7_000_000)
    retirement = draw.randrange(0, 2_000_000) if draw.random() < 0.02 else 0
    forestry = draw.randrange(0, 300_000) if draw.random() < 0.01 else 0
    return IncomeFacts(
        total, retirement, forestry, total * draw.randint(8, 16) // 100, draw.randrange(0, 120_000), draw.randrange(0, 50_000)
    )  # fmt: skip

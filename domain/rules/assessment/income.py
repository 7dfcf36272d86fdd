"""収入額: A − B, never below 0 for the household or for each member, as the pack says (年額, 円)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from domain.rules.assessment.need import Home
from domain.rules.cases import HouseholdCase, IncomeAbsence, IncomeFacts, MemberFacts
from domain.rules.errors import Missing
from domain.rules.yearpack.formula import FloorPer, IncomeRule

FACT_TITLES = {
    "total": "総所得金額",
    "retirement": "退職所得金額",
    "forestry": "山林所得金額",
    "social_insurance": "社会保険料控除",
    "life_insurance": "生命保険料控除",
    "earthquake_insurance": "地震保険料控除",
    "single_parent_deduction": "ひとり親・寡婦控除",
}


class MemberIncome(NamedTuple):
    """One member's share: `reason` says why there are no figures, `assumed` that youth alone made it zero."""

    key: str
    added: int
    deducted: int
    reason: IncomeAbsence | None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class IncomeResult:
    """A 所得の計, B 控除の計 and C = max(0, A − B); meaningless while `missing` is not empty.

    `amount`: 収入額 of the household, 年額, 円.
    """

    members: tuple[MemberIncome, ...]
    total: int
    deductions: int
    amount: int
    missing: tuple[Missing, ...]

    @property
    def floored(self) -> bool:
        """Whether a floor at 0 changed the result."""
        return self.amount != self.total - self.deductions


def add_up(rule: IncomeRule, case: HouseholdCase, home: Home) -> IncomeResult:
    """Income of all members; a member without figures is zero only for a named reason that means zero."""
    members, missing = [], []
    for member, person in zip(case.members, home.people, strict=True):
        found = _of_member(rule, member, person.age)
        if isinstance(found, Missing):
            missing.append(found)
        else:
            members.append(found)
    total, deductions = sum(each.added for each in members), sum(each.deducted for each in members)
    if rule.floor_per is FloorPer.MEMBER:
        amount = sum(max(0, each.added - each.deducted) for each in members)
    else:
        amount = max(0, total - deductions)
    return IncomeResult(tuple(members), total, deductions, amount, tuple(missing))


def _of_member(rule: IncomeRule, member: MemberFacts, age: int) -> MemberIncome | Missing:
    facts = member.income
    if isinstance(facts, IncomeFacts):
        return MemberIncome(member.key, sum(amounts_of(facts, rule.adds)), sum(amounts_of(facts, rule.deducts)), None)
    if facts is IncomeAbsence.NONE:
        return MemberIncome(member.key, 0, 0, facts)
    limit = rule.assumed_none_under
    if facts is IncomeAbsence.NOT_ASKED and limit is not None and age < limit:
        return MemberIncome(member.key, 0, 0, facts, assumed=True)
    message = f"世帯員「{member.key}」の所得が{facts.label}です。所得を確かめて入力してください。"
    return Missing("fact", f"members/{member.key}/income", message)


def amounts_of(facts: IncomeFacts, names: tuple[str, ...]) -> tuple[int, ...]:
    """The named facts, 年額, 円."""
    return _getter(names)(facts)


@lru_cache(maxsize=64)
def _getter(names: tuple[str, ...]) -> Callable[[IncomeFacts], tuple[int, ...]]:
    """Reads the named facts at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda facts: tuple(getattr(facts, name) for name in names)

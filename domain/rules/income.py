"""収入額: A − B of the whole household, never below 0 (年額, 円)."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from domain.rules.cases import HouseholdCase, IncomeAbsence, IncomeFacts, MemberFacts
from domain.rules.errors import Missing
from domain.rules.need import Home
from domain.rules.packmodel import IncomeRule

FACT_TITLES = {
    "total": "総所得金額",
    "retirement": "退職所得金額",
    "forestry": "山林所得金額",
    "social_insurance": "社会保険料控除",
    "life_insurance": "生命保険料控除",
    "earthquake_insurance": "地震保険料控除",
    "single_parent_deduction": "ひとり親・寡婦控除",
}


@dataclass(frozen=True, slots=True)
class MemberIncome:
    """One member's share: `reason` says why there are no figures, `assumed` that youth alone made it zero."""

    key: str
    added: int
    deducted: int
    reason: IncomeAbsence | None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class IncomeResult:
    """A 所得の計, B 控除の計 and C = max(0, A − B); meaningless while `missing` is not empty."""

    members: tuple[MemberIncome, ...]
    total: int
    deductions: int
    missing: tuple[Missing, ...]

    @property
    def amount(self) -> int:
        """収入額 of the household, 年額, 円."""
        return max(0, self.total - self.deductions)

    @property
    def floored(self) -> bool:
        """Whether the floor at 0 changed the result."""
        return self.total < self.deductions


def add_up(rule: IncomeRule, case: HouseholdCase, home: Home) -> IncomeResult:
    """Income of all members; a member without figures is zero only for a named reason that means zero."""
    members, missing = [], []
    for member, person in zip(case.members, home.people, strict=True):
        found = _of_member(rule, member, person.age)
        if isinstance(found, Missing):
            missing.append(found)
        else:
            members.append(found)
    total = sum(each.added for each in members)
    return IncomeResult(tuple(members), total, sum(each.deducted for each in members), tuple(missing))


def _of_member(rule: IncomeRule, member: MemberFacts, age: int) -> MemberIncome | Missing:
    facts = member.income
    if isinstance(facts, IncomeFacts):
        return MemberIncome(member.key, _sum(facts, rule.adds), _sum(facts, rule.deducts), None)
    if facts is IncomeAbsence.NONE:
        return MemberIncome(member.key, 0, 0, facts)
    limit = rule.assumed_none_under
    if facts is IncomeAbsence.NOT_ASKED and limit is not None and age < limit:
        return MemberIncome(member.key, 0, 0, facts, assumed=True)
    message = f"世帯員「{member.key}」の所得が{facts.label}です。所得を確かめて入力してください。"
    return Missing("fact", f"members/{member.key}/income", message)


def _sum(facts: IncomeFacts, names: tuple[str, ...]) -> int:
    if len(names) == 1:
        return int(getattr(facts, names[0]))
    return sum(attrgetter(*names)(facts)) if names else 0

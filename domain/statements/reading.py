"""Bulk reads for the computation: plain rows instead of model instances, in a fixed number of queries however many 調書."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.households.models import Member, shares_livelihood
from domain.linkage.models import Inquiry
from domain.statements.models import MemberFacts
from tenants.core.db.among import Among

# Column of ours → item of the answer.
AMOUNTS = {
    "total_income": "total_income",
    "retirement_income": "retirement_income",
    "forestry_income": "forest_income",
    "social_insurance": "social_insurance",
    "life_insurance": "life_insurance",
    "earthquake_insurance": "earthquake_insurance",
}


class MemberRow(NamedTuple):
    """What the rules ask of a member (世帯構成員)."""

    pk: int
    household_id: int
    key: str
    born: date
    stage: str
    special_needs: bool
    is_guardian: bool
    disability: str
    materials_cost: int | None
    annual_commuting: int | None
    joined_on: date | None
    left_on: date | None

    def belongs_on(self, day: date) -> bool:
        """Whether the member shares the household's livelihood on that day."""
        return shares_livelihood(self.joined_on, self.left_on, day)


class FactsRow(NamedTuple):
    """Income facts of one member, 円・年額; the fields are the columns of MemberFacts."""

    statement_id: int
    member_id: int
    source: str
    absence: str
    total_income: int | None = None
    retirement_income: int | None = None
    forestry_income: int | None = None
    social_insurance: int | None = None
    life_insurance: int | None = None
    earthquake_insurance: int | None = None
    recorded_by: str = ""


class TaxInquiryRow(NamedTuple):
    """What became of asking about a member's tax facts (地方税関係情報)."""

    member_id: int
    state: str
    match: str
    settlement: str
    answer: Mapping[str, Any] | None


Members = Mapping[int, Sequence[MemberRow]]
"""By household."""
Facts = Mapping[int, Mapping[int, FactsRow]]
"""By 調書, then by member."""


def members_of(households: Iterable[int]) -> Members:
    """Members of these households, by household, in the order of their keys."""
    found: dict[int, list[MemberRow]] = defaultdict(list)
    rows = Member.objects.filter(Among("household", households)).order_by("household_id", "key")
    for row in map(MemberRow._make, rows.values_list(*MemberRow._fields)):
        found[row.household_id].append(row)
    return found


def facts_of(statements: Iterable[int]) -> Facts:
    """Facts of these 調書 as they are kept."""
    found: dict[int, dict[int, FactsRow]] = defaultdict(dict)
    rows = MemberFacts.objects.filter(Among("statement", statements))
    for row in map(FactsRow._make, rows.values_list(*FactsRow._fields)):
        found[row.statement_id][row.member_id] = row
    return found


def tax_inquiries_of(fiscal_year: int, members: Iterable[int]) -> dict[int, TaxInquiryRow]:
    """By member: the inquiry of the year about tax facts."""
    rows = Inquiry.objects.filter(Among("member", members), fiscal_year=fiscal_year, kind=Inquiry.Kind.TAX)
    return {row.member_id: row for row in map(TaxInquiryRow._make, rows.values_list(*TaxInquiryRow._fields))}

"""Who may be asked what. Pure: what is not needed for the category must not be asked (番号法 20条; atena.md 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.households.models import Household
from domain.linkage.models import Inquiry
from domain.rules.ages import age_on


class NotNeeded(StrEnum):
    """Why an item is not asked; the value is shown."""

    FULL_DECLINE = "完全辞退"
    PARTIAL_DECLINE = "一部辞退（税情報は不要）"
    WELFARE = "生活保護（税情報は不要）"
    INSTITUTION_AID = "措置費受給のみの世帯（税情報は不要）"
    TOO_YOUNG = "年齢が下限未満（税情報は不要）"
    SUSPENDED = "照会を止めている項目"
    NO_CONSENT = "同意がありません"


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """`only_institution_aid`: the household consists of pupils who receive 措置費 and of nobody else (with a parent in it, the
    household's own category still needs the income). `has_guardian`: a member is marked 保護者等."""

    decline: str
    on_welfare: bool
    only_institution_aid: bool
    has_guardian: bool


@dataclass(frozen=True, slots=True)
class MemberFacts:
    born: date
    is_guardian: bool


def base_date(fiscal_year: int) -> date:
    """前年12月31日: the day as of which a year's household and income are looked at."""
    return date(fiscal_year - 1, 12, 31)


def items_for(household: HouseholdFacts, member: MemberFacts, day: date, from_age: int) -> Iterator[Inquiry.Kind]:
    """The items to ask about one member. `from_age`: `ages.tax_from_age` of the year.

    住民票 for everybody whose household is decided on at all; 生活保護 where the household says it receives it, of its guardians
    (protection is given by household: 生活保護法10条); 税 unless the category is fixed without it.
    """
    if household.decline == Household.Decline.FULL:
        return
    yield Inquiry.Kind.RESIDENT
    declined = household.decline == Household.Decline.PARTIAL
    if household.on_welfare and not declined and (member.is_guardian or not household.has_guardian):
        yield Inquiry.Kind.WELFARE
    if no_tax(household, member, day, from_age) is None:
        yield Inquiry.Kind.TAX


def no_tax(household: HouseholdFacts, member: MemberFacts, day: date, from_age: int) -> NotNeeded | None:
    """Why 地方税関係情報 is not asked about this member; None when it is."""
    if household.decline == Household.Decline.FULL:
        return NotNeeded.FULL_DECLINE
    if household.decline == Household.Decline.PARTIAL:
        return NotNeeded.PARTIAL_DECLINE
    if household.on_welfare:
        return NotNeeded.WELFARE
    if household.only_institution_aid:
        return NotNeeded.INSTITUTION_AID
    return NotNeeded.TOO_YOUNG if age_on(member.born, day) < from_age else None

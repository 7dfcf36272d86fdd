"""支弁区分: boundaries compared in integers, never by division (令2条)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from domain.rules.cases import Category, Decline, HouseholdCase
from domain.rules.yearpack.model import Boundary, SpecialCase


class Reason(StrEnum):
    """Why the category is what it is."""

    COMPUTED = "computed"
    FULL_DECLINE = "full_decline"
    PARTIAL_DECLINE = "partial_decline"
    WELFARE = "welfare"
    PROVISIONAL = "provisional"
    INSTITUTION = "institution"
    MISSING = "missing"

    @property
    def label(self) -> str:
        """Japanese word shown to people."""
        return _LABELS[self]


_LABELS: Mapping[Reason, str] = {
    Reason.COMPUTED: "収入額と需要額の比較による",
    Reason.MISSING: "算定に必要な定義または事実がない",
    **{Reason(case.value): f"{case.label}による" for case in SpecialCase},
}


def boundary_of(boundaries: Sequence[Boundary], income: int, annual_need: Fraction) -> Boundary:
    """First boundary the income lies strictly below; `income` and `annual_need` are 年額, 円."""
    top, bottom = annual_need.numerator, annual_need.denominator
    for boundary in boundaries:
        below = boundary.below
        if below is None or income * bottom * below.denominator < below.numerator * top:
            return boundary
    raise ValueError("the last boundary of a pack is open")


def special_case_of(case: HouseholdCase) -> SpecialCase | None:
    """The special case that fixes the household's category, most binding first; None = compute."""
    if case.decline is Decline.FULL:
        return SpecialCase.FULL_DECLINE
    if case.welfare:
        return SpecialCase.WELFARE
    if case.decline is Decline.PARTIAL:
        return SpecialCase.PARTIAL_DECLINE
    if case.members and all(member.special_needs and member.institution for member in case.members):
        return SpecialCase.INSTITUTION
    return SpecialCase.PROVISIONAL if case.provisional else None


def category_number(category: Category | None) -> int | None:
    """Plain number for JSON."""
    return None if category is None else int(category)

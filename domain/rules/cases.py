"""The facts of one household (世帯) that a 支弁区分 is computed from.  Plain values; time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

GRADES = ("1-1", "1-2", "2-1", "2-2", "3-1", "3-2")
ZONES = (1, 2, 3, 4, 5, 6)
ROMAN_ZONES = ("I", "II", "III", "IV", "V", "VI")
"""How 地区 1..6 are written in JSON."""


class Category(IntEnum):
    """支弁区分 Ⅰ・Ⅱ・Ⅲ (令2条)."""

    I = 1  # noqa: E741 - the field's own numeral
    II = 2
    III = 3

    @property
    def label(self) -> str:
        """Roman numeral as printed on the forms."""
        return "ⅠⅡⅢ"[self - 1]


class Decline(StrEnum):
    """辞退状況."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class HouseholdStatus(StrEnum):
    """What is said of the household as a whole, in JSON: 生活保護, 辞退, 仮区分."""

    ORDINARY = "ordinary"
    WELFARE = "welfare"
    PARTIAL_DECLINE = "partial_decline"
    FULL_DECLINE = "full_decline"
    PROVISIONAL = "provisional"


class SchoolStage(StrEnum):
    """学種 of a member: which school the person attends."""

    NONE = "none"
    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"
    HIGH = "high"
    OTHER = "other"


class Disability(StrEnum):
    """障害の程度 of a member, as the 障害者加算 asks it."""

    NONE = "none"
    GRADE_1_2 = "grade_1_2"
    GRADE_3 = "grade_3"


class IncomeAbsence(StrEnum):
    """Why a member has no income figures.  Only `none` means zero."""

    NOT_ASKED = "not_asked"
    NONE = "none"
    UNDECLARED = "undeclared"

    @property
    def label(self) -> str:
        """Japanese word shown to people."""
        return {"not_asked": "未照会", "none": "所得なし", "undeclared": "未申告"}[self.value]


@dataclass(frozen=True, slots=True)
class IncomeFacts:
    """One member's income and deductions of the previous calendar year, 年額, 円.

    `single_parent_deduction` (ひとり親・寡婦控除) is kept beside the others; whether it is deducted is the pack's rule.
    """

    total: int = 0
    retirement: int = 0
    forestry: int = 0
    social_insurance: int = 0
    life_insurance: int = 0
    earthquake_insurance: int = 0
    single_parent_deduction: int = 0


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member (世帯構成員) as of the base date.

    `special_needs`: attends a 特別支援学校 or 特別支援学級.  `institution`: 措置費 is paid for the pupil (施設生).
    `key` is the caller's own opaque name for the person; never a number of the person.
    `stated_age`: only the age is known; `born` is then the day that gives it.
    `materials_cost` 教材代 and `commuting_cost` 年額通学費: 年額, 円.  These two and `disability`: None = nobody was asked.
    """

    key: str
    born: date
    income: IncomeFacts | IncomeAbsence
    school_stage: SchoolStage = SchoolStage.NONE
    special_needs: bool = False
    guardian: bool = False
    institution: bool = False
    stated_age: int | None = None
    disability: Disability | None = Disability.NONE
    materials_cost: int | None = 0
    commuting_cost: int | None = 0


@dataclass(frozen=True, slots=True)
class HouseholdCase:
    """同一生計世帯 as of `base_date` (前年末日).

    `living_cost_grade` 級地 "1-1".."3-2"; `winter_zone` 地区 1..6 (Ⅰ..Ⅵ); `welfare` 生活保護; `provisional`: a 仮区分 is asked
    for because facts are still outstanding; `single_parent` 母子(父子)世帯, None = nobody was asked;
    `housing_area`: whose 住宅扶助 limits hold.
    """

    fiscal_year: int
    base_date: date
    living_cost_grade: str
    winter_zone: int
    members: tuple[MemberFacts, ...]
    decline: Decline = Decline.NONE
    welfare: bool = False
    provisional: bool = False
    single_parent: bool | None = False
    housing_area: str = ""

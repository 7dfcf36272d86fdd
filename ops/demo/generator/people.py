"""The fictitious people: what is true of them, before any file says so (sometimes wrongly)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality: 団体コード of six digits, its 級地 of the 保護基準."""

    code: str
    name: str
    grade: str


@dataclass(frozen=True, slots=True)
class School:
    code: str
    name: str
    dormitory: bool
    kindergarten: bool


@dataclass(slots=True)
class Tax:
    """What the municipality of 1 January holds. Yen a year."""

    municipality: Municipality
    status: Literal["declared", "undeclared"] = "declared"
    total_income: int = 0
    forest_income: int = 0
    retirement_income: int = 0
    social_insurance: int = 0
    life_insurance: int = 0
    earthquake_insurance: int = 0


@dataclass(slots=True)
class Person:
    """`running`: running number in the prefecture, from which the sample 個人番号 is made. `number`: 構成員番号."""

    running: int
    number: str
    name: str
    kana: str
    born: date
    relation: str
    tax: Tax
    guardian: bool = False
    school_name: str = ""
    stage: str = ""
    special: bool = False
    commuting: int = 0
    roster_born: date | str | None = None
    wide_commuting: bool = False
    behaviours: list[str] = field(default_factory=list)

    @property
    def adult(self) -> bool:
        return self.relation not in ("子", "いとこ")


@dataclass(slots=True)
class Enrolment:
    """One pupil at one school. `department` is the label 小学部…; `rank` the department's place, 0 幼稚部 to 3 高等部."""

    school: School
    student_number: str
    person: Person
    rank: int
    grade: int
    class_name: str
    seat: int
    enrolled_on: date
    attendance: str = "通学生"
    left_on: date | None = None
    bedding: int | None = None
    multiple: bool = False
    home_visit: bool = False
    handbook: bool = False
    placement: bool = False
    household_number: str = ""

    @property
    def department(self) -> str:
        return ("幼稚部", "小学部", "中学部", "高等部")[self.rank]


@dataclass(slots=True)
class Household:
    number: str
    municipality: Municipality
    address: str
    postal_code: str
    phone: str
    account: tuple[str, str, str, str, str, str, str]
    people: list[Person] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    schools: list[School] = field(default_factory=list)
    guardian_name: str = ""
    guardian_kana: str = ""
    year_end: Municipality | None = None
    year_end_address: str = ""
    decline: str = "該当なし"
    welfare: bool = False
    protected: bool = False
    grade_missing: bool = False
    remarks: str = ""
    intended: int = 1
    awkward: bool = False
    swapped: tuple[str, str] | None = None

    @property
    def guardians(self) -> list[Person]:
        return [person for person in self.people if person.guardian]

    @property
    def pupil(self) -> Person:
        return self.enrolments[0].person

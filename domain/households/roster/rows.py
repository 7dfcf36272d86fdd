"""The roster's rows as values: what the import writes into the prefecture's tables."""

from dataclasses import dataclass, field
from datetime import date

from domain.households.roster.workbook.codes import Severity
from domain.households.roster.workbook.problems import CellProblem


@dataclass(frozen=True, slots=True)
class BankAccount:
    """振込先. `kind` is the digit of the 全銀 format: 1 普通, 2 当座, 4 貯蓄. `holder` is kana as written."""

    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    kind: str
    number: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class HouseholdRow:
    """世帯. Choice values are those of `words`; `winter_zone` 1 to 6.

    `year_end_address` is "" when it is the present address; `postal_code` seven digits.
    """

    row: int
    household_number: str
    guardian_name: str
    guardian_kana: str
    postal_code: str
    address: str
    year_end_address: str
    phone: str
    winter_zone: int
    living_cost_grade: str
    decline: str
    public_assistance: bool
    address_protected: bool
    single_parent: bool | None
    remarks: str
    account: BankAccount | None


@dataclass(frozen=True, slots=True)
class CertificateIncome:
    """Figures of an income certificate (所得証明書), yen a year of the previous calendar year. None: not written."""

    total_income: int | None
    forest_income: int | None
    retirement_income: int | None
    social_insurance: int | None
    life_insurance: int | None
    earthquake_insurance: int | None


@dataclass(frozen=True, slots=True, repr=False)
class MemberRow:
    """世帯構成員. Key: household_number + member_number. `annual_commuting_cost`, `materials_cost` in yen a year; None: not written.

    `disability`: value of `words.DISABILITIES`, "": not written.
    """

    row: int
    household_number: str
    member_number: str
    name: str
    kana: str
    born: date
    relationship: str
    is_guardian: bool
    school_name: str
    school_stage: str
    special_needs_enrolled: bool
    annual_commuting_cost: int | None
    materials_cost: int | None
    disability: str
    certificate: CertificateIncome | None


@dataclass(frozen=True, slots=True, repr=False)
class PupilRow:
    """児童生徒. `bedding_cost` in yen; None: not written."""

    row: int
    pupil_number: str
    household_number: str
    member_number: str
    name: str
    kana: str
    department: str
    grade: int
    class_name: str
    attendance_number: int | None
    attendance: str
    enrolled_on: date
    left_on: date | None
    bedding_cost: int | None
    multiple_disabilities: bool
    home_visit: bool
    disability_certificate: bool
    placement_grant: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one sheet: `good` are taken, `parked` wait for a person, `wrong` are left out."""

    good: int
    parked: int
    wrong: int


@dataclass(frozen=True, slots=True)
class RosterReading:
    """Everything read from a roster. When `refused`, all rows are empty and `problems` says why.

    A household is taken whole or not at all: `households` holds only those whose every member is good, `members` only
    members of these, `pupils` only pupils of these. `parked_households`: numbers of the households held back.
    `household_of_row`: 世帯番号 by sheet and row, of every row that names one, taken or not.
    """

    digest: str
    school_code: str
    fiscal_year: int | None
    households: tuple[HouseholdRow, ...]
    members: tuple[MemberRow, ...]
    pupils: tuple[PupilRow, ...]
    problems: tuple[CellProblem, ...]
    counts: dict[str, Counts]
    parked_households: tuple[str, ...] = ()
    household_of_row: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return any(problem.severity is Severity.REFUSED for problem in self.problems)

"""The roster's bytes to typed rows and findings. Bad input never raises; the findings tell what, where, what to do."""

from collections.abc import Collection, Iterable
from datetime import date

from domain.households.roster.checks import check_households, check_members, check_pupils, settle
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS, PUPILS
from domain.households.roster.plausible import check_plausible
from domain.households.roster.rows import (
    BankAccount,
    CertificateIncome,
    Counts,
    HouseholdRow,
    MemberRow,
    PupilRow,
    RosterReading,
)
from domain.households.roster.sheets import Sheets
from domain.households.roster.words import yes_or_no
from domain.households.roster.workbook.codes import Code, Severity
from domain.households.roster.workbook.kinds import ROSTER, require_kind
from domain.households.roster.workbook.marks import check_marks
from domain.households.roster.workbook.package import file_digest
from domain.households.roster.workbook.problems import CellProblem, WorkbookRefused
from domain.households.roster.workbook.reading import read_workbook
from domain.households.roster.workbook.table import Record, Table


def read_roster(
    data: bytes,
    *,
    school_code: str = "",
    fiscal_year: int | None = None,
    confirmed_distinct: Collection[str] = (),
) -> RosterReading:
    """Read a roster workbook.

    `school_code`, `fiscal_year`: what the file is expected to be; a file that says otherwise is refused.
    `confirmed_distinct`: numbers of households whose same-named, same-born members a person confirmed to be two people.
    """
    try:
        workbook = read_workbook(data)
        require_kind(ROSTER, workbook.sheets)
    except WorkbookRefused as refusal:
        return _refused(file_digest(data), refusal.problems)
    sheets = Sheets(workbook.table(HOUSEHOLDS), workbook.table(MEMBERS), workbook.table(PUPILS))
    marks = check_marks(sheets.tables(), school_code, fiscal_year)
    found = [*marks.problems, *sheets.problems()]
    if any(problem.severity is Severity.REFUSED for problem in found):
        return _refused(workbook.digest, found)
    check_households(sheets, fiscal_year)
    check_members(sheets, frozenset(confirmed_distinct))
    check_pupils(sheets)
    if marks.fiscal_year is not None:
        check_plausible(sheets, marks.fiscal_year)
    parked = settle(sheets)
    return RosterReading(
        digest=workbook.digest,
        school_code=marks.school_code,
        fiscal_year=marks.fiscal_year,
        households=tuple(_household(record) for record in _good(sheets.households)),
        members=tuple(_member(record) for record in _good(sheets.members)),
        pupils=tuple(_pupil(record) for record in _good(sheets.pupils)),
        problems=tuple(_in_order([*marks.problems, *sheets.problems()])),
        counts={table.layout.name: count(table) for table in sheets.tables()},
        parked_households=tuple(sorted(parked)),
        household_of_row=sheets.household_of_row(),
    )


def count(table: Table) -> Counts:
    parked = sum(record.severity is Severity.PARKED for record in table.records)
    wrong = sum(record.severity is Severity.ERROR for record in table.records)
    return Counts(len(table.records) - parked - wrong, parked, wrong)


def _refused(digest: str, problems: Iterable[CellProblem]) -> RosterReading:
    refusing = tuple(problem for problem in problems if problem.severity is not Severity.NOTICE)
    return RosterReading(digest, "", None, (), (), (), refusing, {})


def _good(table: Table) -> Iterable[Record]:
    return (record for record in table.records if record.good)


def _in_order(problems: Iterable[CellProblem]) -> list[CellProblem]:
    """By sheet and row, the gravest first within a row; knock-on findings last."""
    sheets = {table.name: place for place, table in enumerate((HOUSEHOLDS, MEMBERS, PUPILS))}
    gravity = {severity: place for place, severity in enumerate(Severity)}
    return sorted(
        problems,
        key=lambda found: (
            sheets.get(found.sheet, -1),
            found.row,
            gravity[found.severity],
            found.code is Code.HOUSEHOLD_INCOMPLETE,
        ),
    )


def _household(record: Record) -> HouseholdRow:
    return HouseholdRow(
        row=record.row,
        household_number=record.text("household_number"),
        guardian_name=record.text("guardian_name"),
        guardian_kana=record.text("guardian_kana"),
        postal_code=record.text("postal_code"),
        address=record.text("address"),
        year_end_address=record.text("year_end_address"),
        phone=record.text("phone"),
        winter_zone=int(record.text("winter_zone")),
        living_cost_grade=record.text("living_cost_grade"),
        decline=record.text("decline") or "none",
        public_assistance=record.flag("public_assistance"),
        address_protected=record.flag("address_protected"),
        single_parent=yes_or_no(record.text("single_parent")),
        remarks=record.text("remarks"),
        account=_account(record),
    )


def _account(record: Record) -> BankAccount | None:
    if not record.text("account_number"):
        return None
    return BankAccount(
        bank_code=record.text("bank_code"),
        bank_name=record.text("bank_name"),
        branch_code=record.text("branch_code"),
        branch_name=record.text("branch_name"),
        kind=record.text("account_kind"),
        number=record.text("account_number"),
        holder=record.text("account_holder"),
    )


def _member(record: Record) -> MemberRow:
    return MemberRow(
        row=record.row,
        household_number=record.text("household_number"),
        member_number=record.text("member_number"),
        name=record.text("name"),
        kana=record.text("kana"),
        born=_present(record.day("born")),
        relationship=record.text("relationship"),
        is_guardian=record.flag("is_guardian"),
        school_name=record.text("school_name"),
        school_stage=record.text("school_stage"),
        special_needs_enrolled=record.flag("special_needs_enrolled"),
        annual_commuting_cost=record.number("annual_commuting_cost"),
        materials_cost=record.number("materials_cost"),
        disability=record.text("disability"),
        certificate=_certificate(record),
    )


def _certificate(record: Record) -> CertificateIncome | None:
    income = CertificateIncome(
        total_income=record.number("total_income"),
        forest_income=record.number("forest_income"),
        retirement_income=record.number("retirement_income"),
        social_insurance=record.number("social_insurance"),
        life_insurance=record.number("life_insurance"),
        earthquake_insurance=record.number("earthquake_insurance"),
    )
    return None if income == CertificateIncome(None, None, None, None, None, None) else income


def _pupil(record: Record) -> PupilRow:
    return PupilRow(
        row=record.row,
        pupil_number=record.text("pupil_number"),
        household_number=record.text("household_number"),
        member_number=record.text("member_number"),
        name=record.text("name"),
        kana=record.text("kana"),
        department=record.text("department"),
        grade=record.number("grade") or 0,
        class_name=record.text("class_name"),
        attendance_number=record.number("attendance_number"),
        attendance=record.text("attendance"),
        enrolled_on=_present(record.day("enrolled_on")),
        left_on=record.day("left_on"),
        bedding_cost=record.number("bedding_cost"),
        multiple_disabilities=record.flag("multiple_disabilities"),
        home_visit=record.flag("home_visit"),
        disability_certificate=record.flag("disability_certificate"),
        placement_grant=record.flag("placement_grant"),
    )


def _present(day: date | None) -> date:
    if day is None:  # a record without a finding has every required value
        raise ValueError("日付のない行が正常として残っています。")
    return day

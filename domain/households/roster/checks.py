"""Checks between rows and sheets. They mark records; `settle` then holds back whole households.

Decision: the unit of import is the household with all its members, because income and need are sums over them; one
wrong or undecided member parks (保留) the household, its members and its pupils. A wrong pupil row alone does not.
"""

from collections.abc import Collection

from domain.households.roster.sheets import Sheets, group, report_duplicates
from domain.households.roster.words import YEARS_OF_DEPARTMENT
from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.table import Record, Table
from web.dates import fiscal_year_label
from web.text import fold_name

_ACCOUNT = ("bank_code", "bank_name", "branch_code", "branch_name", "account_kind", "account_number", "account_holder")


def check_households(sheets: Sheets, fiscal_year: int | None) -> None:
    table = sheets.households
    report_duplicates(table, "household_number")
    members = sheets.members_by_household()
    pupils = group(sheets.pupils.records, "household_number")
    placed = {
        (pupil.text("household_number"), pupil.text("member_number"))
        for pupil in sheets.pupils.records
        if pupil.flag("placement_grant")
    }
    for record in table.records:
        number = record.text("household_number")
        _check_account(table, record)
        for key in ("living_cost_grade", "winter_zone"):
            if table.is_blank(record, key):
                table.report(Code.GRADE_MISSING, record, key, f"「{table.layout.column(key).name}」が空欄です。")
        if number and number not in members:
            table.report(Code.NO_MEMBERS, record, "household_number")
        elif number and not any(_may_stand_for(member, placed) for member in members[number]):
            table.report(Code.NO_GUARDIAN, record, "household_number")
        if number and number not in pupils:
            table.report(Code.NO_PUPIL_HERE, record, "household_number")
    if fiscal_year is not None:
        _check_births(sheets.members, fiscal_year)


def _may_stand_for(member: Record, placed: set[tuple[str, str]]) -> bool:
    """A guardian, a row not read yet, or a pupil with 措置費: such a household may hold nobody but the pupil."""
    alone = (member.text("household_number"), member.text("member_number")) in placed
    return alone or member.flag("is_guardian") or not member.good


def _check_account(table: Table, record: Record) -> None:
    if any(key not in record.values and key in table.found for key in _ACCOUNT):
        return  # an unreadable part already has its own finding
    blank = [key for key in _ACCOUNT if not record.text(key)]
    if blank and len(blank) < len(_ACCOUNT):
        names = "・".join(table.layout.column(key).name for key in blank)
        table.report(
            Code.CONTRADICTION,
            record,
            blank[0],
            f"振込先のうち「{names}」が空欄です。全部そろえるか、全部空欄にします。",
        )


def _check_births(table: Table, fiscal_year: int) -> None:
    for record in table.records:
        born = record.day("born")
        if born and born.year > fiscal_year:
            table.report(
                Code.DATE_OUT_OF_RANGE, record, "born", f"{fiscal_year_label(fiscal_year)}より後の生年月日です。"
            )


def check_members(sheets: Sheets, confirmed_distinct: Collection[str]) -> None:
    table = sheets.members
    report_duplicates(table, "household_number", "member_number")
    numbers = {record.text("household_number") for record in sheets.households.records}
    for record in table.records:
        number = record.text("household_number")
        if number and number not in numbers:
            table.report(Code.NO_HOUSEHOLD, record, "household_number")
    for number, records in sheets.members_by_household().items():
        if number not in confirmed_distinct:
            _report_same_person(table, records)


def _report_same_person(table: Table, records: list[Record]) -> None:
    seen: dict[tuple[str, object], list[Record]] = {}
    for record in records:
        if record.text("name") and record.day("born"):
            seen.setdefault((fold_name(record.text("name")), record.day("born")), []).append(record)
    for twins in seen.values():
        if len(twins) > 1 and len({record.text("member_number") for record in twins}) > 1:
            rows = "、".join(f"{record.row}行目" for record in twins)
            for record in twins:
                table.report(
                    Code.SAME_PERSON_TWICE, record, "name", f"同じ世帯に氏名と生年月日の同じ人がいます（{rows}）。"
                )


def check_pupils(sheets: Sheets) -> None:
    table = sheets.pupils
    report_duplicates(table, "pupil_number")
    report_duplicates(table, "household_number", "member_number")
    households = {record.text("household_number") for record in sheets.households.records}
    members = group(sheets.members.records, "household_number", "member_number")
    for record in table.records:
        _check_pupil(table, record)
        number, key = record.text("household_number"), record.text("member_number")
        if not number or not key:
            continue
        if number not in households:
            table.report(Code.NO_HOUSEHOLD, record, "household_number")
            continue
        same = members.get(f"{number} {key}")
        if same is None:
            table.report(Code.NO_MEMBER, record, "member_number")
        elif _names_differ(record, same[0]):
            table.report(Code.NAME_DIFFERS, record, "name", f"氏名が「世帯構成員」シート{same[0].row}行目と違います。")


def _names_differ(pupil: Record, member: Record) -> bool:
    ours, theirs = pupil.text("name"), member.text("name")
    return bool(ours and theirs) and fold_name(ours) != fold_name(theirs)


def _check_pupil(table: Table, record: Record) -> None:
    attendance, left_on, enrolled_on = record.text("attendance"), record.day("left_on"), record.day("enrolled_on")
    grade, department = record.number("grade"), record.text("department")
    if grade and department and grade > YEARS_OF_DEPARTMENT[department]:
        name = table.layout.column("department").choice_label(department)
        table.report(Code.CONTRADICTION, record, "grade", f"{name}に{grade}年はありません。")
    if attendance == "left" and table.is_blank(record, "left_on"):
        table.report(Code.CONTRADICTION, record, "left_on", "転出済ですが転出日が空欄です。")
    if left_on and enrolled_on and left_on < enrolled_on:
        table.report(Code.CONTRADICTION, record, "left_on", "転出日が転入学日より前です。")
    if record.flag("placement_grant") and attendance in ("commuter", "boarder"):
        table.report(Code.CONTRADICTION, record, "placement_grant", "措置費は就学状況が施設生のときだけです。")


def settle(sheets: Sheets) -> set[str]:
    """Park every household with a row that is not good, together with its members and pupils; the numbers parked."""
    held = {
        record.text("household_number")
        for table in (sheets.households, sheets.members)
        for record in table.records
        if not record.good
    }
    held.discard("")
    for table in sheets.tables():
        for record in table.records:
            if record.good and record.text("household_number") in held:
                table.report(Code.HOUSEHOLD_INCOMPLETE, record, "household_number")
    known = {record.text("household_number") for record in sheets.households.records}
    return {number for number in held if number in known}

"""The workbooks of a school, in the layout that the import reads: every sheet says サンプル, none holds a 個人番号."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from domain.households.roster import layout as roster_layout
from domain.households.roster.workbook.layout import SheetLayout
from domain.payments.expense_sheet import layout as expenses_layout
from ops.demo.generator.expenses import Receipt
from ops.demo.generator.people import Enrolment, Household, Person, School
from ops.demo.generator.places import WINTER_ZONE

SAMPLE_MARK = "【サンプル】架空のデータです。実在の人・学校・口座ではありません。"
_CREATED = datetime(2025, 4, 1)  # noqa: DTZ001 - a fixed stamp, so that equal content gives equal files

Cells = Mapping[str, Any]


def write_roster(
    path: Path, school: School, fiscal_year: int, homes: Sequence[Household], pupils: Sequence[Enrolment]
) -> None:
    sheets: list[tuple[SheetLayout, Iterable[Cells]]] = [
        (roster_layout.HOUSEHOLDS, (_household(home) for home in homes)),
        (roster_layout.MEMBERS, (_member(home, person) for home in homes for person in home.people)),
        (roster_layout.PUPILS, (_pupil(pupil) for pupil in pupils)),
    ]
    _write(path, school, fiscal_year, roster_layout.LAYOUT_VERSION, sheets)


def write_expenses(path: Path, school: School, fiscal_year: int, receipts: Sequence[Receipt]) -> None:
    rows = (_receipt(number, receipt) for number, receipt in enumerate(receipts, start=1))
    _write(path, school, fiscal_year, expenses_layout.LAYOUT_VERSION, [(expenses_layout.EXPENSES, rows)])


def _write(
    path: Path, school: School, fiscal_year: int, version: str, sheets: Sequence[tuple[SheetLayout, Iterable[Cells]]]
) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": SAMPLE_MARK, "created": _CREATED})
        mark = book.add_format({"bold": True, "font_color": "#B3261E"})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        formats = {
            "date": book.add_format({"num_format": "yyyy/mm/dd"}),
            "yen": book.add_format({"num_format": "#,##0"}),
        }
        for layout, rows in sheets:
            sheet = book.add_worksheet(layout.name)
            sheet.set_tab_color("#B3261E")
            sheet.set_header(f"&C{SAMPLE_MARK}")
            sheet.set_column(0, len(layout.columns) - 1, 14)
            sheet.freeze_panes(4, 1)
            sheet.write_string(0, 0, SAMPLE_MARK, mark)
            sheet.write_row(1, 0, ["学校コード", school.code, "学校名", school.name])
            sheet.write_row(2, 0, ["年度", str(fiscal_year), "様式", version])
            sheet.write_row(3, 0, [column.name for column in layout.columns], head)
            _write_rows(sheet, layout, rows, formats)


def _write_rows(sheet: Any, layout: SheetLayout, rows: Iterable[Cells], formats: Mapping[str, Any]) -> None:
    keys = [column.key for column in layout.columns]
    for line, row in enumerate(rows, start=4):
        for place, key in enumerate(keys):
            value = row.get(key)
            if value is None or value == "" or value is False:
                continue
            if value is True:
                sheet.write_string(line, place, "○")
            elif isinstance(value, str):
                sheet.write_string(line, place, value)
            elif isinstance(value, int):
                sheet.write_number(line, place, value, formats["yen"])
            else:
                sheet.write_datetime(line, place, value, formats["date"])


def _household(home: Household) -> Cells:
    bank_code, bank_name, branch_code, branch_name, kind, number, holder = home.account
    place = home.year_end or home.municipality
    level, part = place.grade.split("-")
    return {
        "household_number": home.number,
        "guardian_name": home.guardian_name,
        "guardian_kana": home.guardian_kana,
        "postal_code": home.postal_code,
        "address": home.address,
        "year_end_address": home.year_end_address,
        "phone": home.phone,
        "winter_zone": WINTER_ZONE,
        "living_cost_grade": "" if home.grade_missing else f"{level}級地-{part}",
        "decline": home.decline,
        "public_assistance": home.welfare,
        "address_protected": home.protected,
        "remarks": home.remarks,
        "bank_code": bank_code,
        "bank_name": bank_name,
        "branch_code": branch_code,
        "branch_name": branch_name,
        "account_kind": kind,
        "account_number": number,
        "account_holder": holder,
    }


def _member(home: Household, person: Person) -> Cells:
    commuting: int | str | None = person.commuting or None
    if person.wide_commuting:
        commuting = f"{person.commuting:,}".translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    return {
        "household_number": home.number,
        "member_number": person.number,
        "name": person.name,
        "kana": person.kana,
        "born": person.roster_born or person.born,
        "relationship": person.relation,
        "is_guardian": person.guardian,
        "school_name": person.school_name,
        "school_stage": person.stage,
        "special_needs_enrolled": person.special,
        "annual_commuting_cost": commuting,
    }


def _pupil(pupil: Enrolment) -> Cells:
    return {
        "pupil_number": pupil.student_number,
        "household_number": pupil.household_number,
        "member_number": pupil.person.number,
        "name": pupil.person.name,
        "kana": pupil.person.kana,
        "department": pupil.department,
        "grade": pupil.grade,
        "class_name": pupil.class_name,
        "attendance_number": pupil.seat,
        "attendance": pupil.attendance,
        "enrolled_on": pupil.enrolled_on,
        "left_on": pupil.left_on,
        "bedding_cost": pupil.bedding,
        "multiple_disabilities": pupil.multiple,
        "home_visit": pupil.home_visit,
        "disability_certificate": pupil.handbook,
        "placement_grant": pupil.placement,
    }


def _receipt(number: int, receipt: Receipt) -> Cells:
    return {
        "voucher_number": f"T1-{number:05d}",
        "pupil_number": receipt.student_number,
        "item": receipt.item,
        "used_on": receipt.used_on,
        "amount": receipt.amount,
        "times": receipt.times,
        "trip_number": receipt.trip,
        "purpose": receipt.purpose,
    }

"""Rows of a roster as the columns of our tables, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Field, Model

from domain.households.models import StatusPeriod
from domain.households.roster.rows import HouseholdRow, MemberRow, PupilRow
from web.text import fold_name

Values = dict[str, Any]
Differences = dict[str, tuple[Any, Any]]
"""Column → (registered, in the roster)."""

GUARDED = frozenset(
    {"postal_code", "address", "year_end_address", "phone", "bank_code", "bank_name", "branch_code", "branch_name",
     "account_type", "account_number", "account_holder"}
)  # fmt: skip
"""Columns whose registered value is not repeated in a finding when the household is under 支援措置."""

_HEADINGS = {
    "annual_commuting": "年額通学費",
    "materials_cost": "教材代",
    "address_hidden": "支援措置",
    "year_end_address": "前年末住所",
}


def of_household(row: HouseholdRow) -> Values:
    account = row.account
    return {
        "guardian_name": row.guardian_name,
        "guardian_kana": row.guardian_kana,
        "postal_code": row.postal_code,
        "address": row.address,
        "year_end_address": row.year_end_address,
        "address_hidden": row.address_protected,
        "phone": row.phone,
        "winter_zone": row.winter_zone,
        "living_cost_grade": row.living_cost_grade,
        "decline": row.decline,
        "on_welfare": row.public_assistance,
        "note": row.remarks,
        "bank_code": account.bank_code if account else "",
        "bank_name": account.bank_name if account else "",
        "branch_code": account.branch_code if account else "",
        "branch_name": account.branch_name if account else "",
        "account_type": account.kind if account else "",
        "account_number": account.number if account else "",
        "account_holder": account.holder if account else "",
    } | _written(single_parent=row.single_parent)


def of_member(row: MemberRow) -> Values:
    return {
        "name": row.name,
        "kana": row.kana,
        "name_key": fold_name(row.name),
        "kana_key": fold_name(row.kana),
        "born": row.born,
        "relation": row.relationship,
        "is_guardian": row.is_guardian,
        "school_name": row.school_name,
        "stage": row.school_stage or "none",
        "special_needs": row.special_needs_enrolled,
    } | _written(
        annual_commuting=row.annual_commuting_cost,
        materials_cost=row.materials_cost,
        disability=row.disability or None,
    )


def _written(**facts: Any) -> Values:
    """Only what the roster says: a blank cell, or a layout without the column, takes away nothing that is known."""
    return {name: value for name, value in facts.items() if value is not None}


def of_certificate(row: MemberRow) -> Values | None:
    return asdict(row.certificate) if row.certificate else None


def of_pupil(row: PupilRow) -> Values:
    return {
        "name": row.name,
        "kana": row.kana,
        "enrolled_on": row.enrolled_on,
        "left_on": row.left_on,
        "bedding_cost": row.bedding_cost or 0,
        "has_handbook": row.disability_certificate,
    }


def of_status(row: PupilRow, attendance: str) -> Values:
    return {
        "department": row.department,
        "grade": row.grade,
        "class_name": row.class_name,
        "seat": str(row.attendance_number or ""),
        "attendance": attendance,
        "physical_multiple": row.multiple_disabilities,
        "home_visit": row.home_visit,
        "institution_aid": row.placement_grant and attendance == StatusPeriod.Attendance.INSTITUTION,
    }


def differences(stored: Model, values: Mapping[str, Any]) -> Differences:
    return {name: (getattr(stored, name), value) for name, value in values.items() if getattr(stored, name) != value}


def assign(stored: Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(stored, name, value)


def in_words(stored: Model, column: str, value: Any) -> str:
    """A value as people read it: the label of a choice, 有/無, a date in ISO form, （空欄）."""
    if value is None or value == "":
        return "（空欄）"
    if isinstance(value, bool):
        return "有" if value else "無"
    if isinstance(value, date):
        return value.isoformat()
    return str(dict(_column(stored, column).flatchoices).get(value, value))


def title(stored: Model, column: str) -> str:
    """The Japanese name of a column, as the roster's heading has it where ours is longer."""
    return _HEADINGS.get(column) or str(_column(stored, column).verbose_name)


def _column(stored: Model, name: str) -> Field[Any, Any]:
    return next(field for field in stored._meta.concrete_fields if field.name == name)

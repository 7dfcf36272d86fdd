"""What a roster may hold but hardly ever does: taken as written, and said (参考), so that a slip is seen by somebody.

No law refuses a pupil of 71 or a parent of 14: nothing here keeps a row out. Ages at which a stage begins follow from
学校教育法17条; the spans around them are ours (目安), held by no source, and the words to people say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.households.roster.sheets import Sheets, group
from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.table import Record, Table
from domain.rules.ages import age_on
from web.dates import fiscal_year_label, to_wareki

_FIRST_AGE: Mapping[str, int] = {
    "kindergarten": 3, "preschool": 0, "elementary": 6, "junior_high": 12, "senior_high": 15, "advanced": 18,
}  # fmt: skip
"""満年齢 on the last day before the first 学年 (学校教育法17条: who is born on 1 April still belongs to the year)."""
_YEARS: Mapping[str, int] = {"kindergarten": 3, "preschool": 6, "elementary": 6, "junior_high": 3, "senior_high": 3}
"""学年 of a stage, for members of whom the 学年 is not written."""
_LATE: Mapping[str, int] = {"kindergarten": 1, "preschool": 1, "elementary": 1, "junior_high": 1}
"""Years behind that 就学の猶予 (18条) explains. 目安."""
_LATE_BEYOND_COMPULSORY = 10
"""高等部・専攻科 take who finished school earlier; beyond this it is asked about. 目安."""
_OF_AGE = 18
"""成年 (民法4条): a younger 保護者等 has guardians of their own."""
_OLDER_BY: Mapping[str, int] = {"父": 15, "母": 15, "祖父": 30, "祖母": 30}
"""Years by which these are older than the pupil. 目安."""
_ENROLLED_AT = 2
"""満年齢 below which nobody enters: a 幼稚部 takes children of 3 (26条, 満三歳児 counted from the year in which they turn 3)."""
_LAST_DAY = (3, 31)


def check_plausible(sheets: Sheets, fiscal_year: int) -> None:
    """Report (参考) what is unusual in rows that could be read."""
    eve = date(fiscal_year, *_LAST_DAY)
    members = group(sheets.members.records, "household_number", "member_number")
    births: dict[str, list[date]] = {}
    listed = group(sheets.pupils.records, "household_number", "member_number")
    for record in sheets.pupils.records:
        number, key = record.text("household_number"), record.text("member_number")
        same = members.get(f"{number} {key}")
        born = _born(same[0], fiscal_year) if same else None
        _check_days(sheets.pupils, record, born, fiscal_year)
        if born is not None:
            births.setdefault(number, []).append(born)
            _check_pupil(sheets.pupils, record, age_on(born, eve))
    for record in sheets.members.records:
        number, born = record.text("household_number"), _born(record, fiscal_year)
        if born is None:
            continue
        _check_elder(sheets.members, record, born, eve, births.get(number, []))
        if f"{number} {record.text('member_number')}" not in listed:  # a pupil is asked about by 学部・学年
            _check_stage(sheets.members, record, max(age_on(born, eve), 0))


def _born(record: Record, fiscal_year: int) -> date | None:
    """None where it could not be read or lies after the year: that has a finding of its own."""
    born = record.day("born")
    return born if born is None or born.year <= fiscal_year else None


def _check_days(table: Table, record: Record, born: date | None, fiscal_year: int) -> None:
    first, last = date(fiscal_year, 4, 1), date(fiscal_year + 1, *_LAST_DAY)
    year, enrolled_on, left_on = fiscal_year_label(fiscal_year), record.day("enrolled_on"), record.day("left_on")
    if enrolled_on and enrolled_on > last:
        _unusual(table, record, "enrolled_on", f"{year}が終わった後の転入学日（{to_wareki(enrolled_on)}）です。")
    elif enrolled_on and born and age_on(born, enrolled_on) < _ENROLLED_AT:
        _unusual(
            table, record, "enrolled_on", f"転入学日（{to_wareki(enrolled_on)}）が、生年月日より前か、その直後です。"
        )
    if left_on and not first <= left_on <= last:
        _unusual(table, record, "left_on", f"転出日（{to_wareki(left_on)}）が{year}の日ではありません。")


def _check_pupil(table: Table, record: Record, age: int) -> None:
    department, grade = record.text("department"), record.number("grade")
    if department not in _FIRST_AGE or not grade:
        return
    expected = _FIRST_AGE[department] + grade - 1
    if not expected <= age <= expected + _late(department):
        name = table.layout.column("department").choice_label(department)
        text = f"{name}{grade}年は、年度の初めに{expected}歳がふつうです（生年月日からは{max(age, 0)}歳）。"
        _unusual(table, record, "grade", text)


def _check_elder(table: Table, record: Record, born: date, eve: date, pupils: list[date]) -> None:
    relation, age = record.text("relationship"), max(age_on(born, eve), 0)
    older_by = _OLDER_BY.get(relation)
    if record.flag("is_guardian") and age < _OF_AGE:
        _unusual(table, record, "born", f"保護者等ですが、年度の初めに{age}歳です（成年は{_OF_AGE}歳。民法4条）。")
    elif older_by and any(age_on(born, child) < older_by for child in pupils):
        _unusual(table, record, "born", f"続柄は「{relation}」ですが、児童生徒との年の差が{older_by}年未満です。")


def _check_stage(table: Table, record: Record, age: int) -> None:
    stage = record.text("school_stage")
    years = _YEARS.get(stage)
    if years is not None and not _FIRST_AGE[stage] <= age < _FIRST_AGE[stage] + years + _late(stage):
        name = table.layout.column("school_stage").choice_label(stage)
        _unusual(table, record, "school_stage", f"学種は「{name}」ですが、年度の初めに{age}歳です。")


def _late(stage: str) -> int:
    return _LATE.get(stage, _LATE_BEYOND_COMPULSORY)


def _unusual(table: Table, record: Record, key: str, detail: str) -> None:
    table.report(Code.IMPLAUSIBLE, record, key, detail)

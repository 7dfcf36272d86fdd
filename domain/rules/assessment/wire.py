"""A household's facts to and from JSON: flat names, defaults left out (docs/receipt-format.md)."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from domain.rules.cases import (
    ROMAN_ZONES,
    Decline,
    Disability,
    HouseholdCase,
    HouseholdStatus,
    IncomeAbsence,
    IncomeFacts,
    MemberFacts,
    SchoolStage,
)
from domain.rules.errors import CaseError
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.tables import OLDEST

AMOUNTS = {
    "total_income": "total",
    "retirement_income": "retirement",
    "forestry_income": "forestry",
    "social_insurance": "social_insurance",
    "life_insurance": "life_insurance",
    "earthquake_insurance": "earthquake_insurance",
    "single_parent_deduction": "single_parent_deduction",
}
"""Name in the JSON → field of IncomeFacts; 年額, 円."""
_DECEMBER_LAST = (12, 31)
_DECLINES = {HouseholdStatus.PARTIAL_DECLINE: Decline.PARTIAL, HouseholdStatus.FULL_DECLINE: Decline.FULL}
assert len(AMOUNTS) == len(fields(IncomeFacts))  # noqa: S101 - every fact has its name


def case_from_json(data: object, fiscal_year: int | None = None) -> HouseholdCase:
    """HouseholdCase of a decoded JSON object; CaseError (Japanese, naming the place) for anything else.

    `fiscal_year`: the pack's, taken where the object itself names none.
    """
    try:
        return read_case(Reader(data, "世帯"), fiscal_year)
    except ReadFault as fault:
        raise CaseError(str(fault)) from None


def read_case(reader: Reader, fiscal_year: int | None) -> HouseholdCase:
    """As `case_from_json`, from a reader; ReadFault."""
    year = (
        reader.integer("fiscal_year", least=date.min.year + 1, most=date.max.year)
        if _has_year(reader, fiscal_year)
        else fiscal_year
    )
    assert year is not None  # noqa: S101 - read above, or given
    base = date(year - 1, *_DECEMBER_LAST)
    zone = reader.text("winter_zone")
    if zone not in ROMAN_ZONES:
        raise ReadFault(f"{reader.where}: 「winter_zone」は {'・'.join(ROMAN_ZONES)} のどれかにしてください")
    status = reader.choice_or("household_status", HouseholdStatus, HouseholdStatus.ORDINARY)
    reader.items("members")
    case = HouseholdCase(
        fiscal_year=year,
        base_date=base,
        living_cost_grade=reader.text("living_cost_grade"),
        winter_zone=ROMAN_ZONES.index(zone) + 1,
        members=tuple(_member(each, str(number), base) for number, each in enumerate(reader.children("members"), 1)),
        decline=_DECLINES.get(status, Decline.NONE),
        welfare=status is HouseholdStatus.WELFARE,
        provisional=status is HouseholdStatus.PROVISIONAL,
        single_parent=None if _not_asked(reader, "single_parent") else reader.flag_or("single_parent", False),
        housing_area=reader.text_or("housing_area", ""),
    )
    reader.done()
    return case


def _has_year(reader: Reader, fiscal_year: int | None) -> bool:
    return reader.has("fiscal_year") or fiscal_year is None


def _member(reader: Reader, number: str, base: date) -> MemberFacts:
    age, born = _age(reader, base)
    member = MemberFacts(
        key=reader.text_or("key", number),
        born=born,
        income=_income(reader),
        school_stage=reader.choice_or("school", SchoolStage, SchoolStage.NONE),
        special_needs=reader.flag_or("special_needs", False),
        guardian=reader.flag_or("guardian", False),
        institution=reader.flag_or("institution", False),
        stated_age=age,
        disability=(
            None if _not_asked(reader, "disability") else reader.choice_or("disability", Disability, Disability.NONE)
        ),
        materials_cost=None if _not_asked(reader, "materials_cost") else reader.integer_or("materials_cost", 0),
        commuting_cost=None if _not_asked(reader, "commuting_cost") else reader.integer_or("commuting_cost", 0),
    )
    reader.done()
    return member


def _not_asked(reader: Reader, key: str) -> bool:
    """null says that nobody was asked; a name left out keeps its default."""
    return reader.has(key) and reader.value(key) is None


def _age(reader: Reader, base: date) -> tuple[int | None, date]:
    if reader.has("age") == reader.has("birth_date"):
        raise ReadFault(f"{reader.where}: 「age」(満年齢)か「birth_date」(生年月日)のどちらか一つを書いてください")
    if reader.has("birth_date"):
        return None, reader.day("birth_date")
    age = reader.integer("age", most=OLDEST)
    if age >= base.year:
        raise ReadFault(f"{reader.where}: 「age」が年度に合いません")
    return age, base.replace(year=base.year - age)


def _income(reader: Reader) -> IncomeFacts | IncomeAbsence:
    given = [name for name in AMOUNTS if name in reader.data]
    if not reader.has("income_state"):
        return IncomeFacts(**{AMOUNTS[name]: reader.integer(name) for name in given})
    if given:
        raise ReadFault(f"{reader.where}: 「income_state」があるときは、所得・控除の額を書かないでください")
    return reader.choice("income_state", IncomeAbsence)


def case_to_json(case: HouseholdCase) -> dict[str, object]:
    """Plain mapping that `case_from_json` reads back; what has its default is left out."""
    found: dict[str, object] = {
        "fiscal_year": case.fiscal_year,
        "living_cost_grade": case.living_cost_grade,
        "winter_zone": ROMAN_ZONES[case.winter_zone - 1],
        "members": [member_to_json(member) for member in case.members],
    }
    status = status_of(case)
    if status is not HouseholdStatus.ORDINARY:
        found["household_status"] = status.value
    if case.single_parent is not False:
        found["single_parent"] = case.single_parent
    if case.housing_area:
        found["housing_area"] = case.housing_area
    return found


def status_of(case: HouseholdCase) -> HouseholdStatus:
    """The most binding of what is said of the household."""
    if case.decline is Decline.FULL:
        return HouseholdStatus.FULL_DECLINE
    if case.welfare:
        return HouseholdStatus.WELFARE
    if case.decline is Decline.PARTIAL:
        return HouseholdStatus.PARTIAL_DECLINE
    return HouseholdStatus.PROVISIONAL if case.provisional else HouseholdStatus.ORDINARY


def member_to_json(member: MemberFacts) -> dict[str, object]:
    """One member; what has its default is left out."""
    found: dict[str, object] = {"key": member.key}
    if member.stated_age is None:
        found["birth_date"] = member.born.isoformat()
    else:
        found["age"] = member.stated_age
    facts = member.income
    if isinstance(facts, IncomeFacts):
        for name, field in AMOUNTS.items():
            amount = getattr(facts, field)
            if amount:
                found[name] = amount
    else:
        found["income_state"] = facts.value
    if member.school_stage is not SchoolStage.NONE:
        found["school"] = member.school_stage.value
    if member.special_needs:
        found["special_needs"] = True
    if member.guardian:
        found["guardian"] = True
    if member.institution:
        found["institution"] = True
    if member.disability is not Disability.NONE:
        found["disability"] = None if member.disability is None else member.disability.value
    if member.materials_cost != 0:
        found["materials_cost"] = member.materials_cost
    if member.commuting_cost != 0:
        found["commuting_cost"] = member.commuting_cost
    return found

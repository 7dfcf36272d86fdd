"""The case.json format: a household's facts to and from JSON (docs/receipt-format.md)."""

from __future__ import annotations

from dataclasses import fields

from domain.rules.cases import Decline, HouseholdCase, IncomeAbsence, IncomeFacts, MemberFacts, SchoolStage
from domain.rules.errors import CaseError
from domain.rules.reading import Reader, ReadFault

_INCOME_FACTS = tuple(field.name for field in fields(IncomeFacts))


def case_from_json(data: object) -> HouseholdCase:
    """HouseholdCase of a decoded JSON object; CaseError (Japanese, naming the place) for anything else."""
    try:
        return _case(Reader(data, "case"))
    except ReadFault as fault:
        raise CaseError(str(fault)) from None


def _case(reader: Reader) -> HouseholdCase:
    case = HouseholdCase(
        fiscal_year=reader.integer("fiscal_year"),
        base_date=reader.day("base_date"),
        living_cost_grade=reader.text("living_cost_grade"),
        winter_zone=reader.integer("winter_zone"),
        members=tuple(_member(each) for each in reader.children("members")),
        decline=reader.choice_or("decline", Decline, Decline.NONE),
        welfare=reader.flag_or("welfare", False),
        provisional=reader.flag_or("provisional", False),
    )
    reader.done()
    return case


def _member(reader: Reader) -> MemberFacts:
    member = MemberFacts(
        key=reader.text("key"),
        born=reader.day("born"),
        income=_income(reader),
        school_stage=reader.choice_or("school_stage", SchoolStage, SchoolStage.NONE),
        special_needs=reader.flag_or("special_needs", False),
        guardian=reader.flag_or("guardian", False),
        institution=reader.flag_or("institution", False),
    )
    reader.done()
    return member


def _income(reader: Reader) -> IncomeFacts | IncomeAbsence:
    if isinstance(reader.value("income"), str):
        return reader.choice("income", IncomeAbsence)
    child = reader.child("income")
    facts = IncomeFacts(**{name: child.integer_or(name, 0) for name in _INCOME_FACTS})
    child.done()
    return facts


def case_to_json(case: HouseholdCase) -> dict[str, object]:
    """Plain mapping that `case_from_json` reads back unchanged."""
    return {
        "fiscal_year": case.fiscal_year,
        "base_date": case.base_date.isoformat(),
        "living_cost_grade": case.living_cost_grade,
        "winter_zone": case.winter_zone,
        "decline": case.decline.value,
        "welfare": case.welfare,
        "provisional": case.provisional,
        "members": [_member_json(member) for member in case.members],
    }


def _member_json(member: MemberFacts) -> dict[str, object]:
    facts = member.income
    return {
        "key": member.key,
        "born": member.born.isoformat(),
        "income": facts.value if isinstance(facts, IncomeAbsence) else _facts_json(facts),
        "school_stage": member.school_stage.value,
        "special_needs": member.special_needs,
        "guardian": member.guardian,
        "institution": member.institution,
    }


def _facts_json(facts: IncomeFacts) -> dict[str, int]:
    return {name: getattr(facts, name) for name in _INCOME_FACTS}

"""From records to the case that the rules compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.households.declines import decline_of
from domain.households.models import Member
from domain.linkage.targets import base_date
from domain.rules import Disability, HouseholdCase, IncomeAbsence, IncomeFacts, SchoolStage
from domain.rules import MemberFacts as CaseMember
from domain.statements.models import MemberFacts, Statement
from domain.statements.reading import FactsRow, MemberRow

WITH_AMOUNTS = (MemberFacts.Source.INQUIRY, MemberFacts.Source.CERTIFICATE, MemberFacts.Source.DECLARED)
"""Where amounts come from; under the other sources there are none."""

_STAGES: Mapping[str, SchoolStage] = {
    Member.Stage.NONE: SchoolStage.NONE,
    Member.Stage.PRESCHOOL: SchoolStage.PRESCHOOL,
    Member.Stage.ELEMENTARY: SchoolStage.ELEMENTARY,
    Member.Stage.JUNIOR_HIGH: SchoolStage.JUNIOR_HIGH,
    Member.Stage.SENIOR_HIGH: SchoolStage.HIGH,
    Member.Stage.OTHER: SchoolStage.OTHER,
}
_ABSENCES = {
    MemberFacts.Absence.NO_INCOME: IncomeAbsence.NONE,
    MemberFacts.Absence.UNDECLARED: IncomeAbsence.UNDECLARED,
}


def household_case(
    statement: Statement,
    members: Iterable[Member | MemberRow],
    facts: Mapping[int, MemberFacts | FactsRow],
    institution: frozenset[int],
    *,
    provisional: bool = False,
) -> HouseholdCase:
    """The case of one 調書. `facts` by member id; `institution` holds the members for whom 措置費 is paid (施設生).

    Whoever was born after 前年末日 did not belong to the household of that day and is left out. A member who joined or
    left counts by the day whose members count: 前年末日, or the one that a 再判定 names.
    """
    household = statement.household
    day = base_date(statement.fiscal_year)
    return HouseholdCase(
        fiscal_year=statement.fiscal_year,
        base_date=day,
        living_cost_grade=household.living_cost_grade,
        winter_zone=household.winter_zone,
        decline=decline_of(household),
        welfare=household.on_welfare,
        provisional=provisional,
        single_parent=household.single_parent,
        members=tuple(
            CaseMember(
                key=member.key,
                born=member.born,
                income=income_of(facts.get(member.pk)),
                school_stage=_STAGES[member.stage],
                special_needs=member.special_needs,
                guardian=member.is_guardian,
                institution=member.pk in institution,
                disability=Disability(member.disability) if member.disability else None,
                materials_cost=member.materials_cost,
                commuting_cost=member.annual_commuting,
            )
            for member in members
            if counts(statement, member)
        ),
    )


def counts(statement: Statement, member: Member | MemberRow) -> bool:
    """Whether the member is one of those whom the 調書 is about."""
    day = base_date(statement.fiscal_year)
    return member.born <= day and member.belongs_on(statement.counted_on or day)


def income_of(facts: MemberFacts | FactsRow | None) -> IncomeFacts | IncomeAbsence:
    """円・年額. An amount that an answer left blank counts as none only when other amounts were given with it."""
    if facts is None:
        return IncomeAbsence.NOT_ASKED
    if facts.source in WITH_AMOUNTS:
        if facts.total_income is None:
            return IncomeAbsence.NOT_ASKED
        return IncomeFacts(
            total=facts.total_income,
            retirement=facts.retirement_income or 0,
            forestry=facts.forestry_income or 0,
            social_insurance=facts.social_insurance or 0,
            life_insurance=facts.life_insurance or 0,
            earthquake_insurance=facts.earthquake_insurance or 0,
        )
    return _ABSENCES.get(MemberFacts.Absence(facts.absence), IncomeAbsence.NOT_ASKED)

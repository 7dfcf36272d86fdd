"""A fictitious prefecture in the database: households, members, pupils, and the answers about their income."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from domain.linkage.ages import tax_from_age
from domain.linkage.models import Inquiry
from domain.rules import HouseholdCase, IncomeFacts, MemberFacts, SchoolStage
from domain.rules.ages import age_on
from ops.bench.households import BASE_DATE, FISCAL_YEAR

BATCH = 5_000
PUPILS_OF_A_SCHOOL = 250
STAGES = {
    SchoolStage.NONE: Member.Stage.NONE,
    SchoolStage.PRESCHOOL: Member.Stage.PRESCHOOL,
    SchoolStage.ELEMENTARY: Member.Stage.ELEMENTARY,
    SchoolStage.JUNIOR_HIGH: Member.Stage.JUNIOR_HIGH,
    SchoolStage.HIGH: Member.Stage.SENIOR_HIGH,
    SchoolStage.OTHER: Member.Stage.OTHER,
}
DEPARTMENTS = {
    SchoolStage.ELEMENTARY: StatusPeriod.Department.ELEMENTARY,
    SchoolStage.JUNIOR_HIGH: StatusPeriod.Department.JUNIOR_HIGH,
}


def populate(cases: Sequence[HouseholdCase]) -> None:
    """Store these households with one pupil each; whoever is old enough is asked about, and answered as the case says."""
    schools = [
        School(code=f"B{n:03}", name=f"サンプル支援学校{n}") for n in range(len(cases) // PUPILS_OF_A_SCHOOL + 1)
    ]
    School.objects.bulk_create(schools)
    homes = Household.objects.bulk_create((_household(n, case) for n, case in enumerate(cases)), batch_size=BATCH)
    facts = [(home, member) for home, case in zip(homes, cases, strict=True) for member in case.members]
    people = Member.objects.bulk_create(
        (_member(n, home, member) for n, (home, member) in enumerate(facts)), batch_size=BATCH
    )
    given = [(person, member) for person, (_, member) in zip(people, facts, strict=True)]
    pupils = [(person, member) for person, member in given if member.special_needs]
    enrolled = Pupil.objects.bulk_create(
        (_pupil(n, person, schools[n // PUPILS_OF_A_SCHOOL]) for n, (person, _) in enumerate(pupils)), batch_size=BATCH
    )
    StatusPeriod.objects.bulk_create(
        (_status(pupil, member) for pupil, (_, member) in zip(enrolled, pupils, strict=True)), batch_size=BATCH
    )
    Inquiry.objects.bulk_create(_answers(given), batch_size=BATCH)


def _household(number: int, case: HouseholdCase) -> Household:
    return Household(
        number=f"B{number:06}",
        guardian_name="見本 太郎",
        guardian_kana="みほん たろう",
        address="サンプル市見本町1-1",
        winter_zone=case.winter_zone,
        living_cost_grade=case.living_cost_grade,
    )


def _member(number: int, home: Household, member: MemberFacts) -> Member:
    return Member(
        household=home,
        key=member.key,
        atena_number=f"B{number:09}",
        name="見本 花子",
        kana="ミホン ハナコ",
        born=member.born,
        is_guardian=member.guardian,
        stage=STAGES[member.school_stage],
        special_needs=member.special_needs,
    )


def _pupil(number: int, person: Member, school: School) -> Pupil:
    return Pupil(
        school=school,
        member=person,
        student_number=f"B{number:06}",
        name=person.name,
        kana="みほん はなこ",
        enrolled_on=datetime.date(FISCAL_YEAR, 4, 1),
    )


def _status(pupil: Pupil, member: MemberFacts) -> StatusPeriod:
    department = DEPARTMENTS.get(member.school_stage, StatusPeriod.Department.SENIOR_HIGH)
    return StatusPeriod(
        pupil=pupil,
        starts_on=pupil.enrolled_on,
        department=department,
        grade=1,
        attendance=StatusPeriod.Attendance.COMMUTER,
    )


def _answers(people: Sequence[tuple[Member, MemberFacts]]) -> Iterator[Inquiry]:
    from_age = tax_from_age(FISCAL_YEAR)
    for person, member in people:
        if age_on(person.born, BASE_DATE) < from_age:
            continue
        facts = member.income if isinstance(member.income, IncomeFacts) else IncomeFacts()
        yield Inquiry(
            member=person,
            fiscal_year=FISCAL_YEAR,
            kind=Inquiry.Kind.TAX,
            base_date=BASE_DATE,
            base_address="サンプル市見本町1-1",
            asked=1,
            state=Inquiry.State.ANSWERED,
            match=Inquiry.Match.MATCHED,
            answer={
                "total_income": facts.total,
                "retirement_income": facts.retirement,
                "forest_income": facts.forestry,
                "social_insurance": facts.social_insurance,
                "life_insurance": facts.life_insurance,
                "earthquake_insurance": facts.earthquake_insurance,
            },
        )

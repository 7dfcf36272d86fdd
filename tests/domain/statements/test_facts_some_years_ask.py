"""母子（父子）世帯, 教材代, 年額通学費 from the records, under the rules of a year that counts them."""

from __future__ import annotations

from typing import Any

from domain.households.models import Household, Member
from domain.rules import load_pack
from domain.statements.computing import assess_statements
from domain.statements.models import MemberFacts, Statement
from domain.statements.presentation.missing import lacks
from tests.support import records

R08 = load_pack("R08-current-standard")


def opened() -> Statement:
    """A family whose incomes are known to be none."""
    home = records.family(records.school("S01"))
    statement = Statement.objects.create(household=home, fiscal_year=2026, school=records.school("S01"))
    for member in home.members.all():
        MemberFacts.objects.create(
            statement=statement,
            member=member,
            source=MemberFacts.Source.DECLARED,
            total_income=0,
        )
    return statement


def assessed(statement: Statement) -> Any:
    return next(assess_statements([Statement.objects.select_related("household").get(pk=statement.pk)], R08))[1]


def annual(statement: Statement) -> int:
    return int(assessed(statement).require().annual_need)


def test_unknown_facts_stop_the_computation_and_are_named(in_a: Any) -> None:
    found = assessed(opened())
    child = Member.objects.get(name="見本 一郎")
    assert [each.name for each in found.missing] == [
        "single_parent",
        f"members/{child.key}/materials_cost",
        f"members/{child.key}/commuting_cost",
    ]
    said = [{"kind": each.kind, "name": each.name, "message": each.message} for each in found.missing]
    shown = lacks(said, {child.key: (child.pk, child.name)}, {})
    assert [each.what for each in shown] == [
        "母子（父子）世帯かどうかが未確認", "見本 一郎 の教材代（年額）", "見本 一郎 の年額通学費"
    ]  # fmt: skip
    assert not any(each.certificate for each in shown)
    assert all("訂正" in each.todo for each in shown)


def test_known_facts_count(in_a: Any) -> None:
    statement = opened()
    Household.objects.update(single_parent=False)
    Member.objects.update(materials_cost=0, annual_commuting=0)
    plain = annual(statement)
    Household.objects.update(single_parent=True)
    assert annual(statement) - plain == 12 * 18800
    Household.objects.update(single_parent=False)
    Member.objects.filter(name="見本 一郎").update(materials_cost=5000, annual_commuting=7000)
    assert annual(statement) - plain == 12000

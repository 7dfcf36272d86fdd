"""The age from which tax facts are asked is that of the year pack in force, a board's own revision included."""

from __future__ import annotations

import datetime
from typing import Any

from accounts.models import User
from domain.households.models import Member
from domain.linkage.ages import tax_from_age
from domain.linkage.planning import targets_of
from domain.statements.models import MemberFacts
from domain.yearpacks.drafting import approve, change, open_draft, propose
from domain.yearpacks.models import InForce
from tests.domain.statements import people
from tests.support import records
from tests.support.records import YEAR

BASE = "R07-former-standard"
TODAY = datetime.date.today()  # noqa: DTZ011


def _from(age: int) -> Any:
    """A change of a revision's content."""
    row = {"full_years": age, "source": "s1", "standing": "operator"}

    def edit(content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "sources": {"s1": "見本の通知（架空）"}, "inquiry_age": [row]}

    return edit


def _in_force(officer: User, approver: User, age: int) -> None:
    row = open_draft(YEAR, BASE, ("sample-operator",), officer)
    change(row, _from(age), officer, "照会する年齢")
    row = propose(row, officer)
    row = approve(row, approver, row.digest)
    InForce.objects.create(
        fiscal_year=YEAR, revision=row, starts_on=TODAY, state="approved", proposed_by="a", approved_by="b"
    )


def _asked(member: Member) -> bool:
    return any(row["member_id"] == member.pk and row["kind"] == "tax" for row in targets_of(YEAR).asked)


def test_a_boards_own_row_goes_before_the_shipped_one(officer: User, approver: User) -> None:
    home = records.family()
    youth = records.member(home, relation="姉", born=datetime.date(2010, 1, 1))  # 14 on the base date
    people.answer(home)
    statement = people.compute(people.opened_of(home))
    assert tax_from_age(YEAR) == 16
    assert not _asked(youth)
    assert statement.facts.get(member=youth).source == MemberFacts.Source.NOT_NEEDED

    _in_force(officer, approver, 14)
    assert tax_from_age(YEAR) == 14
    assert _asked(youth)
    people.compute(statement)
    assert statement.facts.get(member=youth).source == MemberFacts.Source.MISSING


def test_where_no_pack_of_the_year_can_be_chosen_the_shipped_row_holds(in_a: Any) -> None:
    assert tax_from_age(2019) == 16

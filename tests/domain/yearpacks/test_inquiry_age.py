"""What the link reads of a year pack is that of the pack in force, a board's own revision included: the age, the legal basis."""

from __future__ import annotations

import datetime
from typing import Any

from accounts.models import User
from domain.households.models import Member
from domain.linkage.ages import tax_from_age
from domain.linkage.items import items_on, legal_basis
from domain.linkage.planning import targets_of
from domain.linkage.providing.rules import rules_on
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


def _in_force(officer: User, approver: User, edit: Any) -> None:
    row = open_draft(YEAR, BASE, ("sample-operator",), officer)
    change(row, edit, officer, "照会")
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

    _in_force(officer, approver, _from(14))
    assert tax_from_age(YEAR) == 14
    assert _asked(youth)
    people.compute(statement)
    assert statement.facts.get(member=youth).source == MemberFacts.Source.MISSING


def test_where_no_pack_of_the_year_can_be_chosen_the_shipped_row_holds(in_a: Any) -> None:
    assert tax_from_age(2019) == 16


def _citing(*rows: dict[str, Any]) -> Any:
    """A change of a revision's content: rows of legal bases."""
    origin = {"source": "s1", "standing": "operator"}

    def edit(content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "sources": {"s1": "見本の通知（架空）"}, "legal_basis": [{**row, **origin} for row in rows]}

    return edit


def test_the_legal_basis_is_that_of_the_pack_in_force_for_the_day(officer: User, approver: User) -> None:
    """An own row goes before the shipped one of its id, from the day the revision is used; the other ids stay as shipped."""
    day = TODAY.isoformat()
    use, inquiry = legal_basis(YEAR, TODAY).split("。")
    edit = _citing(
        {"id": "my_number_inquiry", "text": "見本の命令 12の項", "until": day},
        {"id": "my_number_provision", "text": "見本の命令 34の項"},
    )
    _in_force(officer, approver, edit)
    assert legal_basis(YEAR, TODAY) == f"{use}。見本の命令 12の項"
    assert {item.basis for item in items_on(YEAR, TODAY).values()} == {f"{use}。見本の命令 12の項"}
    assert rules_on(TODAY).basis == legal_basis(YEAR, TODAY, "provision") == f"{use}。見本の命令 34の項"
    tomorrow, yesterday = TODAY + datetime.timedelta(days=1), TODAY - datetime.timedelta(days=1)
    assert not any(item.asked for item in items_on(YEAR, tomorrow).values()), (
        "the own rows end, and nothing may be asked"
    )
    assert legal_basis(YEAR, yesterday) == f"{use}。{inquiry}", "the revision was not in force yet"
    assert legal_basis(2019, TODAY) == f"{use}。{inquiry}", "another year has its own pack"

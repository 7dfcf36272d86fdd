"""One household in the rosters of two schools, and what people decide about parked rows."""

from __future__ import annotations

from typing import Any

import pytest

from domain.households import services
from domain.households.models import Household, Member, Pupil, RosterImport, RosterProblem, School
from tests.domain.households.conftest import TakeIn, work_off
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member, pupil


def sibling_roster(**changes: Any) -> bytes:
    """The second school's roster of the same household: the brother (構成員 3) attends there."""
    return books.roster([household(**changes)], pupils=[pupil("S29002-0001", "3")], marks=[("学校コード", "S29002")])


@pytest.fixture
def disputed(take_in: TakeIn, other_school: School) -> RosterImport:
    take_in()
    return take_in(sibling_roster(住所="奈良市見本町8丁目8番8号"), at=other_school)


def test_two_rosters_name_one_household(take_in: TakeIn, other_school: School) -> None:
    take_in()
    second = take_in(sibling_roster(), at=other_school)
    assert second.counts["世帯"]["same"] == 1
    assert second.counts["世帯構成員"]["same"] == 3
    assert second.counts["児童生徒"]["new"] == 1
    assert Household.objects.count() == 1
    assert Member.objects.count() == 3
    assert sorted(Pupil.objects.values_list("school__code", "member__key")) == [("S29001", "2"), ("S29002", "3")]


def test_a_difference_is_parked_with_both_values(disputed: RosterImport) -> None:
    problem = disputed.problems.get(severity="parked")
    assert (problem.code, problem.sheet, problem.row, problem.column) == ("import.household-differs", "世帯", 3, "住所")
    assert (problem.registered, problem.seen) == ("奈良市見本町1丁目2番3号", "奈良市見本町8丁目8番8号")
    assert problem.household_number == "H29-000001"
    assert Household.objects.get().address == "奈良市見本町1丁目2番3号"
    assert not Pupil.objects.filter(school__code="S29002").exists()
    assert disputed.counts["児童生徒"]["parked"] == 1


def test_a_protected_address_is_not_repeated(take_in: TakeIn, other_school: School) -> None:
    take_in(households=[household(支援措置="○")])
    second = take_in(sibling_roster(住所="奈良市見本町8丁目8番8号", 支援措置="○"), at=other_school)
    problem = second.problems.get(severity="parked")
    assert problem.registered == "（支援措置のため表示しません）"


@pytest.mark.parametrize(
    ("decision", "address", "changed"),
    [("adopt", "奈良市見本町8丁目8番8号", 1), ("keep", "奈良市見本町1丁目2番3号", 0)],
)
def test_a_decision_takes_the_household_in(disputed: RosterImport, decision: str, address: str, changed: int) -> None:
    services.settle(disputed.problems.get(severity="parked"), decision)
    disputed.refresh_from_db()
    assert disputed.state == RosterImport.State.WAITING
    work_off(disputed)
    assert Household.objects.get().address == address
    assert disputed.counts["世帯"]["changed"] == changed
    assert Pupil.objects.filter(school__code="S29002").count() == 1
    problem = disputed.problems.get(severity="parked")
    assert problem.settlement == decision
    assert problem.settled_at is not None
    owner = Household.objects.get().maintained_by
    assert owner is not None
    assert owner.code == ("S29002" if decision == "adopt" else "S29001")


def test_twins_confirmed_as_two_people_are_taken_in(take_in: TakeIn) -> None:
    born = member("2")["生年月日"]
    roster = take_in(members=[member("1"), member("2"), member("3", 氏名="見本　二子", 生年月日=born)])
    assert not Household.objects.exists()
    twins = roster.problems.filter(code="import.same-person-twice")
    assert {problem.household_number for problem in twins} == {"H29-000001"}
    services.settle(twins[0], "distinct")
    roster.refresh_from_db()
    work_off(roster)
    assert Member.objects.count() == 3
    assert not roster.problems.filter(severity="parked", settled_at=None).exists()


def test_other_parked_rows_can_be_ticked_off(take_in: TakeIn) -> None:
    roster = take_in(households=[household(級地区分="")])
    problem = roster.problems.get(code="import.grade-missing")
    services.settle(problem, "done")
    problem.refresh_from_db()
    assert problem.settled_at is not None
    roster.refresh_from_db()
    assert roster.state == RosterImport.State.IMPORTED
    with pytest.raises(services.CannotSettle):
        services.settle(problem, "done")


def test_a_row_parked_for_its_household_waits_for_nobody(take_in: TakeIn) -> None:
    roster = take_in(households=[household(級地区分="")])
    follower = roster.problems.filter(code="import.household-incomplete")
    assert follower.count() == 4
    assert services.decisions_for(follower[0]) == ()
    with pytest.raises(services.CannotSettle):
        services.settle(follower[0], "done")


def test_a_decision_that_does_not_fit_is_refused(take_in: TakeIn) -> None:
    roster = take_in(households=[household(級地区分="")])
    problem = roster.problems.get(code="import.grade-missing")
    with pytest.raises(services.CannotSettle):
        services.settle(problem, "adopt")
    assert RosterProblem.objects.filter(settled_at=None, code="import.grade-missing").exists()


def test_an_older_roster_handed_in_again_is_read_once_more(take_in: TakeIn) -> None:
    older = books.roster([household(住所="奈良市見本町7丁目")])
    first = take_in(older)
    take_in()
    again = take_in(older)
    assert again.pk == first.pk
    assert again.run == 2
    assert Household.objects.get().address == "奈良市見本町7丁目"

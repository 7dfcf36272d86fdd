"""The number desk: typed twice, all of a household or nothing, every mistake said without a digit of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from domain.households.models import Member, School
from domain.vault import modes
from domain.vault.desk import checks, conflicts
from domain.vault.desk.checks import typed_number
from domain.vault.desk.entering import Entered, Typed, enter_numbers
from domain.vault.errors import NumbersNotHeldHere, WrongState
from domain.vault.models import NumberConflict, PersonNumber
from domain.vault.sealing import opened
from tests.domain.vault.conftest import make_household, number
from tests.support.records import acting, staff

FIELD = PersonNumber.Field.INDIVIDUAL


@pytest.fixture
def handler(in_a: Any) -> Any:
    return staff(Role.NUMBER_HANDLER)


def enter(people: dict[str, Member], user: Any, **numbers: str | tuple[str, str]) -> Entered:
    typed = {}
    for key, text in numbers.items():
        first, second = (text, text) if isinstance(text, str) else text
        typed[people[key.strip("_")].pk] = Typed(first, second)
    with acting(user):
        return enter_numbers(next(iter(people.values())).household, typed, identity="card", user=user)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("000000000000", "000000000000", checks.ALL_ZERO),
        ("777777777777", "777777777777", checks.ALL_SAME),
        ("12345678901", "12345678901", checks.NOT_TWELVE),
        ("12345678901x", "12345678901x", checks.NOT_DIGITS),
        ("123456789017", "123456789017", checks.BAD_CHECK),
        ("123456789018", "123456789019", checks.DIFFERENT),
        ("123456789018", "", checks.ONCE_ONLY),
        ("", "123456789018", checks.ONCE_ONLY),
        ("", "", ""),
        ("123456789018", "１２３４-５６７８　９０１８", ""),
        ("①23456789018", "①23456789018", checks.NOT_DIGITS),
    ],
)
def test_what_is_typed_is_checked(first: str, second: str, says: str) -> None:
    found, wrong = typed_number(first, second)
    assert wrong == says
    assert (found is None) is bool(says or not first)


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_typed_is_ever_repeated(first: str, second: str) -> None:
    found, wrong = typed_number(first, second)
    assert wrong in {
        "", checks.DIFFERENT, checks.ONCE_ONLY, checks.NOT_DIGITS, checks.NOT_TWELVE, checks.ALL_ZERO, checks.ALL_SAME,
        checks.BAD_CHECK,
    }  # fmt: skip
    assert found is None or wrong == ""


def test_a_household_is_entered(members: dict[str, Member], handler: Any) -> None:
    result = enter(members, handler, _1=number(1), _2=number(2), _3="")
    assert result.wrong == {}
    assert set(result.stored) == {members["1"].pk, members["2"].pk}
    row = PersonNumber.objects.get(member=members["1"])
    assert (opened(row).clear(), row.identity, row.entered_by) == (number(1), "card", handler.display_name)
    again = enter(members, handler, _1=number(1))
    assert (again.stored, again.same) == ([], [members["1"].pk])


def test_one_mistake_stores_nothing_of_the_household(members: dict[str, Member], handler: Any) -> None:
    result = enter(members, handler, _1=number(1), _2=(number(2), number(3)))
    assert result.wrong == {members["2"].pk: checks.DIFFERENT}
    assert not PersonNumber.objects.exists()


def test_two_of_a_family_with_one_number(members: dict[str, Member], handler: Any) -> None:
    result = enter(members, handler, _1=number(1), _2=number(1), _3=number(3))
    assert set(result.wrong) == {members["1"].pk, members["2"].pk}
    assert "構成員 2 と同じ番号" in result.wrong[members["1"].pk]
    conflict = NumberConflict.objects.get()
    assert (conflict.kind, {conflict.member_id, conflict.other_id}) == ("together", set(result.wrong))


def test_a_slip_that_is_put_right_at_once_leaves_no_doubt(members: dict[str, Member], handler: Any) -> None:
    """Only once both have a number of their own; whoever looked reads why it was closed."""
    enter(members, handler, _1=number(1), _2=number(1))
    enter(members, handler, _1=number(1))
    assert NumberConflict.objects.get().settled_at is None, "the other's number is not known yet"
    enter(members, handler, _2=number(2))
    conflict = NumberConflict.objects.get()
    assert conflict.settled_at is not None
    assert conflict.note == "入力し直した番号は、二人で別の番号です。"
    assert conflict.settled_by == handler.display_name


def test_a_number_of_another_household_is_named_to_who_may_see_it(
    three: dict[str, Member], school: School, handler: Any
) -> None:
    there = make_household(school, "H29-000002")
    result = enter(there, handler, _1=number(2))
    assert "世帯 H29-000001 の構成員 2に登録" in result.wrong[there["1"].pk]
    far = School.objects.create(code="S29002", name="サンプル第二支援学校")
    away = make_household(far, "H29-000003")
    result = enter(away, staff(Role.NUMBER_HANDLER, school_code="S29002"), _1=number(2))
    assert "あなたの担当でない世帯" in result.wrong[away["1"].pk]
    assert "H29-000001" not in str(result)
    assert number(2) not in str(result)
    enter(there, handler, _1=number(2))
    assert NumberConflict.objects.count() == 2  # an open one is not written again


def test_another_number_is_a_change_and_no_entry(three: dict[str, Member], handler: Any) -> None:
    result = enter(three, handler, _1=number(9))
    assert "番号の変更" in result.wrong[three["1"].pk]
    assert PersonNumber.objects.count() == 3


def test_nothing_is_entered_where_no_numbers_are_held(members: dict[str, Member], handler: Any) -> None:
    modes.set_mode("never")
    with pytest.raises(NumbersNotHeldHere):
        enter(members, handler, _1=number(1))


def test_members_of_other_households_are_not_taken(members: dict[str, Member], school: School, handler: Any) -> None:
    there = make_household(school, "H29-000002")
    enter({"1": members["1"], "9": there["1"]}, handler, _1=number(1), _9=number(9))
    assert [row.member_id for row in PersonNumber.objects.all()] == [members["1"].pk]


def test_a_conflict_is_closed_once(members: dict[str, Member], handler: Any) -> None:
    enter(members, handler, _1=number(1), _2=number(1))
    with acting(handler):
        conflict = conflicts.open_conflicts(handler).get()
        conflicts.settle(conflict, "確認書類の取り違え")
        with pytest.raises(WrongState):
            conflicts.settle(conflict, "もう一度")
    assert not conflicts.open_conflicts(handler).exists()

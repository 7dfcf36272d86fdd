"""A number that changes: the old one stays with its end, both are found, nobody is given a leaked one again."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from domain.households.models import Member
from domain.vault.desk.changing import change_number
from domain.vault.errors import ChangeRefused, NotHeld
from domain.vault.models import NumberConflict, PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import index_of, opened
from domain.vault.storing import holders_of
from tests.domain.vault.conftest import HandIn, line, make_household, number
from tests.support.records import staff

FIELD = PersonNumber.Field.INDIVIDUAL
HOME = "H29-000001"
DAY = datetime.date(2025, 6, 1)


@pytest.fixture
def handler(three: dict[str, Member]) -> Any:
    return staff(Role.NUMBER_HANDLER)


def change(member: Member, n: int, user: Any, *, on: datetime.date = DAY, because: str = "leaked") -> PersonNumber:
    return change_number(member, Number(number(n)), on=on, because=because, identity="card", user=user)


def valid_on(member: Member, day: datetime.date) -> list[PersonNumber]:
    """Rows whose period holds the day; a number entered by mistake was never the person's."""
    rows = PersonNumber.objects.filter(member=member, field=FIELD).exclude(ended=PersonNumber.Ended.CORRECTED)
    begun = rows.filter(Q(valid_from=None) | Q(valid_from__lte=day))
    return list(begun.filter(Q(valid_until=None) | Q(valid_until__gt=day)))


def test_old_and_new_are_both_found(three: dict[str, Member], handler: Any) -> None:
    change(three["1"], 11, handler)
    rows = list(PersonNumber.objects.filter(member=three["1"]).order_by("pk"))
    assert [opened(row).clear() for row in rows] == [number(1), number(11)]
    assert (rows[0].valid_until, rows[0].ended, rows[1].valid_from) == (DAY, "leaked", DAY)
    for n in (1, 11):
        index = index_of(FIELD, Number(number(n)))
        assert [row.member_id for row in holders_of({index: index}, FIELD)[index]] == [three["1"].pk]
    day = datetime.timedelta(days=1)
    assert valid_on(three["1"], DAY - day) == [rows[0]]
    assert valid_on(three["1"], DAY) == [rows[1]]


def test_a_correction_was_never_this_persons(three: dict[str, Member], handler: Any) -> None:
    change(three["1"], 11, handler, because="corrected")
    change(three["2"], 1, handler, because="corrected")  # the number that had been mixed up is free for its owner
    present = PersonNumber.objects.get(member=three["1"], held_until=None)
    assert valid_on(three["1"], datetime.date(2020, 1, 1)) == [present]


@pytest.mark.parametrize(
    ("n", "words", "says"),
    [
        (1, {}, "いま登録されている番号と同じ"),
        (2, {}, "世帯 H29-000001 の構成員 2に登録"),
        (11, {"on": datetime.date(2999, 1, 1)}, "今日まで"),
        (11, {"because": "replaced"}, "理由を一覧から"),
    ],
)
def test_what_cannot_be_right_is_refused(
    three: dict[str, Member], handler: Any, n: int, words: dict[str, Any], says: str
) -> None:
    with pytest.raises(ChangeRefused, match=says) as refused:
        change(three["1"], n, handler, **words)
    assert not any(number(i) in str(refused.value) for i in (1, 2, 11))
    assert PersonNumber.objects.count() == 3


def test_nobody_is_given_a_leaked_number_again(three: dict[str, Member], handler: Any, hand_in: HandIn) -> None:
    change(three["1"], 11, handler)
    with pytest.raises(ChangeRefused, match="変更前の番号"):
        change(three["1"], 1, handler)
    with pytest.raises(ChangeRefused, match="構成員 1の変更前の番号"):
        change(three["2"], 1, handler)
    deposit = hand_in(line(HOME, "3", number(1)))
    assert [problem.code for problem in deposit.problems.all()] == ["vault.former-number"]
    conflicts = NumberConflict.objects.values_list("member__key", "other__key", "kind")
    assert set(conflicts) == {("2", "1", "former"), ("3", "1", "former")}


def test_another_households_people_are_named_only_to_who_may_see_them(three: dict[str, Member], school: Any) -> None:
    from domain.households.models import School

    far = School.objects.create(code="S29002", name="サンプル第二支援学校")
    there = make_household(far, "H29-000002")
    local = staff(Role.NUMBER_HANDLER, school_code="S29002")
    from domain.vault.sealing import sealed_row

    sealed_row(there["1"].pk, FIELD, Number(number(21))).save()
    with pytest.raises(ChangeRefused, match="あなたの担当でない世帯") as refused:
        change(there["1"], 1, local)
    assert HOME not in str(refused.value)


def test_who_has_no_number_has_none_to_change(members: dict[str, Member]) -> None:
    with pytest.raises(NotHeld):
        change(members["1"], 11, staff(Role.NUMBER_HANDLER))


def test_a_file_changes_from_the_day_it_is_taken_in(three: dict[str, Member], hand_in: HandIn) -> None:
    hand_in(line(HOME, "1", number(11)))
    old, new = PersonNumber.objects.filter(member=three["1"]).order_by("pk")
    assert (old.ended, old.valid_until, new.valid_from) == ("replaced", timezone.localdate(), timezone.localdate())


STEPS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 1, 1)),
        st.sampled_from(["leaked", "corrected"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_changed_the_periods_never_overlap(three: dict[str, Member], handler: Any, steps: Any) -> None:
    """One present number always; each day has at most one valid number; leaked ones stay and stay found."""
    member = three["1"]
    point = transaction.savepoint()
    leaked: set[str] = set()
    present = number(1)
    for n, on, because in steps:
        wanted = number(100 + n)
        try:
            change(member, 100 + n, handler, on=on, because=because)
        except ChangeRefused:
            continue
        assert wanted not in leaked
        leaked |= {present} if because == "leaked" else set()
        present = wanted
    rows = list(PersonNumber.objects.filter(member=member, field=FIELD).order_by("pk"))
    assert [opened(row).clear() for row in rows if row.held_until is None] == [present]
    valid = [row for row in rows if row.ended != "corrected"]
    for earlier, later in pairwise(valid):
        assert earlier.valid_until is not None
        assert later.valid_from is not None
        assert earlier.valid_until <= later.valid_from
    assert {opened(row).clear() for row in rows if row.ended == "leaked"} == leaked
    for text in leaked | {present}:
        index = index_of(FIELD, Number(text))
        assert {row.member_id for row in holders_of({index: index}, FIELD)[index]} == {member.pk}
    transaction.savepoint_rollback(point)

"""状況の変更: dated rows, nothing edited in silence, and what was decided stays."""

from __future__ import annotations

import datetime
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.households import changing, extras, moving
from domain.households.changing import FACTS, StatusRefused
from domain.households.models import Member, Pupil, StatusPeriod
from domain.households.moving import MoveOfMemberRefused
from domain.households.queries import status_on
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

APRIL = datetime.date(YEAR, 4, 1)
JULY, OCTOBER, DECEMBER = (datetime.date(YEAR, month, 1) for month in (7, 10, 12))


@pytest.fixture(autouse=True)
def decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ⅲ from April, Ⅰ from October, whoever asks."""
    monkeypatch.setattr(extras, "_category_days", [lambda _: [(APRIL, 3), (OCTOBER, 1)]])


@pytest.fixture
def child(in_a: Any) -> Pupil:
    return make_child()


def make_child() -> Pupil:
    """Enrolled in April with category Ⅲ; a decision gave Ⅰ from October."""
    child = Pupil.objects.get(member__household=records.family())
    child.periods.update(category=3)
    row = child.periods.get()
    row.pk, row.starts_on, row.category, row.reason = None, OCTOBER, 1, StatusPeriod.BY_DECISION
    row.save(force_insert=True)
    return child


def facts(child: Pupil, **values: Any) -> dict[str, Any]:
    row = child.periods.order_by("-starts_on").first()
    assert row is not None
    return {name: getattr(row, name) for name in FACTS} | values


def rows(child: Pupil) -> list[tuple[datetime.date, str, int | None]]:
    return list(child.periods.values_list("starts_on", "attendance", "category"))


def test_a_change_goes_on_under_the_decision_that_follows(child: Pupil) -> None:
    changing.change_status(child, JULY, facts(child, attendance="boarder"), "入舎")
    assert rows(child) == [(APRIL, "commuter", 3), (JULY, "boarder", 3), (OCTOBER, "boarder", 1)]
    voided = StatusPeriod.everything.exclude(voided_at=None).get()
    assert (voided.starts_on, voided.attendance, voided.void_reason) == (OCTOBER, "commuter", "入舎")
    changing.change_status(child, DECEMBER, facts(child, class_name="2組", attendance="commuter"), "退舎")
    assert rows(child)[-1] == (DECEMBER, "commuter", 1)
    assert outbox.filter(event="household:status:changed").count() == 2


def test_a_change_on_the_day_of_a_decision_keeps_its_category(child: Pupil) -> None:
    changing.change_status(child, OCTOBER, facts(child, attendance="institution", institution_aid=True), "措置")
    assert rows(child) == [(APRIL, "commuter", 3), (OCTOBER, "institution", 1)]


def test_a_mistake_is_put_right_by_another_row(child: Pupil) -> None:
    made = changing.change_status(child, JULY, facts(child, attendance="boarder"), "入舎")
    right = changing.correct_status(made, facts(child, attendance="institution"), "入力の誤り")
    assert rows(child) == [(APRIL, "commuter", 3), (JULY, "institution", 3), (OCTOBER, "institution", 1)]
    made = StatusPeriod.everything.get(pk=made.pk)
    assert (made.attendance, made.void_reason, made.voided_at is None) == ("boarder", "入力の誤り", False)
    with pytest.raises(StatusRefused, match="すでに取り消されています"):
        changing.correct_status(made, facts(child), "もう一度")
    changing.withdraw_status(right, "入舎は取りやめ")
    assert rows(child) == [(APRIL, "commuter", 3), (OCTOBER, "commuter", 1)]


def test_withdrawing_a_row_on_which_a_decision_began_keeps_the_decision(child: Pupil) -> None:
    changed = changing.change_status(child, OCTOBER, facts(child, attendance="boarder"), "入舎")
    changing.withdraw_status(changed, "取りやめ")
    assert rows(child) == [(APRIL, "commuter", 3), (OCTOBER, "commuter", 1)]
    row = child.periods.get(starts_on=OCTOBER)
    with pytest.raises(StatusRefused, match="再判定"):
        changing.withdraw_status(row, "x")
    with pytest.raises(StatusRefused, match="はじめの行"):
        changing.withdraw_status(child.periods.get(starts_on=APRIL), "x")


def test_leaving_and_taking_it_back(child: Pupil) -> None:
    last = datetime.date(YEAR, 8, 31)
    made = changing.leave(child, last, "県外へ転居")
    child.refresh_from_db()
    assert child.left_on == last
    assert rows(child) == [(APRIL, "commuter", 3), (datetime.date(YEAR, 9, 1), "left", None)]
    with pytest.raises(StatusRefused, match="転出しています"):
        changing.leave(child, last, "x")
    with pytest.raises(StatusRefused, match="転出日"):
        changing.change_status(child, OCTOBER, facts(child, attendance="boarder"), "x")
    with pytest.raises(StatusRefused, match="転出の行は直せません"):
        changing.correct_status(made, facts(child), "x")
    changing.withdraw_status(made, "誤り")
    child.refresh_from_db()
    assert child.left_on is None
    assert rows(child) == [(APRIL, "commuter", 3), (OCTOBER, "commuter", 1)]


def test_an_enrolment_at_another_school_takes_the_category_along(child: Pupil) -> None:
    there = records.school("S02")
    first = datetime.date(YEAR, 9, 1)
    wanted = facts(child)
    with pytest.raises(StatusRefused, match="在籍したまま"):
        changing.enrol(child.member, there, "N1", first, wanted, "転居")
    changing.leave(child, datetime.date(YEAR, 8, 31), "転居")
    moved = changing.enrol(child.member, there, "N1", first, wanted, "転居")
    assert rows(moved) == [(first, "commuter", 3), (OCTOBER, "commuter", 1)]
    with pytest.raises(StatusRefused, match="すでに使われています"):
        changing.enrol(records.member(child.member.household), there, "N1", first, wanted, "x")


@pytest.mark.parametrize(("day", "words"), [(APRIL, "すでにあります"), (datetime.date(YEAR, 3, 31), "転入学日")])
def test_days_that_cannot_be(child: Pupil, day: datetime.date, words: str) -> None:
    with pytest.raises(StatusRefused, match=words):
        changing.change_status(child, day, facts(child, attendance="boarder"), "x")


def test_the_database_itself_wants_a_reason_and_one_row_a_day(child: Pupil) -> None:
    with pytest.raises(IntegrityError, match="voided_status_says"), transaction.atomic():
        child.periods.update(voided_at=datetime.datetime(YEAR, 5, 1, tzinfo=datetime.UTC))
    with pytest.raises(IntegrityError, match="one_status_per_day"), transaction.atomic():
        child.periods.filter(starts_on=OCTOBER).update(starts_on=APRIL)


DAYS = [datetime.date(YEAR, month, day) for month in (4, 6, 7, 10, 12) for day in (1, 15)]
ACTS = st.tuples(
    st.sampled_from(["change", "correct", "withdraw", "leave"]),
    st.sampled_from(DAYS),
    st.sampled_from(["commuter", "boarder", "institution"]),
)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=8))
def test_no_sequence_of_changes_touches_a_decision_or_loses_a_row(in_a: Any, acts: list[tuple[Any, ...]]) -> None:
    child = make_child()
    seen: dict[int, tuple[Any, ...]] = {}
    for act, day, attendance in acts:
        held = status_on(child, day)
        with suppress(StatusRefused):
            if act == "change":
                changing.change_status(child, day, facts(child, attendance=attendance), "変更")
            elif act == "leave":
                changing.leave(child, day, "転出")
            elif held is not None and act == "correct":
                changing.correct_status(held, facts(child, attendance=attendance), "訂正")
            elif held is not None:
                changing.withdraw_status(held, "取消し")
        child.refresh_from_db()
        for each in DAYS:
            row = status_on(child, each)
            assert row is not None
            if row.attendance != "left":
                assert row.category == (3 if each < OCTOBER else 1)
            else:
                assert child.left_on is not None
                assert each > child.left_on
        said = {row.pk: (row.starts_on, row.category, *(getattr(row, name) for name in FACTS))
                for row in StatusPeriod.everything.filter(pupil=child)}  # fmt: skip
        assert seen.items() <= said.items()  # rows are added and voided, never edited or removed
        seen = said


# --- 世帯員の異動 ----------------------------------------------------------------------------------------------------------


def test_members_join_and_leave_on_days(in_a: Any) -> None:
    home = records.family()
    father = home.members.get(relation="父")
    moved = moving.move_member(father, joined_on=None, left_on=JULY, reason="離婚")
    assert (moved.belongs_on(JULY - datetime.timedelta(days=1)), moved.belongs_on(JULY)) == (True, False)
    with pytest.raises(MoveOfMemberRefused):
        moving.move_member(father, joined_on=OCTOBER, left_on=JULY, reason="x")
    with pytest.raises(MoveOfMemberRefused):
        moving.move_member(father, joined_on=datetime.date(1980, 1, 1), left_on=None, reason="x")
    with pytest.raises(IntegrityError, match="member_joins_before_leaving"), transaction.atomic():
        Member.objects.filter(pk=father.pk).update(joined_on=OCTOBER)
    event = outbox.get(event="household:member:moved")
    assert event.detail["after"] == ["", "2025-07-01"]


def test_somebody_new_gets_the_next_key_and_a_number(in_a: Any) -> None:
    home = records.family()
    values: dict[str, Any] = {
        "name": "見本 ウメ", "kana": "ミホン ウメ", "born": datetime.date(1950, 1, 1), "relation": "祖母",
        "is_guardian": False, "joined_on": JULY, "reason": "同居",
    }  # fmt: skip
    made = moving.add_member(home, **values)
    assert (made.key, made.belongs_on(APRIL), made.belongs_on(JULY)) == ("04", False, True)
    assert made.atena_number.startswith("A")
    with pytest.raises(MoveOfMemberRefused, match="同じ氏名"):
        moving.add_member(home, **values)


def test_who_did_not_belong_on_the_base_date_is_not_asked_about(in_a: Any) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.planning import plan_inquiries

    home = records.family()
    left, stays = home.members.order_by("key")[:2]
    moving.move_member(left, joined_on=None, left_on=datetime.date(YEAR - 1, 12, 31), reason="離婚")
    moving.move_member(stays, joined_on=datetime.date(YEAR - 1, 12, 31), left_on=JULY, reason="x")
    plan_inquiries(YEAR)
    asked = set(Inquiry.objects.values_list("member", flat=True))
    assert left.pk not in asked
    assert stays.pk in asked

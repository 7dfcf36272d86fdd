"""Yen by hand: what a round pays for each kind of item, and what it does not pay."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from domain.households.models import StatusPeriod
from domain.payments.models import PaymentLine, PupilPayment
from domain.payments.services import totals_of
from tests.domain.payments.support import (
    SECOND,
    amounts,
    approved,
    calculated,
    changed,
    child,
    day,
    opened,
    payment_of,
    pupil,
    spend,
)
from tests.support import records

State = PupilPayment.State
ELEMENTARY: dict[str, Any] = {}
HIGH = {"department": StatusPeriod.Department.SENIOR_HIGH, "grade": 1}
JUNIOR = {"department": StatusPeriod.Department.JUNIOR_HIGH, "grade": 3}
BOARDER = {"attendance": StatusPeriod.Attendance.BOARDER}


@pytest.mark.parametrize(
    ("category", "status", "item", "amount", "values", "expected"),
    [
        (1, ELEMENTARY, "school_lunch", 4_951, {}, (4_951, 0, 4_951)),
        (2, ELEMENTARY, "school_lunch", 4_951, {}, (2_475, 0, 2_475)),
        (2, ELEMENTARY, "commuting_self", 1_001, {}, (500, 501, 1_001)),
        (3, ELEMENTARY, "commuting_self", 1_001, {}, (500, 501, 1_001)),
        (3, HIGH, "commuting_self", 3_000, {}, (0, 3_000, 3_000)),
        (2, HIGH, "textbooks", 9_800, {}, (9_800, 0, 9_800)),
        (1, HIGH, "ict_equipment", 68_000, {}, (0, 50_000, 50_000)),
        (2, ELEMENTARY, "new_pupil_supplies", 62_000, {"status": {"grade": 1}}, (0, 25_000, 25_000)),
        (1, ELEMENTARY, "homecoming_self", 2_000, {"trip": 3, "status": BOARDER}, (2_000, 0, 2_000)),
        (1, ELEMENTARY, "homecoming_self", 2_000, {"trip": 4, "status": BOARDER}, (0, 2_000, 2_000)),
        (2, ELEMENTARY, "commuting_attendant", 1_001, {"purpose": "accompanying"}, (500, 501, 1_001)),
        (2, ELEMENTARY, "commuting_attendant", 1_001, {"purpose": "fetching"}, (0, 1_001, 1_001)),
        (2, JUNIOR, "school_trip_self", 70_000, {"trip": 1}, (30_000, 0, 30_000)),
    ],
)
def test_yen_of_one_item(
    in_a: Any, category: int, status: Any, item: str, amount: int, values: Any, expected: tuple[int, int, int]
) -> None:
    who = pupil(category, status=status | values.pop("status", {}) if "status" in values else status)
    spend(who, item, amount, **values)
    round_ = calculated(opened())
    assert amounts(round_, who) == expected
    payment = payment_of(round_, who)
    line = payment.lines.get()
    assert (line.item, line.month, line.spent) == (item, day(6, 1), amount)
    assert (line.ledgers["statutory"], line.ledgers["subsidy"]) == expected[:2]
    assert payment.receipt["digest"] == payment.receipt_digest
    assert payment.state == State.PAYABLE
    assert round_.pack_digest == payment.receipt["pack"]["digest"]


def test_a_month_is_split_where_the_category_changes(in_a: Any) -> None:
    """Oracle 12: 1,000 円 on the 6th in Ⅱ, 2,000 円 on the 7th in Ⅰ: June pays 2,500 円."""
    who = pupil(2, status=BOARDER)
    changed(who, day(6, 7), category=1)
    spend(who, "dormitory_meals", 1_000, day(6, 6))
    spend(who, "dormitory_meals", 2_000, day(6, 7))
    round_ = calculated(opened())
    assert amounts(round_, who) == (2_500, 0, 2_500)
    line = payment_of(round_, who).lines.get()
    assert (line.month, line.spent, line.eligible) == (day(6, 1), 3_000, 3_000)


def test_a_cap_is_used_up_over_two_rounds(in_a: Any) -> None:
    """学用品, 小学部, Ⅱ: 10,000 円 a year before the rate. 7,000 then 6,000: 3,500 and 1,500 円."""
    who = pupil(2)
    spend(who, "school_supplies", 7_000, day(5))
    spend(who, "school_supplies", 6_000, day(10))
    first = approved(calculated(opened()))
    second = calculated(opened(2, SECOND))
    assert (amounts(first, who)[2], amounts(second, who)[2]) == (3_500, 1_500)
    carried = payment_of(second, who).receipt["case"]["carried"]
    assert carried == [{"item": "school_supplies", "expense": 7_000, "paid": 3_500}]
    spend(who, "school_supplies", 500, day(11))
    calculated(second)
    assert amounts(second, who)[2] == 1_500


def test_a_round_that_is_not_approved_uses_up_nothing(in_a: Any) -> None:
    who = pupil(1)
    spend(who, "school_supplies", 7_000, day(5))
    spend(who, "school_supplies", 6_000, day(10))
    calculated(opened())
    assert amounts(calculated(opened(2, SECOND)), who)[2] == 6_000


def test_a_pupil_who_moves_takes_the_used_cap_along(in_a: Any) -> None:
    """Within one round: 8,000 at the first school leaves 2,000 of 10,000 円 for the second."""
    moving = child()
    old = pupil(1, at=moving, where=records.school("S01"), left_on=day(5, 31))
    changed(old, day(6, 1), attendance=StatusPeriod.Attendance.LEFT)
    new = pupil(1, at=moving, where=records.school("S02"), enrolled_on=day(6, 1))
    spend(old, "school_supplies", 8_000, day(5))
    spend(new, "school_supplies", 7_000, day(6))
    spend(new, "school_supplies", 9_000, day(9))
    first = approved(calculated(opened()))
    assert (amounts(first, old)[2], amounts(first, new)[2]) == (8_000, 2_000)
    second = calculated(opened(2, SECOND))
    assert payment_of(second, new).state == State.NOTHING
    assert payment_of(second, new).reason == "限度額に達している"


def test_a_school_trip_is_paid_once_per_department_also_after_moving(in_a: Any) -> None:
    moving = child()
    junior = JUNIOR | {"category": 1}
    old = pupil(1, at=moving, where=records.school("S01"), status=junior, left_on=day(7, 31))
    new = pupil(1, at=moving, where=records.school("S02"), status=junior, enrolled_on=day(8, 1))
    spend(old, "school_trip_self", 20_000, day(6), trip=1)
    spend(new, "school_trip_self", 30_000, day(10), trip=2)
    assert amounts(approved(calculated(opened())), old)[2] == 20_000
    second = calculated(opened(2, SECOND))
    assert amounts(second, new)[2] == 0
    assert payment_of(second, new).reason == "同じ部で支給済み(部ごとに1回)"


def test_one_line_per_item_and_month(in_a: Any) -> None:
    who = pupil(2)
    spend(who, "commuting_attendant", 1_000, day(6, 1), purpose="accompanying")
    spend(who, "commuting_attendant", 2_000, day(6, 2), purpose="fetching")
    spend(who, "commuting_attendant", 4_000, day(7, 2), purpose="fetching")
    round_ = calculated(opened())
    lines = payment_of(round_, who).lines.values_list("month", "spent", "ledgers__statutory", "ledgers__subsidy")
    assert list(lines) == [(day(6, 1), 3_000, 500, 2_500), (day(7, 1), 4_000, 0, 4_000)]


@pytest.mark.parametrize(
    ("home", "category", "reason"),
    [
        ({"decline": "full"}, None, "完全辞退"),
        ({}, None, "令和7年4月1日からの支弁区分が未決定です。"),
        ({"decline": "undecided"}, None, "令和7年4月1日からの支弁区分が未決定です。"),
    ],
)
def test_who_is_stopped_and_why(in_a: Any, home: dict[str, Any], category: int | None, reason: str) -> None:
    who = pupil(category, at=child(records.household(**home)))
    spend(who, "school_lunch", 4_000)
    payment = payment_of(calculated(opened()), who)
    assert (payment.state, payment.reason, payment.total) == (State.STOPPED, reason, 0)


def test_expenses_after_leaving_are_not_paid(in_a: Any) -> None:
    who = pupil(1)
    changed(who, day(6, 1), attendance=StatusPeriod.Attendance.LEFT)
    spend(who, "school_lunch", 4_000, day(6, 5))
    payment = payment_of(calculated(opened()), who)
    assert (payment.state, payment.reason) == (State.STOPPED, "転出済(支給停止)")


def test_a_missing_row_holds_its_lines_and_pays_the_rest(in_a: Any) -> None:
    """Without the overlay there is no cap for 学用品; 給食 is paid all the same."""
    who = pupil(1)
    spend(who, "school_lunch", 4_000)
    spend(who, "school_supplies", 1_200)
    round_ = calculated(opened(overlays=()))
    payment = payment_of(round_, who)
    assert (payment.state, payment.total) == (State.PAYABLE, 4_000)
    assert (payment.held, payment.held_amount) == (1, 1_200)
    assert payment.reason.startswith("保留あり: 限度額(または「限度額なし」)が年度定義にありません")
    assert payment.reason.endswith("年度定義の画面で「限度額」に入力してください。")
    assert round_.figures["now"]["held"] == 1
    assert totals_of(round_).total == 4_000


def test_facts_that_contradict_each_other_stop_one_pupil_alone(in_a: Any) -> None:
    wrong, right = pupil(1, status={"grade": 9}), pupil(1)
    for who in (wrong, right):
        spend(who, "school_lunch", 4_000)
    round_ = calculated(opened())
    payment = payment_of(round_, wrong)
    assert (payment.state, payment.total, payment.held) == (State.STOPPED, 0, 1)
    assert "小学部に9年はありません(令和7年4月1日" in payment.reason
    assert amounts(round_, right)[2] == 4_000


def test_category_three_gets_nothing_for_lunch_and_the_reason(in_a: Any) -> None:
    who = pupil(3)
    spend(who, "school_lunch", 4_000)
    payment = payment_of(calculated(opened()), who)
    assert (payment.state, payment.reason) == (State.NOTHING, "この区分の支給割合は0")


def test_an_expense_belongs_to_the_round_of_its_day(in_a: Any) -> None:
    who = pupil(1)
    for used_on in (day(4, 1), day(7, 31), day(8, 1), day(3, 31)):
        spend(who, "school_lunch", 100, used_on)
    assert amounts(calculated(opened()), who)[2] == 200
    assert PaymentLine.objects.count() == 2


def test_a_status_of_an_earlier_year_still_holds(in_a: Any) -> None:
    who = pupil(2, enrolled_on=datetime.date(2023, 4, 1))
    StatusPeriod.objects.filter(pupil=who).update(category=2)
    spend(who, "school_lunch", 4_000)
    assert amounts(calculated(opened()), who)[2] == 2_000

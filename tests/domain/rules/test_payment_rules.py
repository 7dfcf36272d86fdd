"""Further rules of payment as rows of a pack: each kind on and off."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.rules import (
    Attendance,
    CarJourney,
    CaseError,
    Category,
    Department,
    ExpenseLine,
    Pack,
    Standing,
    Unpaid,
    load_pack,
    pay,
)
from domain.rules.payment.steps import months_left
from domain.rules.yearpack.checking import Coverage, check
from domain.rules.yearpack.files import available_packs
from domain.rules.yearpack.loading import build_pack
from tests.domain.rules.building import expense, oracle, pupil, status
from tests.domain.rules.rules_of_payment import JUNIOR, OVERLAY, RAW, RULES, changed, components

# 月割


@pytest.mark.parametrize(
    ("entered", "cap"),
    [(date(2025, 4, 30), 12000), (date(2025, 5, 1), 11000), (date(2025, 9, 15), 7000), (date(2026, 3, 31), 1000)],
)
def test_cap_counts_by_month_for_who_enters_late(entered: date, cap: int) -> None:
    line = expense("school_supplies", 20000, date(2026, 3, 31))
    result = pay(RULES, pupil(line, statuses=(status(Category.I),), entered_on=entered))
    assert result.paid == cap
    assert pay(changed(prorate_supplies={"enabled": False}), result.case).paid == 12000


def test_day_of_entry_is_the_first_status_unless_told(base: Pack) -> None:
    line = expense("school_supplies", 20000, date(2025, 12, 1))
    late = pupil(line, statuses=(status(Category.I, starts_on=date(2025, 10, 1)),))
    assert pay(RULES, late).paid == 6000
    assert pay(RULES, replace(late, entered_on=date(2025, 4, 7))).paid == 12000


def test_a_rule_that_is_off_still_stands_behind_the_result(sample: Pack) -> None:
    line = expense("school_supplies", 500)
    late = pay(sample, pupil(line, entered_on=date(2025, 6, 1)))
    assert ("prorate_cap", "切") in components(late)
    assert late.standing is Standing.UNCONFIRMED
    assert pay(sample, pupil(line)).standing is Standing.OPERATOR


def test_months_of_a_year() -> None:
    assert [months_left(2025, date(2025, 4, 1)), months_left(2025, date(2026, 3, 1))] == [12, 1]
    assert [months_left(2025, date(2024, 6, 1)), months_left(2025, date(2026, 4, 1))] == [12, 0]


# ICT → 学用品


def high(category: Category = Category.II, **more: Any) -> Any:
    return (status(category, Department.HIGH, 1, **more),)


def test_excess_over_the_cap_becomes_an_expense_of_the_other_item() -> None:
    lines = (expense("ict_equipment", 58000), expense("school_supplies", 7000))
    result = pay(RULES, pupil(*lines, statuses=high())).require()
    rolled = [(group.item, group.expense, group.rolled, group.rolled_from, group.paid) for group in result.groups]
    assert rolled == [
        ("school_supplies", 7000, 0, "", 3500),
        ("ict_equipment", 58000, 8000, "", 50000),
        ("school_supplies", 8000, 0, "ict_equipment", 2500),
    ]
    assert sum(group.spent for group in result.groups) == 65000
    off = pay(changed(ict_excess_to_supplies={"enabled": False}), result.case)
    assert (off.paid, ("roll_excess", "切") in components(off)) == (53500, True)


def test_excess_stops_where_the_other_item_cannot_be_paid(base: Pack) -> None:
    raw = copy.deepcopy(OVERLAY)
    raw["caps"] = [row for row in raw["caps"] if "school_supplies" not in row["items"]]
    pack = build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-rules": raw})
    result = pay(pack, pupil(expense("ict_equipment", 58000), statuses=high()))
    assert result.paid == 50000
    assert [(each.item, each.rolled_from, each.missing.name) for each in result.stopped] == [
        ("school_supplies", "ict_equipment", "caps/school_supplies/high/1/2")
    ]


# 4月在籍・就学前


def test_new_pupil_supplies_are_for_who_is_enrolled_in_april() -> None:
    line = expense("new_pupil_supplies", 30000)
    first = (status(Category.I, grade=1),)
    assert pay(RULES, pupil(line, statuses=first)).paid == 30000
    assert pay(RULES, pupil(line, statuses=first, entered_on=date(2025, 4, 30))).paid == 30000
    late = pay(RULES, pupil(line, statuses=first, entered_on=date(2025, 5, 1)))
    assert (late.paid, late.groups[0].unpaid) == (0, Unpaid.NOT_IN_APRIL)


def test_before_entry_is_for_the_first_category_and_only_where_switched_on(base: Pack) -> None:
    line = expense("new_pupil_supplies", 30000, date(2025, 3, 10), before_entry=True)
    rows = {category: (status(category, grade=1),) for category in Category}
    assert pay(RULES, pupil(line, statuses=rows[Category.I])).paid == 30000
    for pack, category in ((RULES, Category.II), (base, Category.I)):
        result = pay(pack, pupil(line, statuses=rows[category]))
        assert (result.paid, result.groups[0].unpaid) == (0, Unpaid.BEFORE_ENTRY)
    other = expense("school_lunch", 300, date(2025, 3, 10), before_entry=True)
    assert pay(RULES, pupil(other)).groups[0].unpaid is Unpaid.BEFORE_ENTRY


@pytest.mark.parametrize("day", [date(2025, 4, 1), date(2024, 3, 31)])
def test_before_entry_must_be_before_the_entry(day: date) -> None:
    with pytest.raises(CaseError, match=r"就学|年度"):
        pay(RULES, pupil(expense("new_pupil_supplies", 1, day, before_entry=True)))


# 他制度


def test_monthly_grant_is_deducted_once_a_month_also_when_the_status_changes() -> None:
    lines = [expense("school_lunch", 4000, date(2025, 10, day)) for day in (5, 20)]
    rows = (
        status(Category.II, ends_on=date(2025, 10, 10)),
        status(Category.I, starts_on=date(2025, 10, 11)),
    )
    result = pay(RULES, pupil(*lines, statuses=rows))
    assert [(group.deducted, group.eligible, group.paid) for group in result.groups] == [
        (4000, 0, 0),
        (1000, 3000, 3000),
    ]
    assert result.groups[0].unpaid is Unpaid.OTHER_SCHEME
    before = pay(RULES, pupil(expense("school_lunch", 4000, date(2025, 8, 31))))
    assert before.groups[0].deducted == 0


def test_grant_per_meal_needs_the_number_of_meals() -> None:
    row = (status(Category.II, JUNIOR),)
    result = pay(RULES, pupil(expense("school_lunch", 6000, times=20), statuses=row))
    assert (result.groups[0].deducted, result.paid) == (2000, 2000)
    open_ = pay(RULES, pupil(expense("school_lunch", 6000, key="x"), statuses=row))
    assert [each.name for each in open_.missing] == ["expenses/x/times"]


def test_what_another_scheme_paid_is_deducted_where_a_row_says_so() -> None:
    line = expense("school_supplies", 8000, received=3000)
    on_welfare = pay(RULES, pupil(line, statuses=(status(Category.I, welfare=True),)))
    assert (on_welfare.groups[0].deducted, on_welfare.paid) == (3000, 5000)
    others = pay(RULES, pupil(line, statuses=(status(Category.I),)))
    assert [each.name for each in others.missing] == ["payment_rules/net_of/received/school_supplies"]
    off = pay(changed(education_aid_received={"enabled": False}), on_welfare.case)
    assert off.paid == 8000


def test_nothing_is_paid_twice_beside_institution_aid(base: Pack) -> None:
    case = pupil(
        expense("school_lunch", 1000),
        expense("commuting_self", 1000),
        statuses=(status(Category.I, attendance=Attendance.INSTITUTION, institution_aid=True),),
    )
    result = pay(RULES, case)
    assert result.by_item["commuting_self"]["statutory"] == 1000
    assert [group.unpaid for group in result.groups] == [Unpaid.INSTITUTION, None]
    assert {each.name for each in pay(base, case).missing} == {
        "institution_pay/school_lunch",
        "institution_pay/commuting_self",
    }


# 自家用車


def driven(day: date, metres: int = 12_345) -> ExpenseLine:
    return ExpenseLine(f"car{day}", "commuting_self", day, 0, car=CarJourney(metres, 20, 4))


def test_own_car_is_distance_days_legs_and_the_price_of_the_day() -> None:
    result = pay(RULES, pupil(driven(date(2025, 9, 30)), driven(date(2025, 10, 1)))).require()
    assert [group.expense for group in result.groups] == [12_345 * 80 * 20 // 1000, 12_345 * 80 * 37 // 2000]
    assert ("own_car", "car2025-10-01: 12345m×20日×4回×37/2円/km") in components(result)


def test_unit_price_is_absent_until_it_is_loaded(base: Pack) -> None:
    assert [each.name for each in pay(base, pupil(driven(date(2025, 6, 1)))).missing] == [
        "payment_rules/own_car/commuting_self/2025-06"
    ]
    off = pay(changed(own_car={"enabled": False}), pupil(driven(date(2025, 6, 1))))
    assert off.groups[0].unpaid is Unpaid.NOT_COVERED


@pytest.mark.parametrize(
    "line",
    [
        replace(driven(date(2025, 6, 1)), amount=5),
        driven(date(2025, 6, 1), metres=-1),
        expense("school_lunch", 5, received=-1),
        expense("school_lunch", 5, times=-1),
    ],
)
def test_senseless_factors_are_refused(line: ExpenseLine) -> None:
    with pytest.raises(CaseError, match="0以上"):
        pay(RULES, pupil(line))


# 区分の日


def test_category_of_the_expense_or_of_the_payment_is_a_switch(base: Pack) -> None:
    rows = (status(Category.II, ends_on=date(2025, 6, 30)), status(Category.I, starts_on=date(2025, 7, 1)))
    case = pupil(expense("school_lunch", 1000), statuses=rows, paid_on=date(2025, 9, 30))
    by_payment = changed(payment={"category_on": "payment"})
    assert pay(base, case).paid == 500
    assert pay(by_payment, case).paid == 1000
    assert pay(by_payment, replace(case, paid_on=date(2025, 6, 30))).paid == 500
    assert pay(by_payment, replace(case, paid_on=date(2025, 3, 1))).paid == 500
    assert [each.name for each in pay(by_payment, replace(case, paid_on=None)).missing] == ["paid_on"]


# 訪問生


def test_rows_may_differ_for_home_visits() -> None:
    raw = copy.deepcopy(OVERLAY)
    raw["rates"].append(
        {"items": ["school_lunch"], "home_visit": True, "not_covered": True, "source": "sample", "standing": "operator"}
    )
    pack = build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-rules": raw})
    line = expense("school_lunch", 100)
    assert (
        pay(pack, pupil(line, statuses=(status(Category.I, home_visit=True),))).groups[0].unpaid is Unpaid.NOT_COVERED
    )
    assert pay(pack, pupil(line, statuses=(status(Category.I),))).paid == 100
    cells = {(cell.item, cell.department, cell.category): cell for cell in check(pack).cells}
    assert cells["school_lunch", Department.ELEMENTARY, Category.I].state is Coverage.KNOWN


# 端数と会計区分


@pytest.mark.parametrize(
    ("payment", "ledgers"),
    [
        ({}, {"statutory": 500, "subsidy": 501}),
        ({"rest": "statutory"}, {"statutory": 501, "subsidy": 500}),
        ({"rounding_per": "ledger", "rounding": {"mode": "ceil", "unit": 1}}, {"statutory": 501, "subsidy": 500}),
        ({"rounding_per": "ledger", "rounding": {"mode": "floor", "unit": 10}}, {"statutory": 500, "subsidy": 501}),
        ({"rounding": {"mode": "floor", "unit": 10}}, {"statutory": 500, "subsidy": 500}),
    ],
)
def test_rounding_is_data_and_two_halves_are_the_whole(payment: dict[str, Any], ledgers: dict[str, int]) -> None:
    found = pay(changed(payment=payment), pupil(expense("commuting_self", 1001))).ledgers
    assert found == {**ledgers, "prefectural": 0}


def test_a_prefectures_own_ledger_pays_and_stays_out_of_the_report() -> None:
    result = pay(RULES, pupil(expense("excursion_self", 2001), statuses=(status(Category.II),)))
    assert result.ledgers == {"statutory": 0, "subsidy": 1000, "prefectural": 1001}
    only = pay(RULES, pupil(expense("school_trip_attendant", 2001), statuses=(status(Category.III),)))
    assert only.ledgers == {"statutory": 0, "subsidy": 0, "prefectural": 2001}
    assert [ledger.name for ledger in RULES.ledgers if ledger.reported] == ["statutory", "subsidy"]


# 未確認の限度額


def test_doubled_class_caps_are_only_for_trials(base: Pack) -> None:
    assert {info.name for info in available_packs() if info.trial and not info.sample} == {"doubled-class-caps"}
    pack = load_pack("R07-former-standard", ("doubled-class-caps",))
    assert "未確認" in pack.title
    rows = [cap for _, cap in pack.caps.layers[1]]
    assert {cap.origin.standing for cap in rows} == {Standing.UNCONFIRMED}
    untouched = pupil(expense("school_lunch", 100), statuses=(status(Category.I),))
    result = pay(pack, untouched)
    assert (result.standing, result.groups[0].standing) == (Standing.UNCONFIRMED, Standing.UNCONFIRMED)
    assert ("trial", "") in components(result)


def test_doubled_caps_pay_the_published_amounts_of_the_classes() -> None:
    pack = load_pack("R07-former-standard", ("doubled-class-caps",))
    published = oracle("07_half_rate_caps")
    of_2025 = {"new_pupil_supplies": [28530, 31500]}
    of_2022 = {"overnight_self": published["others_R4_津和野"]["校外泊あり"]}
    supplies = {"school_supplies": [6620 - 800, 12525 - 1155], "excursion_self": [800, 1155]}
    assert [row["published"] for row in published["sums"]] == [6620, 12525]
    trip = {"school_trip_self": published["others_R4_津和野"]["修学旅行"]}
    for item, halves in {**of_2025, **of_2022, **supplies, **trip}.items():
        for department, half in zip((Department.ELEMENTARY, JUNIOR), halves, strict=True):
            case = pupil(expense(item, 10**6), statuses=(status(Category.II, department, 1),))
            assert pay(pack, case).require().paid == half, item

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    Attendance,
    CarriedAmount,
    CaseError,
    Category,
    Decline,
    Department,
    ExpenseLine,
    Pack,
    PaidOnce,
    PaymentResult,
    RuleMissing,
    Standing,
    StatusPeriod,
    Unpaid,
    load_pack,
    pay,
)
from domain.rules.yearpack.conditions import Condition, RuleBook
from domain.rules.yearpack.model import Cap, CapBasis
from tests.domain.rules.building import expense, oracle, pupil, status

SAMPLE = load_pack("R07-former-standard", ("sample-operator",))
BOARDER = Attendance.BOARDER
STATUTORY_ITEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "教科用図書": ("textbooks", {}),
    "学校給食費": ("school_lunch", {}),
    "通学費_本人": ("commuting_self", {}),
    "帰省費_本人_年3回まで": ("homecoming_self", {"count_no": 3}),
    "付添中_通学_小1-3": ("commuting_attendant", {"purpose": "accompanying"}),
    "付添中_帰省_年3回まで": ("homecoming_attendant", {"purpose": "accompanying", "count_no": 3}),
    "寄宿舎_寝具": ("bedding", {}),
    "寄宿舎_日用品": ("daily_goods", {}),
    "寄宿舎_食費": ("dormitory_meals", {}),
    "修学旅行_部ごと1回": ("school_trip_self", {}),
    "学用品": ("school_supplies", {}),
}


@pytest.mark.parametrize("department", [Department.ELEMENTARY, Department.JUNIOR_HIGH, Department.HIGH])
@pytest.mark.parametrize("name", STATUTORY_ITEMS)
def test_statutory_ledger_is_the_decree(name: str, department: Department) -> None:
    group = "高等部(専攻科を除く)" if department is Department.HIGH else "小学部・中学部"
    expected = oracle("01_statutory_rates")["expected"][group][name] or ["0", "0", "0"]
    item, more = STATUTORY_ITEMS[name]
    if item == "commuting_attendant" and department is Department.JUNIOR_HIGH:
        expected = ["0", "0", "0"]  # the decree names 小1–3 only
    for category, share in zip(Category, expected, strict=True):
        case = pupil(expense(item, 1000, **more), statuses=(status(category, department, attendance=BOARDER),))
        statutory = pay(SAMPLE, case).require().ledgers["statutory"]
        assert statutory == {"1": 1000, "1/2": 500, "0": 0}[share], category


@pytest.mark.parametrize("department", [Department.KINDERGARTEN, Department.HIGH_ADVANCED])
@pytest.mark.parametrize("item", SAMPLE.items)
def test_kindergarten_and_advanced_course_have_no_statutory_part(item: str, department: Department) -> None:
    definition = SAMPLE.items[item]
    lines = [expense(item, 1000, purpose=each, key=each) for each in definition.purposes] or [expense(item, 1000)]
    lines = [replace(line, count_no=1) for line in lines]
    result = pay(SAMPLE, pupil(*lines, statuses=(status(Category.I, department, 1, attendance=BOARDER),)))
    assert result.ledgers["statutory"] == 0


@pytest.mark.parametrize("row", oracle("07_half_rate_caps")["halves"], ids=lambda row: row["case"])
def test_cap_before_rate_gives_the_published_half(sample: Pack, row: dict[str, Any]) -> None:
    pack = _with_cap(sample, "school_supplies", row["full"])
    result = pay(pack, pupil(expense("school_supplies", row["full"] + 999)))
    assert result.paid == row["published_half"]


def test_month_is_split_where_the_status_changes(base: Pack) -> None:
    given_, expected = (oracle("12_status_history")[part] for part in ("inputs", "expected"))
    days = [date.fromisoformat(row["from"]) + timedelta(days=731) for row in given_["history"]]
    first = status(Category(2), starts_on=days[0], ends_on=days[1] - timedelta(days=1), attendance=BOARDER)
    second = status(Category(1), starts_on=days[1], attendance=BOARDER)
    lines = [
        expense("dormitory_meals", row["yen"], date.fromisoformat(row["date"]) + timedelta(days=731))
        for row in given_["expenses"]
    ]
    result = pay(base, pupil(*lines, statuses=(first, second)))
    assert result.paid == expected["june_payment"]
    assert [group.category for group in result.groups] == [Category.II, Category.I]


def test_months_are_rounded_apart(base: Pack) -> None:
    one_month = pupil(expense("school_lunch", 101), expense("school_lunch", 101, date(2025, 6, 20)))
    two_months = pupil(expense("school_lunch", 101), expense("school_lunch", 101, date(2025, 7, 20)))
    assert pay(base, one_month).paid == 101
    assert pay(base, two_months).paid == 100


def test_two_halves_make_the_whole(base: Pack) -> None:
    result = pay(base, pupil(expense("commuting_self", 1001)))
    assert result.ledgers == {"statutory": 500, "subsidy": 501}
    assert result.by_item == {"commuting_self": {"statutory": 500, "subsidy": 501}}


def test_fourth_return_is_paid_by_the_other_ledger(base: Pack) -> None:
    lines = [expense("homecoming_self", 1000, count_no=number) for number in (1, 2, 3, 4, 39, 40)]
    result = pay(base, pupil(*lines)).require()
    assert result.ledgers == {"statutory": 1500, "subsidy": 1500 + 2000}
    assert [group.unpaid for group in result.groups if group.unpaid] == [Unpaid.NOT_COVERED]


def test_return_without_its_number_stops(base: Pack) -> None:
    result = pay(base, pupil(expense("homecoming_self", 1000)))
    assert result.missing[0].kind == "fact"
    assert "回数" in result.missing[0].message


def test_school_trip_is_paid_once_per_department(sample: Pack) -> None:
    fare, lodging = expense("school_trip_self", 4000), expense("school_trip_self", 6000, date(2025, 7, 1))
    another = expense("school_trip_self", 8000, date(2025, 9, 1), count_no=2)
    result = pay(sample, pupil(fare, lodging, another, statuses=(status(Category.I),)))
    assert result.paid == 10000
    assert result.groups[-1].unpaid is Unpaid.ONCE_PER_DEPARTMENT
    earlier = (PaidOnce("school_trip_self", Department.ELEMENTARY, 2024),)
    assert pay(sample, pupil(fare, statuses=(status(Category.I),), paid_once=earlier)).paid == 0
    lower = (PaidOnce("school_trip_self", Department.KINDERGARTEN, 2024),)
    assert pay(sample, pupil(fare, statuses=(status(Category.I),), paid_once=lower)).paid == 4000
    same_trip = (PaidOnce("school_trip_self", Department.ELEMENTARY, 2025),)
    assert pay(sample, pupil(fare, statuses=(status(Category.I),), paid_once=same_trip)).paid == 4000


def test_attendant_of_the_lower_grades_only(base: Pack) -> None:
    def paid(grade: int, **more: Any) -> dict[str, int]:
        line = expense("commuting_attendant", 1000, purpose="accompanying")
        return pay(base, pupil(line, statuses=(status(Category.II, grade=grade, **more),))).ledgers

    assert paid(3) == {"statutory": 500, "subsidy": 500}
    assert paid(4) == {"statutory": 0, "subsidy": 0}
    assert paid(4, physical_multiple=True) == {"statutory": 0, "subsidy": 1000}


def test_dormitory_costs_are_for_boarders(sample: Pack) -> None:
    result = pay(sample, pupil(expense("bedding", 1000), statuses=(status(Category.I),)))
    assert result.groups[0].unpaid is Unpaid.NOT_COVERED
    assert pay(sample, pupil(expense("bedding", 1000), statuses=(status(Category.I, attendance=BOARDER),))).paid == 1000


def test_absent_cap_stops_and_no_cap_does_not(base: Pack) -> None:
    result = pay(base, pupil(expense("school_supplies", 5000), expense("school_lunch", 5000)))
    assert [each.name for each in result.missing] == ["caps/school_supplies/elementary/2/2"]
    assert result.by_item == {"school_lunch": {"statutory": 2500, "subsidy": 0}}
    assert not result.complete
    assert result.standing is Standing.UNCONFIRMED
    with pytest.raises(RuleMissing, match="学用品"):
        result.require()


def test_absent_cap_does_not_matter_where_the_rate_is_zero(base: Pack) -> None:
    result = pay(base, pupil(expense("school_supplies", 5000), statuses=(status(Category.III),)))
    assert result.complete
    assert result.groups[0].unpaid is Unpaid.RATE_ZERO


def test_absent_rate_stops(base: Pack) -> None:
    case = pupil(expense("exchange_travel", 500), statuses=(status(Category.III, Department.HIGH, 1),))
    assert [each.name for each in pay(base, case).missing] == ["rates/exchange_travel/high/1/3"]


def test_cap_of_a_year_with_an_open_month_stops_the_later_months(sample: Pack) -> None:
    undecided = status(None, ends_on=date(2025, 5, 31))
    decided = status(Category.I, starts_on=date(2025, 6, 1))
    lines = [
        expense("school_supplies", 100, date(2025, 4, 10)),
        expense("school_supplies", 100, date(2025, 6, 10)),
        expense("school_lunch", 100, date(2025, 4, 10)),
        expense("school_lunch", 100, date(2025, 6, 10)),
    ]
    result = pay(sample, pupil(*lines, statuses=(undecided, decided)))
    assert result.by_item == {"school_lunch": {"statutory": 100, "subsidy": 0}}
    assert len(result.stopped) == 3


def test_day_without_status_stops(base: Pack) -> None:
    result = pay(base, pupil(expense("school_lunch", 100), statuses=(status(starts_on=date(2025, 7, 1)),)))
    assert result.missing[0].name == "statuses/2025-06-10"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"decline": Decline.FULL, "category": None}, Unpaid.DECLINED),
        ({"attendance": Attendance.TRANSFERRED_OUT}, Unpaid.TRANSFERRED_OUT),
        ({"welfare": True}, Unpaid.WELFARE),
    ],
)
def test_nothing_is_paid_and_the_result_says_why(sample: Pack, more: dict[str, Any], why: Unpaid) -> None:
    row = replace(status(Category.I), **more)
    result = pay(sample, pupil(expense("school_lunch", 100), statuses=(row,))).require()
    assert (result.paid, result.groups[0].unpaid) == (0, why)


def test_welfare_pupils_get_what_education_aid_does_not_pay(base: Pack, sample: Pack) -> None:
    case = pupil(expense("commuting_self", 100), statuses=(status(Category.I, welfare=True),))
    assert pay(sample, case).paid == 100
    assert [each.name for each in pay(base, case).missing] == ["welfare_pay/commuting_self"]


def test_carried_amounts_use_up_the_cap(sample: Pack) -> None:
    carried = (CarriedAmount("school_supplies", 7000, 3500), CarriedAmount("school_supplies", 2000, 1000))
    result = pay(sample, pupil(expense("school_supplies", 5000), carried=carried))
    assert (result.groups[0].used_before, result.groups[0].eligible, result.paid) == (9000, 1000, 500)
    full = (CarriedAmount("school_supplies", 99999, 5000),)
    assert pay(sample, pupil(expense("school_supplies", 5000), carried=full)).groups[0].unpaid is Unpaid.CAP_REACHED


def test_cap_on_the_payment_comes_after_the_rate(sample: Pack) -> None:
    pack = _with_cap(sample, "school_supplies", 1000, CapBasis.PAYMENT)
    result = pay(pack, pupil(expense("school_supplies", 3000), carried=(CarriedAmount("school_supplies", 600, 300),)))
    assert (result.groups[0].eligible, result.paid) == (3000, 700)


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (pupil(expense("school_lunch", 1, date(2026, 4, 1))), "年度の外"),
        (pupil(expense("school_lunch", -1)), "0以上"),
        (pupil(expense("umbrella", 1)), "経費項目"),
        (pupil(expense("commuting_attendant", 1)), "目的"),
        (pupil(expense("school_lunch", 1, purpose="fetching")), "目的"),
        (pupil(expense("school_lunch", 1, key="x"), expense("school_lunch", 2, key="x")), "重複"),
        (pupil(statuses=(status(grade=7),)), "7年"),
        (pupil(statuses=(status(), status(starts_on=date(2025, 6, 1)))), "重なって"),
        (pupil(statuses=(status(ends_on=date(2025, 3, 1)),)), "前です"),
        (pupil(carried=(CarriedAmount("umbrella", 1, 1),)), "既支給額"),
        (replace(pupil(), fiscal_year=2024), "年度"),
    ],
)
def test_senseless_cases_are_refused(case: Any, word: str) -> None:
    with pytest.raises(CaseError, match=word):
        pay(SAMPLE, case)


def _with_cap(pack: Pack, item: str, annual: int, basis: CapBasis = CapBasis.EXPENSE) -> Pack:
    rows = [
        (Condition(item, frozenset(Department), category), Cap(annual, basis, "test", pack.payment.origin))
        for category in Category
    ]
    return replace(pack, caps=RuleBook([*pack.caps.layers, rows]))


days = st.dates(date(2025, 4, 1), date(2026, 3, 31))
ITEMS = ("school_lunch", "commuting_self", "school_supplies", "homecoming_self", "daily_goods")


@st.composite
def lines(draw: st.DrawFn) -> tuple[ExpenseLine, ...]:
    drawn = draw(st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 9999), days), max_size=12))
    return tuple(
        ExpenseLine(f"e{number}", item, day, amount, number + 1 if item == "homecoming_self" else None)
        for number, (item, amount, day) in enumerate(drawn)
    )


def _halves(row: StatusPeriod, day: date) -> tuple[StatusPeriod, ...]:
    if day <= row.starts_on:
        return (row,)
    return replace(row, ends_on=day - timedelta(days=1)), replace(row, starts_on=day)


def _paid(result: PaymentResult) -> list[tuple[Any, ...]]:
    return [(group.item, group.month, group.expense, group.eligible, dict(group.ledgers)) for group in result.groups]


@given(lines(), days, st.sampled_from(Category))
def test_cutting_the_history_where_nothing_changes_changes_nothing(
    expenses: tuple[ExpenseLine, ...], day: date, category: Category
) -> None:
    row = status(category, attendance=BOARDER)
    whole, cut = (pay(SAMPLE, pupil(*expenses, statuses=rows)) for rows in ((row,), _halves(row, day)))
    assert _paid(whole) == _paid(cut)


@given(lines(), st.integers(0, 15000), st.sampled_from(Category), days, st.sampled_from(Category))
def test_caps_hold_whatever_was_carried(
    expenses: tuple[ExpenseLine, ...], before: int, category: Category, day: date, later: Category
) -> None:
    first, *rest = _halves(status(category, attendance=BOARDER), day)
    rows = (first, *(replace(row, category=later) for row in rest))
    carried = (CarriedAmount("school_supplies", before, before // 2),)
    result = pay(SAMPLE, pupil(*expenses, statuses=rows, carried=carried)).require()
    used = {"school_supplies": before}
    for group in result.groups:
        if group.cap is not None and group.cap.annual is not None:
            assert group.used_before == used.get(group.item, 0)
            used[group.item] = group.used_before + group.eligible
            assert used[group.item] <= max(group.cap.annual, before)


@given(lines(), st.sampled_from(Category), st.sampled_from([Department.ELEMENTARY, Department.HIGH]))
def test_ledgers_add_up_and_never_exceed_the_expense(
    expenses: tuple[ExpenseLine, ...], category: Category, department: Department
) -> None:
    row = status(category, department, attendance=BOARDER)
    result = pay(SAMPLE, pupil(*expenses, statuses=(row,))).require()
    assert sum(result.ledgers.values()) == result.paid == sum(sum(each.values()) for each in result.by_item.values())
    assert sum(group.expense for group in result.groups) == sum(line.amount for line in expenses)
    for group in result.groups:
        assert 0 <= group.paid <= group.eligible <= group.expense


@given(lines(), st.randoms(use_true_random=False))
def test_order_of_expenses_does_not_matter(expenses: tuple[ExpenseLine, ...], random: Any) -> None:
    shuffled = list(expenses)
    random.shuffle(shuffled)
    assert _paid(pay(SAMPLE, pupil(*expenses))) == _paid(pay(SAMPLE, pupil(*shuffled)))

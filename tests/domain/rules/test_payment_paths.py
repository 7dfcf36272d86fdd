"""What holds on every path through the rules of payment, whatever the case and the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    CarriedAmount,
    Category,
    Department,
    ExpenseLine,
    Pack,
    pay,
)
from tests.domain.rules.building import pupil, status
from tests.domain.rules.rules_of_payment import JUNIOR, RULES, changed

ITEMS = ("school_lunch", "commuting_self", "school_supplies", "ict_equipment", "new_pupil_supplies", "excursion_self")
DAYS = st.dates(date(2025, 4, 1), date(2026, 3, 31))
PACKS = (
    RULES,
    changed(payment={"rounding_per": "ledger", "rounding": {"mode": "half_up", "unit": 1}}),
    changed(payment={"rounding": {"mode": "ceil", "unit": 100}, "rest": "statutory"}),
)


@st.composite
def cases(draw: st.DrawFn) -> Any:
    drawn = draw(st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 70000), DAYS), max_size=10))
    expenses = tuple(
        ExpenseLine(f"e{number}", item, day, amount, times=number) for number, (item, amount, day) in enumerate(drawn)
    )
    carried = draw(
        st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 60000), st.integers(0, 60000)), max_size=3)
    )
    row = status(
        draw(st.sampled_from(Category)),
        draw(st.sampled_from([Department.ELEMENTARY, JUNIOR, Department.HIGH])),
        1,
        institution_aid=draw(st.booleans()),
    )
    return pupil(
        *expenses,
        statuses=(row,),
        carried=tuple(CarriedAmount(*each) for each in carried),
        entered_on=draw(st.none() | DAYS),
    )


@given(cases(), st.sampled_from(PACKS))
def test_no_path_exceeds_a_cap_or_the_expense(case: Any, pack: Pack) -> None:
    result = pay(pack, case)
    before: dict[str, int] = {}
    for each in case.carried:
        before[each.item] = before.get(each.item, 0) + each.expense
    used = dict(before)
    for group in result.groups:
        assert all(amount >= 0 for amount in group.ledgers.values())
        assert 0 <= group.paid <= group.eligible <= group.expense - group.deducted
        used[group.item] = used.get(group.item, 0) + group.eligible
        if group.cap is not None and group.cap.annual is not None:
            assert used[group.item] <= max(group.cap.annual, before.get(group.item, 0))
    stopped = {(each.item, key) for each in result.stopped for key in each.expense_keys if not each.rolled_from}
    amounts = {line.key: line.amount for line in case.expenses}
    rolled_open = sum(group.rolled for group in result.groups) - sum(
        group.expense for group in result.groups if group.rolled_from
    )
    assert sum(group.spent for group in result.groups) + rolled_open + sum(amounts[key] for _, key in stopped) == sum(
        amounts.values()
    )
    assert sum(result.ledgers.values()) == result.paid


@given(cases(), st.randoms(use_true_random=False))
def test_order_of_lines_and_of_carried_amounts_does_not_matter(case: Any, random: Any) -> None:
    expenses, carried = list(case.expenses), list(case.carried)
    random.shuffle(expenses)
    random.shuffle(carried)
    again = pay(RULES, replace(case, expenses=tuple(expenses), carried=tuple(carried)))
    assert again.groups == pay(RULES, case).groups


@given(cases(), DAYS)
def test_cutting_the_history_where_nothing_changes_changes_nothing_under_every_rule(case: Any, day: date) -> None:
    row = case.statuses[0]
    if day == row.starts_on:
        return
    halves = (replace(row, ends_on=date.fromordinal(day.toordinal() - 1)), replace(row, starts_on=day))
    assert pay(RULES, replace(case, statuses=halves)).groups == pay(RULES, case).groups

"""追給・戻入: what was paid then and what is right now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    Attendance,
    CaseError,
    Category,
    ExpenseLine,
    Pack,
    SettlementLine,
    StatusPeriod,
    load_pack,
    paid_by,
    pay,
    settle,
)
from domain.rules.payment.settling import totals
from tests.domain.rules.building import expense, pupil, status
from tests.domain.rules.test_paying import days, lines

SAMPLE = load_pack("R07-former-standard", ("sample-operator",))


def test_a_provisional_category_is_settled_by_month_and_ledger(base: Pack) -> None:
    expenses = (expense("commuting_self", 1001), expense("school_lunch", 4000, date(2025, 5, 10)))
    then = pay(base, pupil(*expenses, statuses=(status(Category.III),)))
    now = pay(base, pupil(*expenses, statuses=(status(Category.I),)))
    assert settle(then, now) == (
        SettlementLine("commuting_self", date(2025, 6, 1), "statutory", 501),
        SettlementLine("commuting_self", date(2025, 6, 1), "subsidy", -501),
        SettlementLine("school_lunch", date(2025, 5, 1), "statutory", 4000),
    )
    assert totals(settle(then, now)) == {"statutory": 4501, "subsidy": -501}
    assert totals(settle(now, then)) == {"statutory": -4501, "subsidy": 501}


def test_only_the_months_after_the_change_are_settled(base: Pack) -> None:
    expenses = tuple(expense("school_lunch", 1000, date(2025, month, 10)) for month in (4, 5, 6, 7))
    changed = (status(Category.II, ends_on=date(2025, 5, 31)), status(Category.I, starts_on=date(2025, 6, 1)))
    found = settle(pay(base, pupil(*expenses)), pay(base, pupil(*expenses, statuses=changed)))
    assert [(line.month.month, line.amount) for line in found] == [(6, 500), (7, 500)]


def test_what_stops_now_is_not_claimed_and_what_stopped_then_is_paid_later(base: Pack) -> None:
    expenses = (expense("school_lunch", 1000), expense("commuting_self", 1000))
    undecided = pay(base, pupil(*expenses, statuses=(status(None),)))
    decided = pay(base, pupil(*expenses, statuses=(status(Category.I),)))
    assert sum(line.amount for line in settle(undecided, decided)) == 2000
    assert settle(decided, undecided) == ()


def test_results_of_two_pupils_are_not_settled(base: Pack) -> None:
    one = pupil(expense("school_lunch", 1000))
    with pytest.raises(CaseError, match="同じ児童生徒"):
        settle(pay(base, one), pay(base, replace(one, pupil="p2")))


@given(lines(), days, st.sampled_from(Category), st.sampled_from(Category))
def test_before_and_the_settlement_are_after(
    expenses: tuple[ExpenseLine, ...], day: date, was: Category, becomes: Category
) -> None:
    row = status(was, attendance=Attendance.BOARDER)
    rows: tuple[StatusPeriod, ...] = (row,)
    if day > row.starts_on:
        rows = (
            replace(row, ends_on=day - timedelta(days=1)),
            replace(row, starts_on=day, category=becomes),
        )
    before = pay(SAMPLE, pupil(*expenses, statuses=(row,))).require()
    after = pay(SAMPLE, pupil(*expenses, statuses=rows)).require()
    sums = dict(paid_by(before))
    for line in settle(before, after):
        key = (line.item, line.month, line.ledger)
        assert line.amount
        sums[key] = sums.get(key, 0) + line.amount
    assert {key: amount for key, amount in sums.items() if amount} == {
        key: amount for key, amount in paid_by(after).items() if amount
    }
    assert before.paid + sum(line.amount for line in settle(before, after)) == after.paid
    assert settle(after, after) == ()

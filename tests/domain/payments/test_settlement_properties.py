"""Whatever comes late, is corrected or taken back between the rounds: a child gets what all receipts together come to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from domain.households.models import Pupil
from domain.payments import services
from domain.payments.expenses.checking import facts_of
from domain.payments.models import Adjustment, Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.services import ExpenseFacts
from tests.domain.payments.support import approved, calculated, day, opened, pupil
from tests.support import records
from tests.support.records import YEAR

LUNCH, CAPPED, CAP = "school_lunch", "school_supplies", 10_000
"""Of a pupil in Ⅰ the one is paid in full, the other up to 10,000 円 a year."""
ROUNDS = ((4, 5), (6, 8), (9, 11))
ENOUGH = 60_000
"""円 that every round pays besides, so that a return can be taken off."""
ACTS = st.tuples(
    st.sampled_from(["enter", "change", "change", "remove"]),
    st.sampled_from([LUNCH, CAPPED]),
    st.sampled_from([4, 5, 6, 8, 9]),
    st.sampled_from([1_000, 4_000, 7_000]),
    st.integers(0, 9),
)
STORY = st.lists(st.tuples(st.lists(ACTS, max_size=3), st.booleans()), min_size=3, max_size=3)


@contextmanager
def undone() -> Iterator[None]:
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def act(who: Pupil, serial: int, step: tuple[str, str, int, int, int]) -> None:
    """A receipt entered, corrected or taken back, late or not."""
    what, item, month, amount, which = step
    held = list(Expense.objects.exclude(amount=ENOUGH).order_by("pk"))
    facts = ExpenseFacts(item=item, used_on=day(month), amount=amount, evidence=f"R-{serial}")
    if what == "enter" or not held:
        services.enter_expense(who, YEAR, facts, late_reason="遅れて提出された")
    elif what == "change":
        services.change_expense(held[which % len(held)].pk, facts, late_reason="誤り")
    else:
        services.remove_expense(held[which % len(held)].pk, late_reason="二重の登録")


def right(until: datetime.date) -> int:
    """What all receipts up to a day come to, 円, worked out without the rules."""
    facts = [facts_of(each) for each in Expense.objects.filter(used_on__lte=until)]
    lunch = sum(each.amount for each in facts if each.item == LUNCH)
    return lunch + min(CAP, sum(each.amount for each in facts if each.item == CAPPED))


def paid(item: str = "") -> int:
    """円 in all rounds, of one item or all."""
    if not item:
        return PupilPayment.objects.aggregate(yen=Sum("total"))["yen"] or 0
    rows = (PaymentLine.objects.filter(item=item), Adjustment.objects.filter(item=item, applied=True))
    return sum(each.aggregate(yen=Sum("total"))["yen"] or 0 for each in rows)


def waiting(round_: PaymentRound) -> int:
    return sum(Adjustment.objects.filter(round=round_, applied=False).values_list("total", flat=True))


def tell(who: Pupil, story: Sequence[Any]) -> None:
    serial = 0
    for number, (months, (acts, accepts)) in enumerate(zip(ROUNDS, story, strict=True), start=1):
        services.enter_expense(who, YEAR, ExpenseFacts(LUNCH, day(months[0]), ENOUGH, f"E-{number}"))
        for step in acts:
            serial += 1
            act(who, serial, step)
        round_ = calculated(opened(number, months))
        assert waiting(round_) <= 0
        assert paid() + waiting(round_) <= right(round_.ends_on)
        assert waiting(round_) or paid() == right(round_.ends_on)
        assert paid(CAPPED) <= CAP
        if accepts and waiting(round_):
            with records.acting(records.staff(Role.BOARD_OFFICER)):
                services.accept_recovery(Adjustment.objects.filter(round=round_, state="open")[0].pk, "協議済み")
            round_ = calculated(round_)
            assert waiting(round_) == 0
            assert paid() == right(round_.ends_on)
        approved(round_)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY)
def test_a_child_gets_what_the_receipts_come_to_and_never_more(in_a: Any, story: list[Any]) -> None:
    with undone():
        tell(pupil(1), story)

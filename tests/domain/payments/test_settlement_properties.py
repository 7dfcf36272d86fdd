"""Whatever comes late, is corrected or taken back between the rounds: a child gets what all receipts together come to, also
once its year is paid out and only differences are left, and at two schools.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from domain.households.models import Pupil
from domain.payments import services
from domain.payments.errors import RoundRefused
from domain.payments.expenses.checking import facts_of
from domain.payments.expenses.late import by_board
from domain.payments.models import Adjustment, Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.services import ExpenseFacts
from tests.domain.payments.support import approved, calculated, child, day, opened, pupil
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
TERM = st.tuples(st.lists(ACTS, max_size=3), st.booleans(), st.booleans())
"""What is done before a round, whether differences are paid before it, and whether the officer accepts what waits in it."""
STORY = st.lists(TERM, min_size=len(ROUNDS), max_size=len(ROUNDS))
AFTERWARDS = st.lists(st.lists(ACTS, min_size=1, max_size=3), min_size=1, max_size=3)
"""What is done before each round that pays differences only."""
MOVED_ON = 8
"""The month in which a child that moves is at its second school."""
Child = Mapping[bool, Pupil]
"""Its enrolment before and after the move."""


@contextmanager
def undone() -> Iterator[None]:
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def act(who: Child, serial: int, step: tuple[str, str, int, int, int]) -> None:
    """A receipt entered, corrected or taken back, late or not. One that is corrected stays at its school."""
    what, item, month, amount, which = step
    held = list(Expense.objects.exclude(amount=ENOUGH).order_by("pk"))
    facts = ExpenseFacts(item=item, used_on=day(month), amount=amount, evidence=f"R-{serial}")
    if what == "enter" or not held:
        services.enter_expense(who[month >= MOVED_ON], YEAR, facts, right=by_board("遅れて提出された"))
    elif what == "change":
        wrong = held[which % len(held)]
        if who[month >= MOVED_ON] == wrong.pupil:
            services.change_expense(wrong.pk, facts, right=by_board("誤り"))
    else:
        services.remove_expense(held[which % len(held)].pk, right=by_board("二重の登録"))


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


def tell(who: Child, story: Sequence[Any], afterwards: Sequence[Any]) -> None:
    serial = 0
    for number, (months, (acts, settles, accepts)) in enumerate(zip(ROUNDS, story, strict=True), start=1):
        lunch = ExpenseFacts(LUNCH, day(months[0]), ENOUGH, f"E-{number}")
        services.enter_expense(who[months[0] >= MOVED_ON], YEAR, lunch)
        for step in acts:
            serial += 1
            act(who, serial, step)
        if settles:
            settle(number + 10, day(months[0], 1) - datetime.timedelta(days=1))
        round_ = calculated(opened(number, months))
        until = day(months[1] + 1, 1) - datetime.timedelta(days=1)
        assert waiting(round_) <= 0
        assert paid() + waiting(round_) <= right(until)
        assert waiting(round_) or paid() == right(until)
        assert paid(CAPPED) <= CAP
        if accepts and waiting(round_):
            with records.acting(records.staff(Role.BOARD_OFFICER)):
                services.accept_recovery(Adjustment.objects.filter(round=round_, state="open")[0].pk, "協議済み")
            round_ = calculated(round_)
            assert waiting(round_) == 0
            assert paid() == right(until)
        approved(round_)

    for number, acts in enumerate(afterwards, start=20):
        for step in acts:
            serial += 1
            act(who, serial, step)
        settle(number, day(11, 30))


def settle(number: int, until: datetime.date) -> None:
    """A round that pays differences only, after all periods up to a day; none is opened where nothing is due."""
    before = paid()
    values: Any = {"starts_on": None, "ends_on": None, "title": "追給", "pay_on": day(4, number).replace(year=YEAR + 1)}
    try:
        round_ = calculated(opened(number, **values))
    except RoundRefused:
        assert before >= right(until)
        return
    assert paid() >= before
    assert (waiting(round_), paid()) == (0, right(until))
    assert paid(CAPPED) <= CAP
    assert not PaymentLine.objects.filter(payment__round=round_).exists()
    approved(round_)


def at_two_schools() -> Child:
    who = child()
    return {
        False: pupil(1, at=who, where=records.school("S01"), left_on=day(MOVED_ON - 1, 31)),
        True: pupil(1, at=who, where=records.school("S02"), enrolled_on=day(MOVED_ON, 1)),
    }


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY, AFTERWARDS, st.booleans())
def test_a_child_gets_what_the_receipts_come_to_and_never_more(
    in_a: Any, story: list[Any], afterwards: list[Any], moves: bool
) -> None:
    with undone():
        tell(at_two_schools() if moves else dict.fromkeys((False, True), pupil(1)), story, afterwards)

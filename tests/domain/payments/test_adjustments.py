"""追給・戻入: what an approved round paid, against what is right since; carried by the next round."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from domain.households.models import StatusPeriod
from domain.payments import services
from domain.payments.errors import PaymentError
from domain.payments.models import Adjustment, PaymentRound, PupilPayment
from tests.domain.payments.support import (
    SECOND,
    approved,
    calculated,
    changed,
    child,
    day,
    opened,
    payment_of,
    pupil,
    released,
    spend,
)
from tests.domain.statements.people import browser_of, text
from tests.support import records
from tests.support.outbox import outbox

State = Adjustment.State
THIRD = (12, 2)


def paid_first(category: int | None = 3, item: str = "school_lunch", amount: int = 4_000) -> Any:
    who = pupil(category)
    spend(who, item, amount, day(6))
    released(approved(calculated(opened())))
    return who


def decide(who: Any, category: int) -> None:
    """The category of the whole year is another one now."""
    StatusPeriod.objects.filter(pupil=who).update(category=category)


def lines(round_: PaymentRound) -> list[tuple[str, int, int, str, bool]]:
    rows = Adjustment.objects.filter(round=round_).order_by("pupil", "month", "item")
    return [(row.item, row.month.month, row.total, row.state, row.applied) for row in rows]


def accept(round_: PaymentRound, reason: str = "本人と協議済み") -> None:
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        for row in Adjustment.objects.filter(round=round_, state=State.OPEN):
            services.accept_recovery(row.pk, reason)


def test_a_provisional_category_is_settled_in_the_next_round(in_a: Any) -> None:
    who = paid_first()
    decide(who, 1)
    spend(who, "school_lunch", 1_000, day(9))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [("school_lunch", 6, 4_000, State.DUE, True)]
    payment = payment_of(second, who)
    assert (payment.total, payment.ledgers) == (5_000, {"statutory": 5_000, "subsidy": 0})
    assert Adjustment.objects.get().causes == ["status"]
    assert services.totals_of(released(approved(second))).total == 5_000


def test_a_pupil_without_new_expenses_is_settled_too(in_a: Any) -> None:
    who = paid_first()
    other = pupil(1)
    spend(other, "school_lunch", 100, day(9))
    decide(who, 2)
    second = calculated(opened(2, SECOND))
    payment = payment_of(second, who)
    assert (payment.state, payment.total, payment.reason) == ("payable", 2_000, "追給")
    assert services.totals_of(second).count == 2


def test_what_was_settled_is_not_settled_again(in_a: Any) -> None:
    who = paid_first()
    decide(who, 1)
    released(approved(calculated(opened(2, SECOND))))
    third = calculated(opened(3, THIRD, pay_on=day(3, 25)))
    assert lines(third) == []
    assert not PupilPayment.objects.filter(round=third).exists()


def test_only_the_months_from_the_change_on_are_settled(in_a: Any) -> None:
    who = pupil(2)
    for month in (4, 5, 6, 7):
        spend(who, "school_lunch", 1_000, day(month))
    released(approved(calculated(opened())))
    changed(who, day(6, 1), category=1)
    second = calculated(opened(2, SECOND))
    assert [line[:3] for line in lines(second)] == [("school_lunch", 6, 500), ("school_lunch", 7, 500)]


def test_nothing_is_returned_without_an_officers_act(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 10_000, day(9))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [("school_lunch", 6, -2_000, State.OPEN, False)]
    assert payment_of(second, who).total == 5_000
    accept(second)
    with pytest.raises(PaymentError):
        approved(second)
    again = calculated(second)
    assert lines(again) == [("school_lunch", 6, -2_000, State.ACCEPTED, True)]
    assert payment_of(again, who).total == 3_000
    released(approved(again))
    third = calculated(opened(3, THIRD, pay_on=day(3, 25)))
    assert lines(third) == []


def test_what_is_not_accepted_is_proposed_again(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    released(approved(calculated(opened(2, SECOND)))) if _spent(who) else None
    third = calculated(opened(3, THIRD, pay_on=day(3, 25)))
    assert lines(third) == [("school_lunch", 6, -2_000, State.OPEN, False)]


def _spent(who: Any) -> bool:
    spend(who, "school_lunch", 1_000, day(9))
    return True


def test_a_payment_never_falls_below_nothing(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 1_000, day(9))
    second = calculated(opened(2, SECOND))
    accept(second)
    again = calculated(second)
    assert lines(again) == [("school_lunch", 6, -2_000, State.ACCEPTED, False)]
    assert payment_of(again, who).total == 500


def test_an_acceptance_falls_when_the_amount_becomes_another(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 10_000, day(9))
    second = calculated(opened(2, SECOND))
    accept(second)
    decide(who, 3)
    assert lines(calculated(second)) == [("school_lunch", 6, -4_000, State.OPEN, False)]


def test_a_line_that_was_held_is_paid_later(in_a: Any) -> None:
    who = pupil(None)
    spend(who, "school_lunch", 4_000, day(6))
    paid = pupil(1)
    spend(paid, "school_lunch", 100, day(6))
    released(approved(calculated(opened())))
    decide(who, 1)
    assert lines(calculated(opened(2, SECOND))) == [("school_lunch", 6, 4_000, State.DUE, True)]


def test_the_ledger_may_change_and_the_amount_stay(in_a: Any) -> None:
    who = pupil(1)
    spend(who, "commuting_self", 1_000, day(6))
    released(approved(calculated(opened())))
    decide(who, 2)
    spend(who, "commuting_self", 100, day(9))
    second = calculated(opened(2, SECOND))
    row = Adjustment.objects.get(round=second)
    assert (row.total, row.ledgers, row.state) == (0, {"statutory": -500, "subsidy": 500}, State.DUE)
    assert payment_of(second, who).ledgers == {"statutory": -450, "subsidy": 550}


def test_a_cap_holds_across_settlement(in_a: Any) -> None:
    who = paid_first(2, "school_supplies", 9_000)
    decide(who, 1)
    spend(who, "school_supplies", 9_000, day(9))
    second = calculated(opened(2, SECOND))
    assert lines(second) == [("school_supplies", 6, 4_500, State.DUE, True)]
    assert payment_of(second, who).total == 4_500 + 1_000


def test_what_a_child_is_due_is_paid_where_it_is_now(in_a: Any) -> None:
    moving = child()
    old = pupil(3, at=moving, where=records.school("S01"), left_on=day(7, 31))
    new = pupil(1, at=moving, where=records.school("S02"), enrolled_on=day(8, 1))
    spend(old, "school_lunch", 4_000, day(6))
    spend(new, "school_lunch", 1_000, day(9))
    other = pupil(1)
    spend(other, "school_lunch", 100, day(6))
    released(approved(calculated(opened())))
    decide(old, 1)
    second = calculated(opened(2, SECOND))
    assert (payment_of(second, old).total, payment_of(second, new).total) == (0, 5_000)
    row = Adjustment.objects.get(round=second)
    assert (row.pupil_id, row.counted_at_id, row.total) == (old.pk, new.pk, 4_000)
    assert payment_of(second, old).reason == "追給（同じ児童生徒の別の在籍校の支給に入れています）"


def test_the_database_refuses_a_return_nobody_accepted(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 10_000, day(9))
    calculated(opened(2, SECOND))
    for values in ({"applied": True}, {"state": "accepted"}, {"state": "due"}, {"total": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Adjustment.objects.update(**values)


def test_an_acceptance_needs_a_reason_and_an_open_round(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 10_000, day(9))
    second = calculated(opened(2, SECOND))
    with pytest.raises(PaymentError, match="理由"):
        accept(second, "　")
    with pytest.raises(PaymentError, match="個人番号と同じ形"):
        accept(second, "123456789018 の件")
    approved(second)
    with pytest.raises(PaymentError, match="承認"):
        accept(second)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_round_page_shows_cause_and_takes_the_officers_act(in_a: Any, heard: list[Any]) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 10_000, day(9))
    second = calculated(opened(2, SECOND))
    officer = browser_of(Role.BOARD_OFFICER)
    shown = text(officer.get(f"/payments/rounds/{second.pk}/"))
    for word in ("追給・戻入", "戻入（未処理）", "支弁区分・就学状況の変更", "差引きを決める"):
        assert word in shown, word
    row = Adjustment.objects.get()
    address = f"/payments/rounds/{second.pk}/recoveries/{row.pk}/"
    assert "差引きを決める" not in text(browser_of(Role.APPROVER).get(f"/payments/rounds/{second.pk}/"))
    assert browser_of(Role.APPROVER).post(address, {"reason": "協議済み"}).status_code == 403
    assert officer.post(f"/payments/rounds/{second.pk + 1}/recoveries/{row.pk}/", {"reason": "x"}).status_code == 404
    assert officer.post(address, {"reason": "保護者と協議済み"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.ACCEPTED, "保護者と協議済み")
    assert outbox.filter(event="round:recovery:accepted").count() == 1
    shown = text(officer.get(f"/payments/pupils/{payment_of(second, who).pk}/"))
    for word in ("保護者と協議済み", "まだ計算していないため", "計算し直すと、支給額から差し引きます。"):
        assert word in shown, word

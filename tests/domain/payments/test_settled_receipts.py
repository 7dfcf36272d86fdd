"""The receipt of a payment tells every yen of it: with 追給・戻入 too, under one seal, and the nightly replay sees both."""

from __future__ import annotations

import datetime
from typing import Any

from domain.impact.models import ReplayFinding
from domain.payments.models import PaymentRound, PupilPayment
from domain.rules import explain_payment, is_intact
from domain.rules.payment.trace import told_by
from tests.domain.impact.test_replays import night
from tests.domain.payments.support import SECOND, approved, calculated, changed, day, opened, payment_of, spend
from tests.domain.payments.test_adjustments import THIRD, accept, decide, paid_first


def assert_told(round_: PaymentRound) -> None:
    for payment in PupilPayment.objects.filter(round=round_):
        assert is_intact(payment.receipt)
        assert payment.receipt_digest == payment.receipt["digest"]
        assert told_by(payment.receipt) == payment.ledgers
        found = explain_payment(payment.receipt)
        told = sum(line.paid or 0 for part in found.parts for line in part.lines)
        assert payment.total == found.paid == told


def test_arrears_stand_in_the_receipt_that_pays_them(in_a: Any) -> None:
    who = paid_first()
    decide(who, 1)
    spend(who, "school_lunch", 1_000, day(9))
    second = calculated(opened(2, SECOND))
    payment = payment_of(second, who)
    assert [(each["month"], each["total"], each["title"]) for each in payment.receipt["settlement"]] == [
        ("2025-06", 4_000, "学校給食費")
    ]
    assert_told(second)
    assert (
        "追給　2025年6月　学校給食費　＋4,000円\n      支弁区分・就学状況の変更"
        in explain_payment(payment.receipt).clerk_text()
    )
    calculated(second)
    assert payment_of(second, who).receipt_digest == payment.receipt_digest


def test_a_return_stands_there_once_it_counts(in_a: Any) -> None:
    who = paid_first(1)
    decide(who, 2)
    spend(who, "school_lunch", 9_000, day(9))
    second = calculated(opened(2, SECOND))
    assert "settlement" not in payment_of(second, who).receipt
    assert_told(second)
    accept(second)
    calculated(second)
    assert [each["total"] for each in payment_of(second, who).receipt["settlement"]] == [-2_000]
    assert_told(second)


def test_several_months_and_a_further_round(in_a: Any) -> None:
    who = paid_first(3)
    changed(who, day(5, 1), category=2)
    spend(who, "commuting_self", 1_001, day(9))
    second = approved(calculated(opened(2, SECOND)))
    assert_told(second)
    decide(who, 1)
    third = calculated(opened(3, THIRD))
    assert_told(third)
    assert len(payment_of(third, who).receipt["settlement"]) == 2


def test_the_night_finds_a_payment_that_is_not_what_its_receipt_says(in_a: Any) -> None:
    who = paid_first()
    decide(who, 1)
    second = approved(calculated(opened(2, SECOND)))
    assert night().found == 0
    payment = payment_of(second, who)
    ledgers = {**payment.ledgers, "statutory": payment.ledgers["statutory"] - 7}
    PupilPayment.objects.filter(pk=payment.pk).update(total=payment.total - 7, ledgers=ledgers)
    night(datetime.date(2026, 1, 11))
    finding = ReplayFinding.objects.get()
    assert (finding.payment_id, finding.outcome, finding.yen) == (payment.pk, "different", 7)
    assert [each["where"] for each in finding.differences] == ["payment.total", "payment.ledgers.statutory"]

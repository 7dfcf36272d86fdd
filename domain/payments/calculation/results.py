"""From a result of the rules to the rows that are kept and shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.payments.calculation.sealing import seal_settlement
from domain.payments.ledgers import added
from domain.payments.models import Adjustment, Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.words import plain
from domain.rules import (
    CaseError,
    Pack,
    PaymentCase,
    PaymentResult,
    Standing,
    Unpaid,
    digest_of,
    pay,
    payment_case_to_json,
)
from domain.rules.standing import weakest

State = PupilPayment.State
REASON_LENGTH = 400
ELSEWHERE = "（同じ児童生徒の別の在籍校の支給に入れています）"
_STOPPING = (Unpaid.DECLINED, Unpaid.TRANSFERRED_OUT)


@dataclass(slots=True)
class Outcome:
    """One pupil's payment with its lines; `result` None when the facts contradict each other.

    `adjustments`: differences of this enrolment; `counted`: those in this payment, of whichever enrolment of the child.
    """

    payment: PupilPayment
    lines: list[PaymentLine] = field(default_factory=list)
    result: PaymentResult | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    counted: Sequence[Adjustment] = ()

    def count(self, lines: Sequence[Adjustment]) -> None:
        """Put 追給・戻入 of the child, of whichever enrolment, into this payment and under the seal of its receipt."""
        if not lines or self.result is None:
            return
        payment = self.payment
        for line in lines:
            line.applied, line.counted_at_id = True, payment.pupil_id
        payment.ledgers = added([payment.ledgers, *(line.ledgers for line in lines)])
        payment.total += sum(line.total for line in lines)
        standings = [payment.standing, *(line.standing for line in lines)]
        payment.standing = weakest(Standing(each) for each in standings if each).value
        self.counted = lines
        seal_settlement(payment, self.result.pack, lines)

    def keep(self, own: list[Adjustment]) -> None:
        """Keep the enrolment's own 追給・戻入, once all are counted, and say so. One whose facts contradict each other has none."""
        if self.result is None or not (own or self.counted):
            return
        self.adjustments = own
        payment = self.payment
        words = "、".join(dict.fromkeys(line.get_state_display() for line in [*self.counted, *own]))
        if any(line.applied and line.counted_at_id != payment.pupil_id for line in own):
            words += ELSEWHERE
        if payment.total:
            payment.state = State.PAYABLE
            payment.reason = f"{words} {payment.reason if payment.held else ''}".strip()[:REASON_LENGTH]
        elif payment.state == State.PAYABLE or not self.result.case.expenses:
            payment.state, payment.reason = State.NOTHING, words


def outcome(round_: PaymentRound, pupil_id: int, pack: Pack, case: PaymentCase, expenses: Sequence[Expense]) -> Outcome:
    """Pay the case. Facts that contradict each other stop this pupil alone, with the rules' own words."""
    payment = PupilPayment(round=round_, pupil_id=pupil_id, run=round_.run)
    try:
        result = pay(pack, case)
    except CaseError as error:
        return _refused(payment, pack, case, plain(error.message, expenses), expenses)
    payment.ledgers, payment.total = result.ledgers, result.paid
    held = {key for stopped in result.stopped for key in stopped.expense_keys}
    payment.held = len(held)
    payment.held_amount = sum(expense.amount for expense in expenses if str(expense.pk) in held)
    payment.standing = result.standing.value
    payment.state, reason = _state(result)
    payment.reason = plain(reason, expenses)[:REASON_LENGTH]
    payment.receipt = result.receipt()
    payment.receipt_digest = str(payment.receipt["digest"])
    return Outcome(payment, _lines(payment, result), result)


def _state(result: PaymentResult) -> tuple[str, str]:
    """State and reason. What is held never stops the rest."""
    missing = " ".join(each.message for each in result.missing)
    reasons = list(dict.fromkeys(group.unpaid for group in result.groups if group.unpaid))
    if result.paid:
        return State.PAYABLE, f"保留あり: {missing}" if missing else ""
    if missing:
        return State.STOPPED, missing
    words = "、".join(reason.label for reason in reasons)
    if reasons and all(reason in _STOPPING for reason in reasons):
        return State.STOPPED, words
    return State.NOTHING, words or "端数を切り捨てた結果0円"


def _lines(payment: PupilPayment, result: PaymentResult) -> list[PaymentLine]:
    """One per item and month, groups of one month (purposes, statuses, rates) added up."""
    lines: dict[tuple[str, datetime.date], PaymentLine] = {}
    for group in result.groups:
        key = (group.item, group.month)
        line = lines.get(key)
        if line is None:
            line = lines[key] = PaymentLine(
                payment=payment, item=group.item, month=group.month, spent=0, eligible=0, ledgers={}, total=0
            )
        line.spent += group.spent
        line.eligible += group.eligible
        line.ledgers = added([line.ledgers, group.ledgers])
        line.total += group.paid
    return list(lines.values())


def _refused(payment: PupilPayment, pack: Pack, case: PaymentCase, reason: str, expenses: Sequence[Expense]) -> Outcome:
    payment.state, payment.reason = State.STOPPED, reason[:REASON_LENGTH]
    payment.held, payment.held_amount = len(expenses), sum(expense.amount for expense in expenses)
    receipt: Mapping[str, Any] = {
        "kind": "refused",
        "pack": {"name": pack.name, "digest": pack.digest},
        "case": payment_case_to_json(case),
        "error": reason,
        "steps": [],
    }
    payment.receipt_digest = digest_of(receipt)
    payment.receipt = {**receipt, "digest": payment.receipt_digest}
    return Outcome(payment)

"""Tone of a state word (web.states), as the pages of this package show it."""

from __future__ import annotations

from domain.payments.models import ExpenseImport, PaymentRound, PupilPayment
from web.states import Tone

ROUND = {
    PaymentRound.State.DRAFT: Tone.EMPTY,
    PaymentRound.State.CALCULATED: Tone.HALF,
    PaymentRound.State.APPROVED: Tone.HALF,
    PaymentRound.State.RELEASED: Tone.DONE,
}
PAYMENT = {
    PupilPayment.State.PAYABLE: Tone.DONE,
    PupilPayment.State.STOPPED: Tone.STOPPED,
    PupilPayment.State.NOTHING: Tone.EMPTY,
}
IMPORT = {
    ExpenseImport.State.WAITING: Tone.HALF,
    ExpenseImport.State.REFUSED: Tone.STOPPED,
    ExpenseImport.State.IMPORTED: Tone.DONE,
}


def round_tone(round_: PaymentRound) -> str:
    return ROUND[PaymentRound.State(round_.state)].value


def payment_tone(payment: PupilPayment) -> str:
    """Paid, but with something held back, is not done."""
    if payment.state == PupilPayment.State.PAYABLE and payment.held:
        return Tone.ATTENTION.value
    return PAYMENT[PupilPayment.State(payment.state)].value


def import_tone(received: ExpenseImport) -> str:
    """Read to its end, but with rows left out, is not done."""
    if received.state == ExpenseImport.State.IMPORTED and any(
        received.counts.get(name) for name in ("parked", "wrong")
    ):
        return Tone.ATTENTION.value
    return IMPORT[ExpenseImport.State(received.state)].value

"""Tone of a state word (web.states), as the pages of this package show it."""

from __future__ import annotations

from domain.payments.models import PaymentRound, PupilPayment
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


def round_tone(round_: PaymentRound) -> str:
    return ROUND[PaymentRound.State(round_.state)].value


def payment_tone(payment: PupilPayment) -> str:
    """Paid, but with something held back, is not done."""
    if payment.state == PupilPayment.State.PAYABLE and payment.held:
        return Tone.ATTENTION.value
    return PAYMENT[PupilPayment.State(payment.state)].value

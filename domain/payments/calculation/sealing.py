"""追給・戻入 under the seal of the receipt: with them it tells every yen of the payment."""

from __future__ import annotations

from collections.abc import Sequence

from domain.payments.causes import in_words
from domain.payments.models import Adjustment, PupilPayment
from domain.rules import Pack, SettledMonth, Standing, with_settlement


def seal_settlement(payment: PupilPayment, pack: Pack, lines: Sequence[Adjustment]) -> None:
    """Write the lines that count in this payment, of whichever enrolment of the child, into its receipt."""
    payment.receipt = with_settlement(payment.receipt, [_told(line, payment, pack) for line in lines])
    payment.receipt_digest = str(payment.receipt["digest"])


def _told(line: Adjustment, payment: PupilPayment, pack: Pack) -> SettledMonth:
    item = pack.items.get(line.item)
    title = item.title if item else line.item
    where = "" if line.pupil_id == payment.pupil_id else f"（{line.pupil.school.name}の分）"
    cause, standing = f"{in_words(line.causes)}{where}", Standing(line.standing)
    return SettledMonth(line.item, title, line.month, line.spent, line.ledgers, cause, standing)

"""Yen of a group over the ledgers (会計区分): rounded as the pack says, and always adding up to what is paid."""

from __future__ import annotations

from domain.rules.yearpack.model import Pack, Rate, RoundingPer


def whole_payment(pack: Pack, rate: Rate, eligible: int) -> int:
    """円 paid for `eligible` 円; never more than it.

    Rounding per group rounds the sum; per ledger it is the sum of the rounded parts, where shares that make 1 pay all.
    """
    whole = sum(share for _, share in rate.shares)
    rounding = pack.payment.rounding
    if pack.payment.per is RoundingPer.LEDGER:
        if whole == 1:
            return eligible
        parts = (rounding.apply(eligible * share.numerator, share.denominator) for _, share in rate.shares)
        return min(eligible, sum(parts))
    return min(eligible, rounding.apply(eligible * whole.numerator, whole.denominator))


def split(pack: Pack, rate: Rate, paid: int) -> dict[str, int]:
    """`paid` 円 over the ledgers in proportion to their shares; the ledger `rest` (else the last) takes the remainder."""
    ledgers = {ledger.name: 0 for ledger in pack.ledgers}
    shares = [(name, share) for name, share in rate.shares if share]
    whole = sum(share for _, share in shares)
    rest = next((name for name, _ in shares if name == pack.payment.rest), shares[-1][0])
    left = paid
    for name, share in shares:
        if name == rest:
            continue
        top, bottom = paid * share.numerator * whole.denominator, share.denominator * whole.numerator
        by_ledger = pack.payment.per is RoundingPer.LEDGER
        part = pack.payment.rounding.apply(top, bottom) if by_ledger else top // bottom
        ledgers[name] = min(left, part)
        left -= ledgers[name]
    ledgers[rest] = left
    return ledgers

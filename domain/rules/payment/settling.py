"""settle(): 追給・戻入, from what was paid then and what is right now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.rules.errors import CaseError
from domain.rules.payment.paying import PaymentResult

Paid = Mapping[tuple[str, date, str], int]
"""(item, first day of the month, ledger) → 円 paid; what is not there is 0."""


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One difference: `amount` 円, above 0 to be paid later (追給), below 0 to be returned (戻入); never 0."""

    item: str
    month: date
    ledger: str
    amount: int


def paid_by(result: PaymentResult) -> dict[tuple[str, date, str], int]:
    """What a result pays, by item, month and ledger."""
    paid: dict[tuple[str, date, str], int] = {}
    for group in result.groups:
        for ledger, amount in group.ledgers.items():
            key = (group.item, group.month, ledger)
            paid[key] = paid.get(key, 0) + amount
    return paid


def settle(before: PaymentResult, after: PaymentResult) -> tuple[SettlementLine, ...]:
    """What `after` pays more or less than `before`; CaseError where they are of two pupils or years.

    A month of an item that `after` cannot compute is left out: nothing is claimed while a row or fact is absent.
    """
    if (before.case.pupil, before.case.fiscal_year) != (after.case.pupil, after.case.fiscal_year):
        raise CaseError("追給・戻入は、同じ児童生徒の同じ年度の計算どうしでなければ求められません。")
    open_ = {(each.item, each.month) for each in after.stopped}
    return settle_amounts(paid_by(before), paid_by(after), open_)


def settle_amounts(
    before: Paid, after: Paid, open_: Collection[tuple[str, date]] = frozenset()
) -> tuple[SettlementLine, ...]:
    """As `settle`, from amounts (all payments of the item and month added up); `open_`: items' months left out."""
    keys = sorted(key for key in {*before, *after} if key[:2] not in open_)
    found = ((key, after.get(key, 0) - before.get(key, 0)) for key in keys)
    return tuple(SettlementLine(*key, amount) for key, amount in found if amount)


def totals(lines: Iterable[SettlementLine]) -> dict[str, int]:
    """円 by ledger."""
    by_ledger: dict[str, int] = {}
    for line in lines:
        by_ledger[line.ledger] = by_ledger.get(line.ledger, 0) + line.amount
    return by_ledger

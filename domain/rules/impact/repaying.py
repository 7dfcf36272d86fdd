"""支給の再計算: what was paid in closed rounds beside what another pack pays for the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.rules.errors import CaseError
from domain.rules.impact.model import ItemMove
from domain.rules.payment.paying import pay
from domain.rules.payment.wire import payment_case_from_json
from domain.rules.payment_cases import CarriedAmount, PaymentCase
from domain.rules.yearpack.model import Pack

Amounts = dict[tuple[str, str], int]
Used = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Repaid:
    """One receipt recomputed: `moves` by item and ledger, and how many expense lines could not be paid for want of a row."""

    moves: tuple[ItemMove, ...]
    stopped: int
    paid_before: int
    paid_after: int
    costs: Mapping[tuple[str, str], tuple[int, int]]


def repay(pack: Pack, receipts: Iterable[Mapping[str, Any]]) -> Iterator[Repaid]:
    """Recompute one person's receipts of one fiscal year, in the order they were paid.

    Facts and categories are those of the receipts.  What the year had used of a cap is what the receipt says, put right by
    the difference that the earlier receipts of this run now make.  CaseError for a receipt whose case cannot be read.
    """
    drift: Used = {}
    for receipt in receipts:
        case = payment_case_from_json(receipt["case"])
        old, used_then = _stored(receipt)
        new, used_now, stopped = _recomputed(pack, _carrying(case, drift))
        for item in {**used_then, **used_now}:
            then, now = used_then.get(item, (0, 0)), used_now.get(item, (0, 0))
            held = drift.get(item, (0, 0))
            drift[item] = (held[0] + now[0] - then[0], held[1] + now[1] - then[1])
        costs = {key: (old.get(key, 0), new.get(key, 0)) for key in {**old, **new}}
        moves = [ItemMove(case.pupil, *key, *both) for key, both in costs.items() if both[0] != both[1]]
        yield Repaid(tuple(moves), stopped, sum(old.values()), sum(new.values()), costs)


def _stored(receipt: Mapping[str, Any]) -> tuple[Amounts, Used]:
    """What the receipt paid, by item and ledger, and what it used up of each item."""
    by_item = receipt.get("result", {}).get("by_item", {})
    amounts = {(item, ledger): int(yen) for item, ledgers in by_item.items() for ledger, yen in ledgers.items() if yen}
    used: Used = {}
    for step in receipt.get("steps", ()):
        held = used.get(step["item"], (0, 0))
        used[step["item"]] = (held[0] + int(step["eligible"]), held[1] + int(step["paid"]))
    return amounts, used


def _recomputed(pack: Pack, case: PaymentCase) -> tuple[Amounts, Used, int]:
    try:
        result = pay(pack, case)
    except CaseError:
        return {}, {}, len(case.expenses)
    amounts = {
        (item, ledger): yen for item, ledgers in result.by_item.items() for ledger, yen in ledgers.items() if yen
    }
    used: Used = {}
    for group in result.groups:
        held = used.get(group.item, (0, 0))
        used[group.item] = (held[0] + group.eligible, held[1] + group.paid)
    return amounts, used, sum(len(each.expense_keys) for each in result.stopped)


def _carrying(case: PaymentCase, drift: Used) -> PaymentCase:
    if not any(any(both) for both in drift.values()):
        return case
    carried = {each.item: (each.expense, each.paid) for each in case.carried}
    for item, (expense, paid) in drift.items():
        held = carried.get(item, (0, 0))
        carried[item] = (max(0, held[0] + expense), max(0, held[1] + paid))
    return replace(case, carried=tuple(CarriedAmount(item, *both) for item, both in sorted(carried.items())))

"""What an impact run says about money: the year's known expenses paid by each pack, by item and ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.rules.cases import Category
from domain.rules.errors import CaseError
from domain.rules.impact.model import PupilExpenses
from domain.rules.payment.paying import PaymentResult, pay
from domain.rules.payment_cases import CarriedAmount, Department, PaidOnce, PaymentCase, StatusPeriod
from domain.rules.yearpack.model import Pack

Paid = dict[tuple[str, str, str], int]
"""(pupil, item, ledger) → 円."""


def payments_of(
    pack: Pack,
    expenses: Iterable[PupilExpenses],
    known: Mapping[str, Category | None],
    now: Mapping[str, Category | None],
) -> tuple[Paid, int]:
    """What `pack` pays for a household's expenses, and how many expense lines it cannot pay for want of a row or fact.

    `known`: each member's category under the pack in force; `now`: under `pack`.  A status row that carries the known
    category, or none yet, takes the new one; a row that carries another (a re-determination) keeps its own.
    Enrolments of one member follow each other: what the first uses up of caps and journeys the next no longer has.
    """
    paid: Paid = {}
    stopped = 0
    used: dict[str, _Used] = {}
    for each in expenses:
        before = used.setdefault(each.member, _Used())
        case = before.carry(_with_category(each, known, now))
        try:
            result = pay(pack, case)
        except CaseError:
            stopped += len(case.expenses)
            continue
        stopped += sum(len(part.expense_keys) for part in result.stopped)
        before.follow(result)
        for item, ledgers in result.by_item.items():
            for ledger, amount in ledgers.items():
                if amount:
                    key = (case.pupil, item, ledger)
                    paid[key] = paid.get(key, 0) + amount
    return paid, stopped


def _with_category(
    each: PupilExpenses, known: Mapping[str, Category | None], now: Mapping[str, Category | None]
) -> PaymentCase:
    if each.member not in now:
        return each.case
    old, new = known.get(each.member), now[each.member]
    statuses = tuple(_status(status, old, new) for status in each.case.statuses)
    return replace(each.case, statuses=statuses)


def _status(status: StatusPeriod, old: Category | None, new: Category | None) -> StatusPeriod:
    if status.category not in (old, None):
        return status
    return replace(status, category=new)


class _Used:
    """What earlier enrolments of a member used up of caps and of journeys."""

    __slots__ = ("amounts", "journeys")

    def __init__(self) -> None:
        self.amounts: dict[str, tuple[int, int]] = {}
        self.journeys: list[PaidOnce] = []

    def carry(self, case: PaymentCase) -> PaymentCase:
        """The case with what was used before it."""
        if not self.amounts and not self.journeys:
            return case
        amounts = {each.item: (each.expense, each.paid) for each in case.carried}
        for item, (expense, paid) in self.amounts.items():
            held = amounts.get(item, (0, 0))
            amounts[item] = (held[0] + expense, held[1] + paid)
        carried = tuple(CarriedAmount(item, *both) for item, both in sorted(amounts.items()))
        return replace(case, carried=carried, paid_once=(*case.paid_once, *self.journeys))

    def follow(self, result: PaymentResult) -> None:
        """Take in what a result paid."""
        numbers = {line.key: line.count_no or 1 for line in result.case.expenses}
        for group in result.groups:
            if group.eligible or group.paid:
                held = self.amounts.get(group.item, (0, 0))
                self.amounts[group.item] = (held[0] + group.eligible, held[1] + group.paid)
            if group.paid and group.department and result.pack.items[group.item].once_per_department:
                number = numbers[group.expense_keys[0]]
                self.journeys.append(_journey(group.item, group.department, result.case.fiscal_year, number))


def _journey(item: str, department: Department, year: int, number: int) -> PaidOnce:
    return PaidOnce(item, department, year, number)

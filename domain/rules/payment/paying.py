"""pay(): expenses → months and statuses → other schemes → cap → rate → ledgers (支給額の計算)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.rules.canonical import sealed
from domain.rules.errors import Missing, RuleMissing, where_to_fill
from domain.rules.payment.checks import check_case
from domain.rules.payment.grouping import Facts, describe, facts_of, group_lines, row_name
from domain.rules.payment.groups import Component, Group, PaymentGroup, Stopped, Unpaid
from domain.rules.payment.ledgers import split, whole_payment
from domain.rules.payment.qualifying import qualify
from domain.rules.payment.steps import Granted, cap_for, deduction, roll
from domain.rules.payment_cases import PaymentCase
from domain.rules.standing import Standing, weakest
from domain.rules.yearpack.model import Cap, CapBasis, Pack


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """Payments of one pupil; `groups` are complete, `stopped` could not be computed."""

    pack: Pack
    case: PaymentCase
    groups: tuple[PaymentGroup, ...]
    stopped: tuple[Stopped, ...]

    @property
    def complete(self) -> bool:
        """Whether every line could be computed."""
        return not self.stopped

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Absent rows and facts, each once."""
        return tuple({each.missing.name: each.missing for each in self.stopped}.values())

    @property
    def ledgers(self) -> dict[str, int]:
        """Totals by 会計区分, 円, every ledger of the pack present."""
        return _totals(self.pack, self.groups)

    @property
    def paid(self) -> int:
        """Total payment, 円."""
        return sum(group.paid for group in self.groups)

    @property
    def by_item(self) -> dict[str, dict[str, int]]:
        """Ledger totals per item code, items in display order."""
        codes = sorted({group.item for group in self.groups}, key=lambda code: self.pack.items[code].order)
        return {code: _totals(self.pack, [group for group in self.groups if group.item == code]) for code in codes}

    @property
    def standing(self) -> Standing:
        """Weakest of the rows used; unconfirmed while something is missing, and with a pack that is for trials."""
        if self.stopped or self.pack.trial:
            return Standing.UNCONFIRMED
        return weakest(group.standing for group in self.groups)

    def require(self) -> PaymentResult:
        """Itself; RuleMissing if a row or fact is absent."""
        if self.stopped:
            raise RuleMissing(self.missing)
        return self

    def receipt(self) -> dict[str, object]:
        """`kubun-receipt/1` of kind payment, sealed by a digest."""
        from domain.rules.payment.trace import payment_receipt

        return sealed(payment_receipt(self))


@dataclass(slots=True)
class _Year:
    """What the year has used up so far: [expense, paid] by item, monthly grants, items with an open earlier line."""

    used: dict[str, list[int]]
    granted: Granted = field(default_factory=dict)
    blocked: dict[str, Missing] = field(default_factory=dict)


def pay(pack: Pack, case: PaymentCase) -> PaymentResult:
    """Payments for the expenses of `case` under `pack`.  CaseError for senseless facts; absent rows stop their lines only."""
    check_case(pack, case)
    facts = facts_of(pack, case)
    year = _Year(_carried(case))
    groups: list[PaymentGroup] = []
    stopped: list[Stopped] = []
    waiting = group_lines(facts)[::-1]
    while waiting:
        group = waiting.pop()
        paid = group.missing or _pay_group(facts, group, year)
        if isinstance(paid, PaymentGroup):
            groups.append(paid)
            if paid.rolled:
                waiting.append(_rolled(facts, group, paid.rolled))
        else:
            stopped.append(Stopped(group.item.code, group.month, group.keys, paid, group.rolled_from))
            year.blocked.setdefault(group.item.code, paid)
    return PaymentResult(pack, case, tuple(groups), tuple(stopped))


def _pay_group(facts: Facts, group: Group, year: _Year) -> PaymentGroup | Missing:
    """Payment of one group; adds to what the year has used."""
    pack, rate, asked = facts.pack, group.rate, group.question
    for origin in pack.trial:
        group.use(Component.TRIAL, "pack", "", origin)
    if rate is None or asked is None:
        return _result(pack, group, group.unpaid)
    if not any(share for _, share in rate.shares):
        return _result(pack, group, Unpaid.RATE_ZERO)
    row = pack.caps.find(asked)
    if row is None:
        text = f"限度額(または「限度額なし」)が年度定義にありません: {describe(pack, asked)}。{where_to_fill('限度額')}"
        return Missing("row", f"caps/{row_name(asked)}", text)
    cap = cap_for(facts, group, row)
    group.use(Component.CAP, cap.row, "限度額なし" if cap.annual is None else f"{cap.annual}円", cap.origin)
    if cap.annual is not None and group.item.code in year.blocked:
        # An earlier line of the item is open, so what is left under the cap is not known.
        return year.blocked[group.item.code]
    deducted = 0 if group.rolled_from else deduction(facts, group, year.granted)
    if isinstance(deducted, Missing):
        return deducted
    return _capped(facts, group, cap, deducted, year.used.setdefault(group.item.code, [0, 0]))


def _capped(facts: Facts, group: Group, cap: Cap, deducted: int, used: list[int]) -> PaymentGroup:
    """Cap, rate and ledgers; `used` is [expense, paid] of the item so far this year."""
    pack, rate = facts.pack, group.rate
    assert rate is not None  # noqa: S101 - the caller asked
    net = group.expense - deducted
    eligible = _left(cap, CapBasis.EXPENSE, net, used[0])
    whole = whole_payment(pack, rate, eligible)
    paid = _left(cap, CapBasis.PAYMENT, whole, used[1])
    group.use(Component.ROUNDING, "payment", pack.payment.rounding.label, pack.payment.origin)
    unpaid = Unpaid.OTHER_SCHEME if group.expense and not net else None
    if (net and not eligible) or (whole and not paid):
        unpaid = Unpaid.CAP_REACHED
    rolled = roll(facts, group, net - eligible)
    before = used[1] if cap.basis is CapBasis.PAYMENT else used[0]
    used[0] += eligible
    used[1] += paid
    excess = rolled.expense if rolled else 0
    return _result(pack, group, unpaid, split(pack, rate, paid), cap, (deducted, eligible, excess, before))


def _rolled(facts: Facts, group: Group, excess: int) -> Group:
    """The excess as an expense of the item it goes to, asked there whether and how it is paid."""
    rolled = roll(facts, group, excess)
    assert rolled is not None  # noqa: S101 - the caller saw an excess that rolls
    qualify(facts, rolled, rolled.lines[0])
    return rolled


def _left(cap: Cap, basis: CapBasis, amount: int, used: int) -> int:
    """What of `amount` the cap still allows, 円."""
    if cap.annual is None or cap.basis is not basis:
        return amount
    return min(amount, max(0, cap.annual - used))


def _result(
    pack: Pack,
    group: Group,
    unpaid: Unpaid | None,
    ledgers: dict[str, int] | None = None,
    cap: Cap | None = None,
    amounts: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> PaymentGroup:
    """`amounts`: deducted, eligible, rolled, used before, 円."""
    status = group.status
    deducted, eligible, rolled, before = amounts
    return PaymentGroup(
        item=group.item.code,
        purpose=group.purpose,
        month=group.month,
        status_from=status.starts_on if status else None,
        department=status.department if status else None,
        grade=status.grade if status else None,
        category=status.category if status else None,
        expense_keys=group.keys,
        expense=group.expense,
        deducted=deducted,
        eligible=eligible,
        rolled=rolled,
        rolled_from=group.rolled_from,
        cap=cap,
        used_before=before,
        rate=group.rate,
        ledgers=ledgers or {ledger.name: 0 for ledger in pack.ledgers},
        unpaid=unpaid,
        rows=tuple(group.rows),
    )


def _carried(case: PaymentCase) -> dict[str, list[int]]:
    """[expense, paid] already used per item."""
    used: dict[str, list[int]] = {}
    for each in case.carried:
        so_far = used.setdefault(each.item, [0, 0])
        so_far[0] += each.expense
        so_far[1] += each.paid
    return used


def _totals(pack: Pack, groups: Iterable[PaymentGroup]) -> dict[str, int]:
    totals = {ledger.name: 0 for ledger in pack.ledgers}
    for group in groups:
        for name, amount in group.ledgers.items():
            totals[name] += amount
    return totals

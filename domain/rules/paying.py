"""pay(): expenses → months and statuses → cap → rate → ledgers (支給額の計算)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.rules.canonical import sealed
from domain.rules.cases import Category
from domain.rules.errors import CaseError, Missing, RuleMissing
from domain.rules.grouping import Group, Unpaid, describe, group_lines, row_name
from domain.rules.packmodel import Cap, CapBasis, Pack, Rate
from domain.rules.payment_cases import Department, PaymentCase
from domain.rules.standing import Standing, weakest
from domain.rules.tables import Origin


@dataclass(frozen=True, slots=True)
class PaymentGroup:
    """Lines of one item, purpose, month, status and rate row.  All amounts in 円.

    `expense` sum of the lines; `eligible` what is left of it under the cap; `used_before` what the year had already used;
    `ledgers` the payment by 会計区分; `unpaid` why nothing is paid.
    """

    item: str
    purpose: str
    month: date
    status_from: date | None
    department: Department | None
    grade: int | None
    category: Category | None
    expense_keys: tuple[str, ...]
    expense: int
    eligible: int
    cap: Cap | None
    used_before: int
    rate: Rate | None
    ledgers: Mapping[str, int]
    unpaid: Unpaid | None
    origins: tuple[Origin, ...]

    @property
    def paid(self) -> int:
        """Sum of the ledgers, 円."""
        return sum(self.ledgers.values())

    @property
    def standing(self) -> Standing:
        """Weakest of the rows used."""
        return weakest(origin.standing for origin in self.origins)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Expense lines for which a row or fact is absent: nothing is said about their payment."""

    item: str
    month: date
    expense_keys: tuple[str, ...]
    missing: Missing


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
        """Weakest of the rows used; unconfirmed while something is missing."""
        if self.stopped:
            return Standing.UNCONFIRMED
        return weakest(group.standing for group in self.groups)

    def require(self) -> PaymentResult:
        """Itself; RuleMissing if a row or fact is absent."""
        if self.stopped:
            raise RuleMissing(self.missing)
        return self

    def receipt(self) -> dict[str, object]:
        """`kubun-receipt/1` of kind payment, sealed by a digest."""
        from domain.rules.payment_trace import payment_receipt

        return sealed(payment_receipt(self))


def pay(pack: Pack, case: PaymentCase) -> PaymentResult:
    """Payments for the expenses of `case` under `pack`.  CaseError for senseless facts; absent rows stop their lines only."""
    _check(pack, case)
    used = _carried(case)
    groups: list[PaymentGroup] = []
    stopped: list[Stopped] = []
    blocked: dict[str, Missing] = {}
    for group in group_lines(pack, case):
        paid = group.missing or _pay_group(pack, group, used.setdefault(group.item.code, [0, 0]))
        if isinstance(paid, PaymentGroup) and paid.cap is not None and paid.cap.annual is not None:
            # An earlier line of the item is open, so what is left under the cap is not known.
            paid = blocked.get(group.item.code, paid)
        if isinstance(paid, Missing):
            stopped.append(Stopped(group.item.code, group.month, _keys(group), paid))
            blocked.setdefault(group.item.code, paid)
        else:
            groups.append(paid)
    return PaymentResult(pack, case, tuple(groups), tuple(stopped))


def _pay_group(pack: Pack, group: Group, used: list[int]) -> PaymentGroup | Missing:
    """Payment of one group; adds to `used` ([expense, paid] of the item so far this year)."""
    expense = sum(line.amount for line in group.lines)
    rate, asked = group.rate, group.question
    nothing = {ledger.name: 0 for ledger in pack.ledgers}
    if rate is None or asked is None:
        return _result(group, expense, 0, None, used, nothing, group.unpaid)
    if not any(share for _, share in rate.shares):
        return _result(group, expense, 0, None, used, nothing, Unpaid.RATE_ZERO)
    cap = pack.caps.find(asked)
    if cap is None:
        text = f"限度額(または「限度額なし」)が年度定義にありません: {describe(pack, asked)}"
        return Missing("row", f"caps/{row_name(asked)}", text)
    eligible = _left(cap, CapBasis.EXPENSE, expense, used[0])
    whole = pack.payment.rounding.apply(*_share_of(eligible, rate))
    paid = _left(cap, CapBasis.PAYMENT, whole, used[1])
    ledgers = split(pack, rate, paid)
    unpaid = Unpaid.CAP_REACHED if (expense and not eligible) or (whole and not paid) else None
    group.origins = (*group.origins, cap.origin, pack.payment.origin)
    result = _result(group, expense, eligible, cap, used, ledgers, unpaid)
    used[0] += eligible
    used[1] += paid
    return result


def _left(cap: Cap, basis: CapBasis, amount: int, used: int) -> int:
    """What of `amount` the cap still allows, 円."""
    if cap.annual is None or cap.basis is not basis:
        return amount
    return min(amount, max(0, cap.annual - used))


def _share_of(eligible: int, rate: Rate) -> tuple[int, int]:
    whole = sum(share for _, share in rate.shares)
    return eligible * whole.numerator, whole.denominator


def split(pack: Pack, rate: Rate, paid: int) -> dict[str, int]:
    """`paid` 円 over the ledgers in proportion to their shares; each rounded down, the last with a share takes the rest."""
    ledgers = {ledger.name: 0 for ledger in pack.ledgers}
    shares = [(name, share) for name, share in rate.shares if share]
    whole = sum(share for _, share in shares)
    for name, share in shares:
        part = share / whole
        ledgers[name] = paid * part.numerator // part.denominator
    ledgers[shares[-1][0]] += paid - sum(ledgers.values())
    return ledgers


def _result(
    group: Group,
    expense: int,
    eligible: int,
    cap: Cap | None,
    used: list[int],
    ledgers: Mapping[str, int],
    unpaid: Unpaid | None,
) -> PaymentGroup:
    status = group.status
    before = used[1] if cap is not None and cap.basis is CapBasis.PAYMENT else used[0]
    return PaymentGroup(
        group.item.code,
        group.purpose,
        group.month,
        status.starts_on if status else None,
        status.department if status else None,
        status.grade if status else None,
        status.category if status else None,
        _keys(group),
        expense,
        eligible,
        cap,
        before,
        group.rate,
        ledgers,
        unpaid,
        group.origins,
    )


def _keys(group: Group) -> tuple[str, ...]:
    return tuple(line.key for line in group.lines)


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


def _check(pack: Pack, case: PaymentCase) -> None:
    if case.fiscal_year != pack.fiscal_year:
        raise CaseError(f"年度が合いません: 支給は{case.fiscal_year}年度、年度定義は{pack.fiscal_year}年度です。")
    first, last = date(case.fiscal_year, 4, 1), date(case.fiscal_year + 1, 3, 31)
    keys = set()
    for line in case.expenses:
        if not first <= line.used_on <= last:
            raise CaseError(f"使用経費「{line.key}」の使用日が{case.fiscal_year}年度の外です: {line.used_on}")
        if line.amount < 0 or (line.count_no is not None and line.count_no < 1):
            raise CaseError(f"使用経費「{line.key}」の金額は0以上、回数は1以上にしてください。")
        if line.key in keys:
            raise CaseError(f"使用経費の識別子が重複しています: {line.key}")
        keys.add(line.key)
    for status in case.statuses:
        if not 1 <= status.grade <= status.department.years:
            raise CaseError(
                f"{status.department.label}に{status.grade}年はありません({status.starts_on} からの状況履歴)。"
            )
    for carried in case.carried:
        if carried.item not in pack.items or carried.expense < 0 or carried.paid < 0:
            raise CaseError(f"既支給額が正しくありません: {carried.item}")

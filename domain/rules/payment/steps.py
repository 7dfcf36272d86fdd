"""The arithmetic of the further rules, one small function each: deduction, cap by month, excess that goes elsewhere."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

from domain.rules.errors import TO_ADD, Missing
from domain.rules.payment.grouping import Facts
from domain.rules.payment.groups import Component, Group
from domain.rules.payment_cases import ExpenseLine
from domain.rules.yearpack.model import Cap
from domain.rules.yearpack.payment_rules import NetOf, NetPer, ProrateCap, RollExcess

MONTHS = 12
Granted = dict[tuple[str, str, date], int]
"""Rule id, item, month → 円 of a monthly grant already deducted."""


def deduction(facts: Facts, group: Group, granted: Granted) -> int | Missing:
    """What other schemes pay of the group, 円, never more than the expense; notes what was deducted in `granted`."""
    assert group.status is not None  # noqa: S101 - a group without status is stopped
    by_rule: dict[str, tuple[NetOf, list[ExpenseLine]]] = {}
    for line in group.lines:
        rules = [rule for rule in _net_rules(facts, group, line) if rule.welfare in (None, group.status.welfare)]
        if line.received and not any(rule.per is NetPer.RECEIVED for rule in rules):
            text = f"「{group.item.title}」から他制度の支給額を差し引くかどうかが年度定義にありません。{TO_ADD}"
            return Missing("row", f"payment_rules/net_of/received/{group.item.code}", text)
        for rule in rules:
            by_rule.setdefault(rule.scope.id, (rule, []))[1].append(line)
    deducted = 0
    for rule, lines in by_rule.values():
        amount = _grant(rule, group, lines, granted)
        if isinstance(amount, Missing):
            return amount
        left = min(sum(group.amounts[line.key] for line in lines), group.expense - deducted)
        part = min(amount, left)
        if rule.per is NetPer.MONTH:
            key = (rule.scope.id, group.item.code, group.month)
            granted[key] = granted.get(key, 0) + part
        deducted += part
        group.use(Component.NET_OF, rule.scope.row, f"{part}円" if rule.scope.enabled else "切", rule.scope.origin)
    return deducted


def _net_rules(facts: Facts, group: Group, line: ExpenseLine) -> list[NetOf]:
    assert group.status is not None  # noqa: S101 - a group without status is stopped
    return list(facts.pack.pay_rules.of(NetOf, group.item.code, group.status.department, line.used_on))


def _grant(rule: NetOf, group: Group, lines: list[ExpenseLine], granted: Granted) -> int | Missing:
    """円 the rule deducts from these lines; a row that is off deducts nothing."""
    if not rule.scope.enabled:
        return 0
    if rule.per is NetPer.RECEIVED:
        return sum(line.received for line in lines)
    assert rule.grant is not None  # noqa: S101 - the parser asks for it
    if rule.per is NetPer.MONTH:
        return rule.grant - granted.get((rule.scope.id, group.item.code, group.month), 0)
    unknown = next((line.key for line in lines if line.times is None), None)
    if unknown is not None:
        text = f"使用経費「{unknown}」の食数(回数)がありません。差し引く額が決まらないため、食数を入力してください。"
        return Missing("fact", f"expenses/{unknown}/times", text)
    return rule.grant * sum(line.times or 0 for line in lines)


def cap_for(facts: Facts, group: Group, cap: Cap) -> Cap:
    """The cap, by month where the pupil entered late and the pack says so; never above the annual one."""
    assert group.status is not None  # noqa: S101 - a group without status is stopped
    entered = facts.entered_on
    if cap.annual is None or entered is None:
        return cap
    rule = facts.pack.pay_rules.first(ProrateCap, group.item.code, group.status.department, group.lines[0].used_on)
    if rule is None or entered <= _day_of_year(facts.case.fiscal_year, rule.full_through):
        return cap
    months = months_left(facts.case.fiscal_year, entered)
    value = f"{months}/{MONTHS}" if rule.scope.enabled else "切"
    group.use(Component.PRORATE_CAP, rule.scope.row, value, rule.scope.origin)
    if not rule.scope.enabled:
        return cap
    return replace(cap, annual=min(cap.annual, rule.rounding.apply(cap.annual * months, MONTHS)))


def months_left(fiscal_year: int, entered: date) -> int:
    """Months from the month of entry to March, that month included; 0 for an entry after the year, 12 before it."""
    passed = (entered.year - fiscal_year) * MONTHS + entered.month - 4
    return min(MONTHS, max(0, MONTHS - passed))


def _day_of_year(fiscal_year: int, month_day: tuple[int, int]) -> date:
    month, day = month_day
    year = fiscal_year if month >= 4 else fiscal_year + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def roll(facts: Facts, group: Group, excess: int) -> Group | None:
    """The excess over the cap as a group of the item it goes to, or None; it still has to qualify there."""
    assert group.status is not None  # noqa: S101 - a group without status is stopped
    rule = facts.pack.pay_rules.first(RollExcess, group.item.code, group.status.department, group.lines[0].used_on)
    if rule is None or not excess:
        return None
    value = f"{excess}円 → {facts.pack.items[rule.into].title}" if rule.scope.enabled else "切"
    group.use(Component.ROLL_EXCESS, rule.scope.row, value, rule.scope.origin)
    if not rule.scope.enabled:
        return None
    rolled = Group(facts.pack.items[rule.into], "", group.month, group.status, lines=list(group.lines))
    rolled.amounts, rolled.rolled_from = {group.item.code: excess}, group.item.code
    rolled.use(Component.ROLL_EXCESS, rule.scope.row, f"{excess}円", rule.scope.origin)
    return rolled

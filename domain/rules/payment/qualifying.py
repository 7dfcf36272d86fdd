"""Whether an expense may be paid at all, and by which rate row: the questions asked before any amount."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.rules.cases import Decline
from domain.rules.errors import Missing, where_to_fill
from domain.rules.payment.grouping import Facts, describe, fact, question_of, row_name, same_journey
from domain.rules.payment.groups import Component, Group, Unpaid
from domain.rules.payment_cases import Attendance, ExpenseLine, StatusPeriod
from domain.rules.yearpack.model import WelfarePay
from domain.rules.yearpack.payment_rules import BeforeEntry, EnrolledInApril


def qualify(facts: Facts, group: Group, line: ExpenseLine) -> None:
    """Set the group's rate, or `unpaid` and why, or `missing`."""
    status = group.status
    assert status is not None  # noqa: S101 - the caller stopped otherwise
    if status.decline is Decline.FULL:
        group.unpaid = Unpaid.DECLINED
    elif status.attendance is Attendance.TRANSFERRED_OUT:
        group.unpaid = Unpaid.TRANSFERRED_OUT
    else:
        group.missing = _absent_fact(facts, group, status, line)
        if group.missing is None and group.unpaid is None:
            _conditions(facts, group, status, line)
        if group.missing is None and group.unpaid is None:
            _find_rate(facts, group, status, line)


def _absent_fact(facts: Facts, group: Group, status: StatusPeriod, line: ExpenseLine) -> Missing | None:
    if facts.category_missing is not None:
        return facts.category_missing
    if status.category is None:
        return fact(f"statuses/{status.starts_on}/category", f"{status.starts_on} からの支弁区分が未決定です。")
    if group.item.counted and line.count_no is None:
        text = f"使用経費「{line.key}」の回数がありません。何回目かを入力してください。"
        return fact(f"expenses/{line.key}/count_no", text)
    return None


def _conditions(facts: Facts, group: Group, status: StatusPeriod, line: ExpenseLine) -> None:
    """Each condition may stop the payment; the first that does is the reason given."""
    pack = facts.pack
    if group.item.once_per_department and not same_journey(facts, status, line):
        group.use(Component.ONCE, "payment", "", pack.payment.once)
        group.unpaid = Unpaid.ONCE_PER_DEPARTMENT
        return
    if status.welfare:
        _beside(pack.welfare_pay, "welfare_pay", Component.WELFARE, Unpaid.WELFARE, group)
    if status.institution_aid and group.unpaid is None and group.missing is None:
        _beside(pack.institution_pay, "institution_pay", Component.INSTITUTION, Unpaid.INSTITUTION, group)
    if group.unpaid is None and group.missing is None:
        _april(facts, group, status, line)
    if line.before_entry and group.unpaid is None and group.missing is None:
        _before_entry(facts, group, status, line)


def _beside(rows: Mapping[str, WelfarePay], section: str, component: Component, reason: Unpaid, group: Group) -> None:
    """Whether the item is paid beside another scheme; an absent row stops."""
    item = group.item.code
    pays = rows.get(item)
    if pays is None:
        on_welfare = component is Component.WELFARE
        who = "要保護(生活保護)" if on_welfare else "措置費受給"
        place = where_to_fill("要保護への支給" if on_welfare else "施設生への支給")
        text = f"「{group.item.title}」を{who}の児童生徒に支給するかどうかが年度定義にありません。{place}"
        group.missing = Missing("row", f"{section}/{item}", text)
        return
    group.use(component, f"{section}/{item}", "支給" if pays.pays else "支給しない", pays.origin)
    if not pays.pays:
        group.unpaid = reason


def _april(facts: Facts, group: Group, status: StatusPeriod, line: ExpenseLine) -> None:
    rule = facts.pack.pay_rules.first(EnrolledInApril, group.item.code, status.department, line.used_on)
    if rule is None or facts.entered_on is None:
        return
    late = facts.entered_on > date(facts.case.fiscal_year, 4, 30)
    group.use(Component.ENROLLED_IN_APRIL, rule.scope.row, "入" if rule.scope.enabled else "切", rule.scope.origin)
    if late and rule.scope.enabled:
        group.unpaid = Unpaid.NOT_IN_APRIL


def _before_entry(facts: Facts, group: Group, status: StatusPeriod, line: ExpenseLine) -> None:
    rule = facts.pack.pay_rules.first(BeforeEntry, group.item.code, status.department, line.used_on)
    if rule is None:
        group.unpaid = Unpaid.BEFORE_ENTRY
        return
    group.use(Component.BEFORE_ENTRY, rule.scope.row, "入" if rule.scope.enabled else "切", rule.scope.origin)
    if not rule.scope.enabled or status.category not in rule.categories:
        group.unpaid = Unpaid.BEFORE_ENTRY


def _find_rate(facts: Facts, group: Group, status: StatusPeriod, line: ExpenseLine) -> None:
    pack = facts.pack
    group.question = question = question_of(group.item.code, group.purpose, status, line.count_no)
    rate = pack.rates.find(question)
    if rate is None:
        text = f"支給割合が年度定義にありません: {describe(pack, question)}。{where_to_fill('支給の割合')}"
        group.missing = Missing("row", f"rates/{row_name(question)}", text)
        return
    shares = "＋".join(f"{name} {share}" for name, share in rate.shares)
    group.use(Component.RATE, rate.row, shares if rate.covered else "対象外", rate.origin)
    if rate.covered:
        group.rate = rate
    else:
        group.unpaid = Unpaid.NOT_COVERED

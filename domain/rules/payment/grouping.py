"""Puts expense lines into the groups that are paid as one: item, purpose, calendar month, status, rate row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from domain.rules.errors import TO_ADD, CaseError, Missing
from domain.rules.payment.groups import Component, Group, Unpaid
from domain.rules.payment.statuses import joined, status_on, with_category_of
from domain.rules.payment_cases import ExpenseLine, PaidOnce, PaymentCase, StatusPeriod
from domain.rules.yearpack.conditions import Question
from domain.rules.yearpack.model import CategoryOn, ExpenseItem, Pack
from domain.rules.yearpack.payment_rules import OwnCar

METRES = 1000
"""Metres of a kilometre; no amount."""


@dataclass(slots=True)
class Facts:
    """A case made ready: statuses as the pack reads them, day of entry, journeys that are taken."""

    pack: Pack
    case: PaymentCase
    statuses: tuple[StatusPeriod, ...]
    entered_on: date | None
    category_missing: Missing | None
    journeys: dict[tuple[str, str], PaidOnce] = field(default_factory=dict)


def facts_of(pack: Pack, case: PaymentCase) -> Facts:
    """CaseError where statuses contradict each other."""
    statuses, missing = joined(case.statuses), None
    entered_on = case.entered_on or (statuses[0].starts_on if statuses else None)
    if pack.payment.category_on is CategoryOn.PAYMENT:
        if case.paid_on is None:
            missing = fact(
                "paid_on", "支弁区分は支給日のものを使う定めですが、支給日がありません。支給日を入力してください。"
            )
        else:
            statuses = with_category_of(statuses, case.paid_on)
    taken = {(each.item, each.department.value): each for each in case.paid_once}
    return Facts(pack, case, statuses, entered_on, missing, taken)


_Key = tuple[str, str, date, date | None, str, Unpaid | None, str, bool]


def group_lines(facts: Facts) -> list[Group]:
    """Groups in the order they use up caps: by month, item, start of status, then rate row."""
    from domain.rules.payment.qualifying import qualify

    groups: dict[_Key, Group] = {}
    for line in sorted(facts.case.expenses, key=lambda each: (each.used_on, each.key)):
        one = _single(facts, line)
        if one.missing is None:
            qualify(facts, one, line)
        started = one.status.starts_on if one.status else None
        row = one.rate.row if one.rate else ""
        name = one.missing.name if one.missing else ""
        key = (one.item.code, line.purpose, one.month, started, row, one.unpaid, name, line.before_entry)
        group = groups.setdefault(key, one)
        if group is not one:
            for used in one.rows:
                group.use(used.component, used.row, used.value, used.origin)
        group.lines.append(line)
        group.amounts.update(one.amounts)
    return sorted(groups.values(), key=_order)


def _order(group: Group) -> tuple[date, int, str, date, str]:
    started = group.status.starts_on if group.status else date.min
    return (group.month, group.item.order, group.purpose, started, group.rate.row if group.rate else "")


def _single(facts: Facts, line: ExpenseLine) -> Group:
    """A group of `line` alone with its status and amount, or why there is none."""
    group = Group(_item(facts.pack, line), line.purpose, line.used_on.replace(day=1))
    group.amounts[line.key] = line.amount
    if line.before_entry:
        group.status = _first_status(facts, line)
    else:
        group.status = status_on(facts.statuses, line.used_on)
    if group.status is None:
        group.missing = fact(
            f"statuses/{line.used_on}", f"{line.used_on} の状況履歴がありません。学部・学年・区分を登録してください。"
        )
    elif line.car is not None:
        _drive(facts.pack, group, line)
    return group


def _first_status(facts: Facts, line: ExpenseLine) -> StatusPeriod | None:
    """The status the pupil entered with; CaseError unless the expense was made before it began."""
    first = facts.statuses[0] if facts.statuses else None
    if first is not None and line.used_on >= first.starts_on:
        raise CaseError(
            f"使用経費「{line.key}」は就学前の経費ですが、使用日が{first.starts_on}の就学より前ではありません。"
        )
    return first


def _drive(pack: Pack, group: Group, line: ExpenseLine) -> None:
    """円 of a car journey: metres × days × legs × unit price; stops where the unit price of the day is not loaded."""
    assert group.status is not None and line.car is not None  # noqa: S101, PT018 - the caller saw both
    rule = pack.pay_rules.first(OwnCar, line.item, group.status.department, line.used_on)
    if rule is None:
        text = f"「{group.item.title}」の自家用車の1km当たり単価({line.used_on}に有効なもの)が年度定義にありません。{TO_ADD}"
        group.missing = Missing("row", f"payment_rules/own_car/{line.item}/{line.used_on:%Y-%m}", text)
        return
    factors = f"{line.key}: {line.car.metres}m×{line.car.days}日×{line.car.legs}回×{rule.price}円/km"
    group.use(Component.OWN_CAR, rule.scope.row, factors, rule.scope.origin)
    if not rule.scope.enabled:
        group.unpaid = Unpaid.NOT_COVERED
        return
    metres = line.car.metres * line.car.days * line.car.legs
    total = Fraction(metres * rule.price.numerator, METRES * rule.price.denominator)
    group.amounts[line.key] = rule.rounding.apply(total.numerator, total.denominator)


def question_of(item: str, purpose: str, status: StatusPeriod, count_no: int | None) -> Question:
    """What the rate and cap rows are asked for."""
    assert status.category is not None  # noqa: S101 - the caller stopped otherwise
    return Question(
        item,
        purpose,
        status.department,
        status.grade,
        status.category,
        status.attendance,
        status.physical_multiple,
        status.article22_3,
        count_no or 1,
        status.home_visit,
    )


def row_name(asked: Question) -> str:
    """Stable name of the row asked for."""
    purpose = f":{asked.purpose}" if asked.purpose else ""
    return f"{asked.item}{purpose}/{asked.department.value}/{asked.grade}/{int(asked.category)}"


def describe(pack: Pack, asked: Question) -> str:
    """Japanese name of the row asked for."""
    title = pack.items[asked.item].title
    more = [f"{asked.count_no}回目"] if pack.items[asked.item].counted else []
    more += ["肢体重複"] if asked.physical_multiple else []
    more += ["訪問生"] if asked.home_visit else []
    place = f"{asked.department.label}{asked.grade}年・区分{asked.category.label}・{asked.attendance.label}"
    return "・".join([f"{title}・{place}", *more])


def fact(name: str, message: str) -> Missing:
    """An absent fact of the case."""
    return Missing("fact", name, message)


def same_journey(facts: Facts, status: StatusPeriod, line: ExpenseLine) -> bool:
    """Whether the line belongs to the only journey its department pays for; the first line seen names it."""
    journey = PaidOnce(line.item, status.department, facts.case.fiscal_year, line.count_no or 1)
    return facts.journeys.setdefault((line.item, status.department.value), journey) == journey


def _item(pack: Pack, line: ExpenseLine) -> ExpenseItem:
    item = pack.items.get(line.item)
    if item is None:
        raise CaseError(f"使用経費「{line.key}」の経費項目が年度定義にありません: {line.item}")
    if item.purposes and line.purpose not in item.purposes:
        raise CaseError(
            f"使用経費「{line.key}」({item.title})の目的は {'・'.join(item.purposes)} のどれかにしてください。"
        )
    if line.purpose and not item.purposes:
        raise CaseError(f"使用経費「{line.key}」({item.title})には目的の区別がありません: {line.purpose}")
    return item

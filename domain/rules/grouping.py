"""Puts expense lines into the groups that are paid as one: item, purpose, calendar month, status, rate row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.rules.cases import Decline
from domain.rules.conditions import Question
from domain.rules.errors import CaseError, Missing
from domain.rules.packmodel import ExpenseItem, Pack, Rate
from domain.rules.payment_cases import Attendance, ExpenseLine, PaidOnce, PaymentCase, StatusPeriod
from domain.rules.statuses import joined, status_on
from domain.rules.tables import Origin


class Unpaid(StrEnum):
    """Why a known expense pays nothing."""

    NOT_COVERED = "not_covered"
    DECLINED = "declined"
    TRANSFERRED_OUT = "transferred_out"
    ONCE_PER_DEPARTMENT = "once_per_department"
    WELFARE = "welfare"
    CAP_REACHED = "cap_reached"
    RATE_ZERO = "rate_zero"

    @property
    def label(self) -> str:
        """Japanese reason shown to people."""
        return {
            "not_covered": "支給対象外",
            "declined": "完全辞退",
            "transferred_out": "転出済(支給停止)",
            "once_per_department": "同じ部で支給済み(部ごとに1回)",
            "welfare": "教育扶助で支給される経費",
            "cap_reached": "限度額に達している",
            "rate_zero": "この区分の支給割合は0",
        }[self.value]


@dataclass(slots=True)
class Group:
    """Lines paid together.  `unpaid` set: nothing is paid and why; `rate` None only then; `missing` set: stopped."""

    item: ExpenseItem
    purpose: str
    month: date
    status: StatusPeriod | None
    rate: Rate | None
    question: Question | None
    unpaid: Unpaid | None
    missing: Missing | None
    origins: tuple[Origin, ...]
    lines: list[ExpenseLine]


_Key = tuple[str, str, date, date | None, str, Unpaid | None, str]


def group_lines(pack: Pack, case: PaymentCase) -> list[Group]:
    """Groups in the order they use up caps: by month, item, start of status, then rate row."""
    statuses = joined(case.statuses)
    groups: dict[_Key, Group] = {}
    journeys = {(each.item, each.department.value): each for each in case.paid_once}
    for line in sorted(case.expenses, key=lambda each: (each.used_on, each.key)):
        one = _single(pack, case, statuses, line, journeys)
        started = one.status.starts_on if one.status else None
        row = one.rate.row if one.rate else ""
        name = one.missing.name if one.missing else ""
        key = (one.item.code, line.purpose, one.month, started, row, one.unpaid, name)
        groups.setdefault(key, one).lines.append(line)
    return sorted(groups.values(), key=_order)


def _order(group: Group) -> tuple[date, int, str, date, str]:
    started = group.status.starts_on if group.status else date.min
    return (group.month, group.item.order, group.purpose, started, group.rate.row if group.rate else "")


def _single(
    pack: Pack,
    case: PaymentCase,
    statuses: Sequence[StatusPeriod],
    line: ExpenseLine,
    journeys: dict[tuple[str, str], PaidOnce],
) -> Group:
    """A group without lines yet: what `line` is paid by, or why it is not."""
    item = _item(pack, line)
    group = Group(item, line.purpose, line.used_on.replace(day=1), None, None, None, None, None, (), [])
    group.status = status = status_on(statuses, line.used_on)
    if status is None:
        group.missing = _fact(
            f"statuses/{line.used_on}", f"{line.used_on} の状況履歴がありません。学部・学年・区分を登録してください。"
        )
    elif status.decline is Decline.FULL:
        group.unpaid = Unpaid.DECLINED
    elif status.attendance is Attendance.TRANSFERRED_OUT:
        group.unpaid = Unpaid.TRANSFERRED_OUT
    elif status.category is None:
        group.missing = _fact(
            f"statuses/{status.starts_on}/category", f"{status.starts_on} からの支弁区分が未決定です。"
        )
    elif item.counted and line.count_no is None:
        group.missing = _fact(
            f"expenses/{line.key}/count_no", f"使用経費「{line.key}」の回数がありません。何回目かを入力してください。"
        )
    elif item.once_per_department and not _same_journey(case, status, line, journeys):
        group.unpaid, group.origins = Unpaid.ONCE_PER_DEPARTMENT, (pack.payment.once,)
    else:
        _find_rate(pack, status, line, group)
    return group


def _find_rate(pack: Pack, status: StatusPeriod, line: ExpenseLine, group: Group) -> None:
    if status.welfare:
        pays = pack.welfare_pay.get(line.item)
        if pays is None:
            text = f"「{group.item.title}」を要保護(生活保護)の児童生徒に支給するかどうかが年度定義にありません。"
            group.missing = Missing("row", f"welfare_pay/{line.item}", text)
            return
        group.origins = (pays.origin,)
        if not pays.pays:
            group.unpaid = Unpaid.WELFARE
            return
    group.question = question = question_of(status, line)
    rate = pack.rates.find(question)
    if rate is None:
        group.missing = Missing(
            "row", f"rates/{row_name(question)}", f"支給割合が年度定義にありません: {describe(pack, question)}"
        )
        return
    group.origins = (*group.origins, rate.origin)
    if rate.covered:
        group.rate = rate
    else:
        group.unpaid = Unpaid.NOT_COVERED


def _same_journey(
    case: PaymentCase, status: StatusPeriod, line: ExpenseLine, journeys: dict[tuple[str, str], PaidOnce]
) -> bool:
    """Whether the line belongs to the only journey its department pays for; the first line seen names it."""
    journey = PaidOnce(line.item, status.department, case.fiscal_year, line.count_no or 1)
    return journeys.setdefault((line.item, status.department.value), journey) == journey


def question_of(status: StatusPeriod, line: ExpenseLine) -> Question:
    """What the rate and cap rows are asked for this line."""
    assert status.category is not None  # noqa: S101 - the caller stopped otherwise
    return Question(
        line.item,
        line.purpose,
        status.department,
        status.grade,
        status.category,
        status.attendance,
        status.physical_multiple,
        status.article22_3,
        line.count_no or 1,
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
    place = f"{asked.department.label}{asked.grade}年・区分{asked.category.label}・{asked.attendance.label}"
    return "・".join([f"{title}・{place}", *more])


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


def _fact(name: str, message: str) -> Missing:
    return Missing("fact", name, message)

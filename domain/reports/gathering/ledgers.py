"""個人別支給台帳: what a pupil used and was paid in a year, by item and month, over all approved 支給回.

It shows the *pupil's* category with its history, travels with a transfer, and carries no address of anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from audit.trail.recorder import Subject
from domain.households.models import Pupil, StatusPeriod
from domain.payments.items import Items, items_of
from domain.payments.ledgers import ledgers_of
from domain.payments.models import Adjustment, OutsideGrant, PaymentLine, PupilPayment
from domain.payments.outside import outside_of
from domain.payments.states import SETTLED
from domain.reports.gathering import paid
from domain.reports.gathering.months import item_by_month
from domain.reports.gathering.pupils import in_class_order, periods_of
from domain.reports.targets import Gathered, Target
from domain.reports.wording import category_of, doubt, grade_of
from domain.statements.intake import year_ends_on, year_starts_on
from typesetting.data import LedgerItem, LedgerStatus, PupilLedgerPage
from web.dates import fiscal_year_label, to_wareki

State = PupilPayment.State


def select(target: Target) -> list[int]:
    """Pupils of the school with a payment, or the reason why there is none, in an approved round of the year."""
    pupils = _settled(target).filter(pupil__school=target.school).values_list("pupil_id", flat=True).order_by()
    return in_class_order({pupil: pupil for pupil in pupils.distinct()}, year_ends_on(target.fiscal_year))


def versions(target: Target) -> list[tuple[Any, ...]]:
    names = ("pk", "total", "receipt_digest", "pupil__updated_at", "pupil__member__household__updated_at")
    payments = _settled(target).filter(pupil__school=target.school).order_by("pk").values_list(*names)
    periods = StatusPeriod.objects.filter(
        pupil__school=target.school, pupil__payments__round__fiscal_year=target.fiscal_year
    )
    statuses = periods.order_by("pk").distinct().values_list("pk", "recorded_at", "category", "grade", "class_name")
    members = Pupil.objects.filter(payments__in=_settled(target).filter(pupil__school=target.school)).values("member")
    brought = OutsideGrant.objects.filter(pupil__member__in=members, fiscal_year=target.fiscal_year).order_by("pk")
    return [*payments, *statuses, *brought.values_list("pk", "paid")]


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    rows = Pupil.objects.filter(pk__in=ids).select_related("member__household", "school")
    pupils = {pupil.pk: pupil for pupil in rows}
    payments: dict[int, list[PupilPayment]] = defaultdict(list)
    adjustments = _adjustments(target, ids)
    settled = _settled(target).filter(pupil__in=ids).order_by("round__pay_on").select_related("round")
    for payment in settled.prefetch_related("lines"):
        payments[payment.pupil_id].append(payment)
    periods = periods_of(ids)
    items = items_of(target.fiscal_year)
    brought = outside_of([pupil.member_id for pupil in pupils.values()], target.fiscal_year)
    gathered = Gathered()
    for pk in ids:
        page = _ledger(target, items, pupils[pk], payments[pk], periods[pk], adjustments.get(pk, ()))
        elsewhere = brought.get(pupils[pk].member_id)
        page["elsewhere"] = sum(paid for _, paid in elsewhere.values()) if elsewhere else None
        gathered.documents.append({**page})
        gathered.subjects.append(Subject("pupil", str(pk)))
        gathered.sample |= any(payment.receipt["pack"].get("sample") for payment in payments[pk])
    return gathered


def _settled(target: Target) -> Any:
    return PupilPayment.objects.filter(round__fiscal_year=target.fiscal_year, round__state__in=SETTLED)


def _ledger(
    target: Target,
    known: Items,
    pupil: Pupil,
    payments: Sequence[PupilPayment],
    periods: Sequence[StatusPeriod],
    adjustments: Sequence[Adjustment],
) -> PupilLedgerPage:
    ledgers = ledgers_of(*(payment.round for payment in payments))
    names = [ledger.name for ledger in ledgers]
    items = _items(known, payments, adjustments, names)
    return {
        "number": f"{target.fiscal_year}-{pupil.student_number}",
        "fiscal_year": fiscal_year_label(target.fiscal_year),
        "school": pupil.school.name,
        "pupil": pupil.name,
        "kana": pupil.kana,
        "born_on": to_wareki(pupil.member.born),
        "guardian": pupil.member.household.guardian_name,
        "history": _history(target, pupil, periods),
        "items": items,
        "used_total": sum(item["used_total"] for item in items),
        "ledgers": [ledger.title for ledger in ledgers],
        "ledger_totals": [sum(each) for each in zip(*(item["ledger_totals"] for item in items), strict=True)]
        or [0] * len(names),
        "paid_total": sum(item["paid_total"] for item in items),
        "notes": [*_notes(payments), *_elsewhere(adjustments)],
    }


def _elsewhere(adjustments: Sequence[Adjustment]) -> Iterator[str]:
    """Which of the differences another school's payment counted: the child's household got them there."""
    amounts: dict[str, int] = defaultdict(int)
    for each in adjustments:
        if each.counted_at is not None and each.counted_at_id != each.pupil_id:
            amounts[each.counted_at.school.name] += each.total
    for school, amount in amounts.items():
        yield f"{'戻入' if amount < 0 else '追給'} {abs(amount):,}円は、{school}の支給に入れました。"


def _adjustments(target: Target, ids: Sequence[int]) -> dict[int, list[Adjustment]]:
    """追給・戻入 that approved rounds of the year carried, by pupil; they stand in the month they are for."""
    found: dict[int, list[Adjustment]] = defaultdict(list)
    rows = Adjustment.objects.filter(
        round__fiscal_year=target.fiscal_year, round__state__in=SETTLED, pupil__in=ids, applied=True
    )
    for row in rows.order_by("pk").select_related("counted_at__school"):
        found[row.pupil_id].append(row)
    return found


def _items(
    items: Items, payments: Sequence[PupilPayment], adjustments: Sequence[Adjustment], names: Sequence[str]
) -> list[LedgerItem]:
    """Only the items with entries, in the order of the rules."""
    lines: dict[str, list[PaymentLine | Adjustment]] = {}
    for payment in payments:
        for line in payment.lines.all():
            lines.setdefault(line.item, []).append(line)
    for adjustment in adjustments:
        lines.setdefault(adjustment.item, []).append(adjustment)
    steps = paid.by_item(step for payment in payments for step in payment.receipt["steps"])
    known = sorted(lines, key=items.place)
    return [
        item_by_month(items.title(code), lines[code], _cap(steps.get(code, [])), names, items.fiscal_year)
        for code in known
    ]


def _cap(steps: Iterable[Mapping[str, Any]]) -> str:
    cap = paid.cap_of(steps)
    return "" if cap is None else f"年{cap:,}円"


def _history(target: Target, pupil: Pupil, periods: Sequence[StatusPeriod]) -> list[LedgerStatus]:
    """Status rows of the year: from the one that held on 4月1日, to the last that begins before the year's end."""
    first, last = year_starts_on(target.fiscal_year), year_ends_on(target.fiscal_year)
    within = [period for period in periods if period.starts_on <= last]
    before = [period for period in within if period.starts_on <= first]
    return [
        {
            "since": to_wareki(period.starts_on),
            "school": pupil.school.name,
            "grade": grade_of(period, with_class=True),
            "status": _status(period),
            "category": category_of(period.category),
        }
        for period in [*before[-1:], *within[len(before) :]]
    ]


def _status(period: StatusPeriod) -> str:
    flags = {"肢体重複": period.physical_multiple, "訪問": period.home_visit, "措置費": period.institution_aid}
    return "・".join([period.get_attendance_display(), *(word for word, holds in flags.items() if holds)])


def _notes(payments: Sequence[PupilPayment]) -> list[str]:
    notes = [
        f"{payment.get_state_display()}: {payment.reason}" for payment in payments if payment.state != State.PAYABLE
    ]
    held, amount = sum(payment.held for payment in payments), sum(payment.held_amount for payment in payments)
    if held:
        notes.append(f"保留の使用経費 {held}件（{amount:,}円）は、支給に含まれていません。")
    return [*notes, *filter(None, [doubt(payment.standing for payment in payments)])]

"""支給明細書: one for each pupil who is paid in a released 支給回, with the *pupil's* category as of the 支給日.

The slip goes home through the school: no address; of the account the last three digits, and of a household under
支援措置 not even the bank, whose branch would tell where the family lives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from audit.trail.recorder import Subject
from domain.households.models import Household, StatusPeriod
from domain.payments.items import Items, items_in
from domain.payments.ledgers import added, ledgers_of
from domain.payments.models import Adjustment, PaymentLine, PaymentRound, PupilPayment, Transfer
from domain.payments.states import SETTLED
from domain.reports.gathering import paid
from domain.reports.gathering.pupils import in_class_order, periods_of
from domain.reports.targets import Gathered, Target
from domain.reports.wording import category_of, contact, doubt, grade_of, status_on
from typesetting.data import PaymentSlip, SlipItem
from web.dates import fiscal_year_label, to_wareki

SHOWN_DIGITS = 3
ONLY_DIFFERENCES = "これまでの支給額と正しい額との差（追給・戻入）だけの支給です。"
NOT_BY_TRANSFER = "口座振込ではお支払いできません。受取方法は学校からお知らせします。"


@dataclass(frozen=True, slots=True)
class Facts:
    """Of all slips of a file: status rows by pupil, transfers by household, earlier payments of the year by member (円),
    追給・戻入 that the round carries by pupil, and its items.
    """

    periods: Mapping[int, Sequence[StatusPeriod]]
    transfers: Mapping[int, Transfer]
    before: Mapping[int, int]
    adjustments: Mapping[int, Sequence[Adjustment]]
    items: Items


def select(target: Target) -> list[int]:
    rows = _payable(target).values_list("pk", "pupil_id")
    return in_class_order(dict(rows), target.the_round.pay_on)


def versions(target: Target) -> list[tuple[Any, ...]]:
    names = ("pk", "total", "receipt_digest", "pupil__updated_at", "pupil__member__household__updated_at")
    rows = _payable(target).order_by("pk").values_list(*names)
    return [(target.the_round.pk, target.the_round.finished_run), *rows]


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    rows = PupilPayment.objects.filter(pk__in=ids).select_related("pupil__member__household", "pupil__school")
    payments = {row.pk: row for row in rows.prefetch_related("lines")}
    facts = _facts(target.the_round, list(payments.values()))
    gathered = Gathered()
    for pk in ids:
        gathered.documents.append({**_slip(target.the_round, payments[pk], facts)})
        gathered.subjects.append(Subject("pupil", str(payments[pk].pupil_id)))
        gathered.sample |= bool(payments[pk].receipt["pack"].get("sample"))
    return gathered


def _payable(target: Target) -> Any:
    return PupilPayment.objects.filter(
        round=target.the_round, pupil__school=target.school, state=PupilPayment.State.PAYABLE
    )


def _facts(round_: PaymentRound, payments: Sequence[PupilPayment]) -> Facts:
    homes = {payment.pupil.member.household_id for payment in payments}
    transfers = {row.household_id: row for row in round_.transfers.filter(household__in=homes)}
    pupils = [payment.pupil_id for payment in payments]
    adjustments: dict[int, list[Adjustment]] = defaultdict(list)
    carried = round_.adjustments.filter(counted_at__in=pupils).select_related("pupil__school")
    for each in carried.order_by("month", "item", "pupil"):
        if each.counted_at_id is not None:
            adjustments[each.counted_at_id].append(each)
    return Facts(periods_of(pupils), transfers, _paid_before(round_, payments), adjustments, items_in(round_))


def _paid_before(round_: PaymentRound, payments: Sequence[PupilPayment]) -> dict[int, int]:
    """What rounds of the year with an earlier 支給日 paid to the same child, at whatever school of ours."""
    earlier = PupilPayment.objects.filter(
        round__fiscal_year=round_.fiscal_year,
        round__pay_on__lt=round_.pay_on,
        round__state__in=SETTLED,
        pupil__member__in={payment.pupil.member_id for payment in payments},
    )
    return dict(earlier.order_by().values_list("pupil__member").annotate(of_total=Sum("total")))


def _slip(round_: PaymentRound, payment: PupilPayment, facts: Facts) -> PaymentSlip:
    pupil, home = payment.pupil, payment.pupil.member.household
    period = status_on(facts.periods.get(pupil.pk, ()), round_.pay_on)
    return {
        "number": f"{round_.fiscal_year}-{round_.number}-{pupil.student_number}",
        "paid_on": to_wareki(round_.pay_on),
        "issuer": f"{pupil.school.name}長",
        "school": pupil.school.name,
        "guardian": home.guardian_name,
        "pupil": pupil.name,
        "grade": grade_of(period, with_class=True),
        "fiscal_year": fiscal_year_label(round_.fiscal_year),
        "round": round_.full_title,
        "category": category_of(period.category if period else None),
        "items": _items(round_, payment, facts.adjustments.get(pupil.pk, ()), facts.items),
        "total": payment.total,
        "paid_before": facts.before.get(pupil.member_id, 0),
        "account": _account(home, facts.transfers.get(home.pk)),
        "notes": _notes(payment, only_differences=round_.only_differences),
        "contact": contact(pupil.school),
    }


def _items(
    round_: PaymentRound, payment: PupilPayment, adjustments: Sequence[Adjustment], items: Items
) -> list[SlipItem]:
    steps = paid.by_item(payment.receipt["steps"])
    lines: dict[str, list[PaymentLine]] = {}
    for line in payment.lines.all():
        lines.setdefault(line.item, []).append(line)
    known = sorted(lines, key=items.place)
    rows = [row for code in known for row in _item(round_, items.title(code), lines[code], steps.get(code, []))]
    return [*rows, *_adjustments(round_, adjustments, items)]


def _adjustments(round_: PaymentRound, adjustments: Sequence[Adjustment], items: Items) -> list[SlipItem]:
    """追給・戻入 that this payment carries, of whichever school, a row for each ledger."""
    return [
        {
            "item": items.title(each.item),
            "ledger": ledger.title,
            "used": None,
            "paid": each.ledgers[ledger.name],
            "how": f"{each.month.month}月分の{'戻入' if each.total < 0 else '追給'}{_where(each)}",
        }
        for each in adjustments
        for ledger in ledgers_of(round_)
        if each.ledgers.get(ledger.name)
    ]


def _where(adjustment: Adjustment) -> str:
    """The school it is of, where that is another one than pays it."""
    if adjustment.counted_at_id == adjustment.pupil_id:
        return ""
    return f"（{adjustment.pupil.school.name}の分）"


def _item(round_: PaymentRound, title: str, lines: Sequence[PaymentLine], steps: Sequence[paid.Step]) -> list[SlipItem]:
    """A row for each ledger that pays; 使用額 stands in the first of them."""
    spent, eligible = sum(line.spent for line in lines), sum(line.eligible for line in lines)
    amounts = added(line.ledgers for line in lines)
    ledgers = ledgers_of(round_)
    paying = [ledger for ledger in ledgers if amounts.get(ledger.name)] or ledgers[:1]
    rows: list[SlipItem] = []
    for ledger in paying:
        how = paid.how_paid(steps, ledger.name, spent, eligible)
        used, amount = None if rows else spent, amounts.get(ledger.name, 0)
        rows.append({"item": title, "ledger": ledger.title, "used": used, "paid": amount, "how": how})
    return rows


def _account(home: Household, transfer: Transfer | None) -> str:
    if transfer is None:
        return NOT_BY_TRANSFER
    masked = f"****{transfer.account_number[-SHOWN_DIGITS:]}"
    if home.address_hidden:
        return f"登録の口座　{masked}"
    kind = Household.AccountType(transfer.account_type).label
    return f"{transfer.bank_name}　{transfer.branch_name}　{kind}　{masked}"


def _notes(payment: PupilPayment, *, only_differences: bool) -> list[str]:
    notes = [ONLY_DIFFERENCES] if only_differences else []
    if payment.held:
        notes.append(f"確認中の使用経費{payment.held}件（{payment.held_amount:,}円）は、今回の支給に含まれていません。")
    return [*notes, *filter(None, [doubt([payment.standing])])]

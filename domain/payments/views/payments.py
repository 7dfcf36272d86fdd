"""個人別の支給: the pupils of a round, and one pupil's payment with its receipt."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import may, may_at, page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.queries import status_on
from domain.households.views.shared import user_of
from domain.payments.causes import in_words
from domain.payments.doubts import is_unconfirmed
from domain.payments.items import items_in
from domain.payments.ledgers import RoundLedger, ledgers_of
from domain.payments.models import PaymentRound, PupilPayment
from domain.payments.presentation import receipts
from domain.payments.presentation.states import payment_tone
from domain.payments.queries.adjustments import adjusted_in
from domain.payments.queries.expenses import expenses_of_payment, late_changes, line_rows
from domain.payments.queries.rounds import narrowed, sums_of
from domain.payments.queries.scope import find_payment, find_round, payments_in
from domain.payments.views.shared import chips, may_be_late, school_chips
from domain.payments.words import plain
from domain.rules import Standing
from web.components import Column
from web.tables import chosen_sort

PER_PAGE = 50
STATES = {
    "": "すべて",
    "payable": "支給",
    "stopped": "支給停止",
    "nothing": "支給額なし",
    "held": "保留あり",
    "unconfirmed": "根拠が未確認",
    "changed": "前回計算と違う",
}
FIRST_COLUMNS = (Column("児童生徒", sort="pupil__kana"), Column("学校", sort="pupil__school__code"), Column("状態"))
LAST_COLUMNS = (
    Column("支給額", sort="total", unit="円", number=True),
    Column("前回計算との差", unit="円", number=True),
    Column("理由"),
)


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def pupils(request: HttpRequest, round_id: int) -> HttpResponse:
    """The pupils of a round, narrowed and in order as the address says."""
    user = user_of(request)
    round_ = find_round(round_id)
    state, school = request.GET.get("state", ""), request.GET.get("school", "")[:20]
    wanted = narrowed(payments_in(user, round_), state, school)
    ledgers = ledgers_of(round_)
    by_ledger = [Column(each.title, sort=f"ledgers__{each.name}", unit="円", number=True) for each in ledgers]
    columns = (*FIRST_COLUMNS, *by_ledger, *LAST_COLUMNS)
    sort = chosen_sort(request.GET, columns, "pupil__school__code")
    rows = wanted.select_related("pupil__school").defer("receipt").order_by(sort, "pupil__student_number", "pk")
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("round", str(round_.pk)), *(Subject("pupil", str(each.pupil_id)) for each in found)],
        detail={"list": "payments", "found": found.paginator.count, "state": state if state in STATES else ""},
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    context = {
        "round": round_,
        "page": found,
        "rows": [
            (payment, payment_tone(payment), _amounts(payment, ledgers), _difference(payment), _causes(payment))
            for payment in found
        ],
        "columns": columns,
        "sums": sums_of(wanted, [each.name for each in ledgers]),
        "states": chips(request, "state", STATES, state),
        "schools": school_chips(request, user, Permission.VIEW_HOUSEHOLD, school),
    }
    return render(request, "payments/pupils.html", context)


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One pupil's payment: how much, from which receipts, and why."""
    user = user_of(request)
    found = find_payment(user, payment_id)
    record_access(
        Event.READ_LEDGER_SHOWN,
        subjects=[Subject("pupil", str(found.pupil_id)), Subject("round", str(found.round_id))],
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    items = items_in(found.round)
    expenses = expenses_of_payment(found, items)
    used = [expense for expense, _ in expenses]
    ledgers = ledgers_of(found.round)
    context = {
        "payment": found,
        "round": found.round,
        "pupil": found.pupil,
        "tone": payment_tone(found),
        "difference": _difference(found),
        "causes": in_words(found.causes),
        "ledgers": ledgers,
        "amounts": _amounts(found, ledgers),
        "split": "、".join(f"{each.title} {found.ledgers.get(each.name, 0):,}円" for each in ledgers),
        "lines": line_rows(found, items),
        "parts": receipts.parts(found.receipt, items.title, {each.name: each.title for each in ledgers}),
        "adjusted": adjusted_in(user, found.round, items, found.pupil_id),
        "held": [(what, plain(why, used)) for what, why in receipts.held(found.receipt, items.title)],
        "expenses": expenses,
        "status": status_on(found.pupil, found.round.pay_on),
        "standing": Standing(found.standing).label if found.standing else "",
        "unconfirmed": is_unconfirmed(found),
        "pack": found.receipt.get("pack", {}),
        "late": late_changes(Q(pupil=found.pupil_id, fiscal_year=found.round.fiscal_year), items),
        "to_calculation": found.round.state == PaymentRound.State.RELEASED
        and may_at(user, Permission.DOWNLOAD_FILE, found.pupil.school.code),
        "may_enter": may(user, Permission.ENTER_EXPENSE) and (found.round.is_open or may_be_late(user)),
    }
    return render(request, "payments/payment.html", context)


def _amounts(payment: PupilPayment, ledgers: Sequence[RoundLedger]) -> list[int]:
    return [payment.ledgers.get(each.name, 0) for each in ledgers]


def _causes(payment: PupilPayment) -> str:
    """Why it is other than in the run before; in the first run everybody would be new."""
    return "" if payment.run == 1 else in_words(payment.causes)


def _difference(payment: PupilPayment) -> int | None:
    """To the run before, 円; None in the first run and for who was not in the run before and gets nothing."""
    if payment.run == 1 or (payment.previous is None and not payment.total):
        return None
    return payment.total - (payment.previous or 0)

"""A fingerprint of every fact a round is calculated from, so that an approval can prove that none has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from domain.households.models import Pupil, StatusPeriod
from domain.payments.expenses.days import counted_within
from domain.payments.models import Adjustment, Expense, OutsideGrant, PaymentRound
from domain.payments.models_late import LateChange
from domain.payments.outside import counting_in
from domain.payments.paging import pages
from domain.payments.states import SETTLED

_EXPENSE = (
    *("pk", "pupil", "item", "used_on", "amount", "trip", "purpose", "times"),
    *("car_metres", "car_days", "car_legs", "received", "before_entry"),
)
_PERIOD = (
    *("pk", "pupil", "starts_on", "department", "grade", "attendance", "physical_multiple", "category"),
    *("home_visit", "institution_aid"),
)


def expenses_of(round_: PaymentRound) -> QuerySet[Expense]:
    """The 使用経費 whose day of use (of a purchase before the entry: the day of the entry) lies in the round's period;
    none of a round that pays differences only."""
    if round_.period is None:
        return Expense.objects.none()
    return Expense.objects.filter(counted_within(*round_.period), fiscal_year=round_.fiscal_year)


def fingerprint(round_: PaymentRound) -> str:
    """SHA-256 (hexadecimal) over expenses, those of approved periods that changed, 管理外学校支給額, statuses, households, other
    approved rounds."""
    digest = hashlib.sha256()
    for row in _rows(round_):
        digest.update(repr(row).encode() + b"\n")
    return digest.hexdigest()


def _rows(round_: PaymentRound) -> Iterator[tuple[Any, ...]]:
    """In a fixed order."""
    yield (round_.pack_digest,)
    others = PaymentRound.objects.filter(state__in=SETTLED).exclude(pk=round_.pk)
    yield from others.order_by("pk").values_list("pk", "finished_run")
    expenses = expenses_of(round_).order_by("pk").values_list(*_EXPENSE)
    yield from expenses
    yield from LateChange.objects.filter(fiscal_year=round_.fiscal_year).order_by("pk").values_list("pk")
    brought = OutsideGrant.objects.filter(counting_in(round_.fiscal_year)).order_by("pk")
    yield from brought.values_list("pk", "pupil", "item", "expense", "paid")
    accepted = Adjustment.objects.filter(round=round_, state=Adjustment.State.ACCEPTED)
    yield from accepted.order_by("pupil", "item", "month").values_list("pupil", "item", "month", "total")
    for page in pages([*(row[1] for row in expenses), *round_.settling]):
        pupils = Pupil.objects.filter(pk__in=page).order_by("pk")
        yield from pupils.values_list("pk", "member", "enrolled_on", "member__household")
        yield from pupils.values_list("member__household__decline", "member__household__on_welfare")
        members = pupils.values("member")
        yield from Pupil.objects.filter(member__in=members).order_by("pk").values_list("pk", "enrolled_on")
        yield from StatusPeriod.objects.filter(pupil__in=page).order_by("pk").values_list(*_PERIOD)

"""A fingerprint of every fact a round is calculated from, so that an approval can prove that none has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from domain.households.models import Household, Pupil, StatusPeriod
from domain.payments.models import Expense, PaymentRound
from domain.payments.states import SETTLED

_PAGE = 5_000


def expenses_of(round_: PaymentRound) -> QuerySet[Expense]:
    """The 使用経費 whose day of use lies in the round's period."""
    return Expense.objects.filter(
        fiscal_year=round_.fiscal_year, used_on__gte=round_.starts_on, used_on__lte=round_.ends_on
    )


def fingerprint(round_: PaymentRound) -> str:
    """SHA-256 (hexadecimal) over expenses, statuses, households and the other approved rounds."""
    digest = hashlib.sha256()
    for row in _rows(round_):
        digest.update(repr(row).encode() + b"\n")
    return digest.hexdigest()


def _rows(round_: PaymentRound) -> Iterator[tuple[Any, ...]]:
    expenses = expenses_of(round_)
    pupils = Pupil.objects.filter(pk__in=expenses.order_by().values("pupil"))
    periods = StatusPeriod.objects.filter(pupil__in=pupils)
    homes = Household.objects.filter(members__enrolments__in=pupils).distinct()
    others = PaymentRound.objects.filter(state__in=SETTLED).exclude(pk=round_.pk)
    yield (round_.pack_digest,)
    yield from others.order_by("pk").values_list("pk", "finished_run")
    yield from _paged(expenses, "pupil", "item", "used_on", "amount", "trip", "purpose")
    yield from _paged(pupils, "member", "enrolled_on")
    yield from _paged(
        periods, "pupil", "starts_on", "department", "grade", "attendance", "physical_multiple", "category"
    )
    yield from _paged(homes, "decline", "on_welfare")


def _paged(rows: QuerySet[Any], *fields: str) -> Iterator[tuple[Any, ...]]:
    return rows.order_by("pk").values_list("pk", *fields).iterator(chunk_size=_PAGE)

"""未確認 of a round: who is paid by a figure that nobody has confirmed, and which rows of the 年度定義 those figures are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Count, Func, JSONField, Q, QuerySet

from domain.payments.models import PaymentRound, PupilPayment
from domain.rules import PackError, Standing
from domain.yearpacks.changing import unconfirmed_of
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.resolving import pack_of
from domain.yearpacks.unconfirmed import Unconfirmed

UNCONFIRMED = Q(state=PupilPayment.State.PAYABLE, standing=Standing.UNCONFIRMED.value)
"""A payment with 円 that stands on a row nobody has confirmed; one that a board has accepted stands on its own word."""


def unconfirmed_among(payments: QuerySet[PupilPayment]) -> QuerySet[PupilPayment]:
    """Who is paid by a figure that nobody has confirmed."""
    return payments.filter(UNCONFIRMED)


def is_unconfirmed(payment: PupilPayment) -> bool:
    return payment.state == PupilPayment.State.PAYABLE and payment.standing == Standing.UNCONFIRMED.value


class _Rows(Func):
    """Names of the unconfirmed rows that a receipt used, one result each."""

    template = """jsonb_path_query(%(expressions)s, '$.steps[*].rows[*] ? (@.standing == "unconfirmed").row')"""
    output_field: ClassVar[JSONField[Any, Any]] = JSONField()
    set_returning = True


def unconfirmed_rules(round_: PaymentRound) -> list[dict[str, Any]]:
    """Each unconfirmed row that a payment of the round stands on, and how many pupils' do: kept with the run's figures."""
    payments = unconfirmed_among(PupilPayment.objects.filter(round=round_)).order_by()
    rows = payments.annotate(row=_Rows("receipt")).values_list("row").annotate(pupils=Count("pk", distinct=True))
    counted = sorted(rows, key=lambda row: (-row[1], row[0]))
    return [{"row": row, "pupils": pupils} for row, pupils in counted]


@dataclass(frozen=True, slots=True)
class OpenRule:
    """A row nobody has confirmed in words; `pupils` who are paid by it, in the whole prefecture."""

    kind: str
    title: str
    value: str
    source: str
    pupils: int


def open_rules(round_: PaymentRound) -> list[OpenRule]:
    """As the last run found them; by its bare name where the 年度定義 cannot be read any more."""
    found: Iterable[Mapping[str, Any]] = round_.figures.get("unconfirmed", ())
    if not found:
        return []
    try:
        known = {row.printed: row for row in unconfirmed_of(pack_of(round_.pack, tuple(round_.overlays)))}
    except (PackError, YearpackError):
        known = {}
    return [_in_words(each, known.get(each["row"])) for each in found]


def _in_words(counted: Mapping[str, Any], row: Unconfirmed | None) -> OpenRule:
    if row is None:
        return OpenRule("", counted["row"], "", "", counted["pupils"])
    return OpenRule(row.kind, row.title, row.value, row.source, counted["pupils"])

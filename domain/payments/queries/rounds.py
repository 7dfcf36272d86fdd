"""Figures of rounds for the pages, each an aggregate over the schools of the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from domain.payments.doubts import UNCONFIRMED, unconfirmed_among
from domain.payments.ledgers import names_of, read, sums
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment
from domain.payments.queries.scope import of_schools, payments_in
from domain.payments.totals import Figures, figures_of

State = PupilPayment.State


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A line of the list of rounds: pupils who are paid and 円, of the person's schools; `doubtful` of them by 未確認."""

    round: PaymentRound
    count: int
    total: int
    doubtful: int


def list_rounds(user: User) -> list[RoundRow]:
    """Newest year first. Two queries."""
    rows = PupilPayment.objects.filter(of_schools(user, "pupil__school"), state=State.PAYABLE).order_by()
    sums = rows.values_list("round").annotate(
        paid=Count("pk"), of_total=Sum("total"), doubtful=Count("pk", UNCONFIRMED)
    )
    figures = {round_: (paid, int(total), doubtful) for round_, paid, total, doubtful in sums}
    rounds = PaymentRound.objects.defer("figures").order_by("-fiscal_year", "number")
    return [RoundRow(round_, *figures.get(round_.pk, (0, 0, 0))) for round_ in rounds]


def figures_for(user: User, round_: PaymentRound) -> Figures:
    """What the round pays at the person's schools."""
    lines = PaymentLine.objects.filter(of_schools(user, "payment__pupil__school"), payment__round=round_)
    return figures_of(payments_in(user, round_), lines, names_of(round_))


def reasons_of(user: User, round_: PaymentRound) -> list[tuple[str, int]]:
    """Why pupils of the person's schools are stopped, and how many each."""
    stopped = payments_in(user, round_).filter(state=State.STOPPED).order_by()
    counted = stopped.values_list("reason").annotate(pupils=Count("pk"))
    return sorted(((reason, pupils) for reason, pupils in counted), key=lambda row: (-row[1], row[0]))


def narrowed(payments: QuerySet[PupilPayment], state: str, school: str) -> QuerySet[PupilPayment]:
    """By a state of payment, `held` (保留あり), `unconfirmed` (未確認) or `changed` (前回計算と違う), and by 学校コード."""
    if state in State.values:
        payments = payments.filter(state=state)
    elif state == "held":
        payments = payments.filter(held__gt=0)
    elif state == "unconfirmed":
        payments = unconfirmed_among(payments)
    elif state == "changed":
        payments = payments.exclude(causes=[])
    return payments.filter(pupil__school__code=school) if school else payments


@dataclass(frozen=True, slots=True)
class Sums:
    """Pupils who are paid, and 円: in all and by ledger in the order of the round."""

    paid: int
    total: int
    amounts: list[int]


def sums_of(payments: QuerySet[PupilPayment], names: Sequence[str]) -> Sums:
    paid = Count("pk", filter=Q(state=State.PAYABLE))
    row = payments.order_by().aggregate(paid=paid, of_total=Sum("total", default=0), **sums(names))
    return Sums(row["paid"], int(row["of_total"]), list(read(row, names).values()))

"""The end of a calculation: what fell out, the totals by item beside those of the run before, and the new state."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.calculation.run import Fence, held_for
from domain.payments.causes import Cause
from domain.payments.doubts import unconfirmed_rules
from domain.payments.errors import SumsDisagree
from domain.payments.ledgers import added, names_of, read, sums
from domain.payments.models import Adjustment, PaymentLine, PaymentRound, PupilPayment
from domain.payments.states import State, move
from domain.payments.totals import Figures, figures_of, totals_of


@transaction.atomic
def finish(round_: PaymentRound, fence: Fence) -> PaymentRound:
    """Close the run: rows of pupils without expenses go, figures are kept. Raises RunOver, SumsDisagree."""
    fence()
    row = held_for(round_)
    gone = _remove_rest(row)
    Adjustment.objects.filter(round=row).exclude(run=row.run).delete()
    require_equal_sums(row)
    before = row.figures.get("now")
    figures: Figures = {"run": row.run, "now": summary(row), "before": before, "causes": [*_causes(row), *gone]}
    figures["unconfirmed"] = unconfirmed_rules(row)
    by = current_actor().name
    move(row, State.CALCULATED, by=by, figures=figures, finished_run=row.run, calculated_at=timezone.now())
    record(
        Event.ROUND_PAYMENTS_CALCULATED,
        subjects=[Subject("round", str(row.pk))],
        detail={name: figures["now"][name] for name in ("count", "total", "stopped", "held")} | {"run": row.run},
    )
    return row


def summary(round_: PaymentRound) -> Figures:
    """The figures of the whole round."""
    lines = PaymentLine.objects.filter(payment__round=round_)
    return figures_of(PupilPayment.objects.filter(round=round_), lines, names_of(round_))


def require_equal_sums(round_: PaymentRound) -> None:
    """Pupils must give the same amount in each ledger as lines and carried adjustments. Raises SumsDisagree."""
    names = names_of(round_)
    lines = read(PaymentLine.objects.filter(payment__round=round_).aggregate(**sums(names)), names)
    carried = read(Adjustment.objects.filter(round=round_, applied=True).aggregate(**sums(names)), names)
    if totals_of(round_).ledgers != added([lines, carried]):
        raise SumsDisagree("個人別の支給額と明細の合計")


def _causes(round_: PaymentRound) -> list[Figures]:
    """Pupils whose payment differs from the last finished run, by causes; 円 before and after."""
    changed = PupilPayment.objects.filter(round=round_).exclude(causes=[]).order_by("causes")
    rows = changed.values("causes").annotate(pupils=Count("pk"), of_before=Sum("previous"), of_after=Sum("total"))
    return [
        {
            "causes": row["causes"],
            "pupils": row["pupils"],
            "before": int(row["of_before"] or 0),
            "after": int(row["of_after"]),
        }
        for row in rows
    ]


def _remove_rest(round_: PaymentRound) -> list[Figures]:
    """Take out what this run did not make any more; 円 as the last finished run had it."""
    rest = PupilPayment.objects.filter(round=round_).exclude(run=round_.run)
    amounts: dict[str, int] = defaultdict(int)
    for run, total, previous in rest.values_list("run", "total", "previous"):
        amount = total if run <= round_.finished_run else previous or 0
        if amount:
            amounts["pupils"] += 1
            amounts["before"] += amount
    PaymentLine.objects.filter(payment__in=rest).delete()
    rest.delete()
    if not amounts:
        return []
    return [{"causes": [Cause.GONE], "pupils": amounts["pupils"], "before": amounts["before"], "after": 0}]

"""追給・戻入 of a round as the pages list them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from domain.payments.calculation.differences import in_words
from domain.payments.items import Items
from domain.payments.ledgers import Amounts, added
from domain.payments.models import Adjustment, PaymentRound
from domain.payments.queries.scope import of_schools

SHOWN = 200


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """One item and month of a pupil, with its words. 円"""

    adjustment: Adjustment
    title: str
    cause: str

    @property
    def waits(self) -> bool:
        """Whether an officer has to decide."""
        return self.adjustment.state == Adjustment.State.OPEN

    @property
    def not_applied(self) -> str:
        """Why an accepted 戻入 is not in the payment, in Japanese; "" when it is, or is not accepted."""
        row = self.adjustment
        if row.accepted_at is None or row.applied:
            return ""
        calculated_at = row.round.calculated_at
        if calculated_at is None or row.accepted_at > calculated_at:
            return "計算し直すと、支給額から差し引きます。"
        return "今回の支給額より大きいため差し引いていません。返還の手続きをしてください。"


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Of the person's schools: `rows` (the first of them, those that wait foremost), `more` further ones, `carried` by ledger."""

    rows: list[AdjustmentRow]
    more: int
    carried: Amounts

    @property
    def total(self) -> int:
        return sum(self.carried.values())


def adjusted_in(user: User, round_: PaymentRound, items: Items, pupil: int | None = None) -> Adjusted:
    """Two queries."""
    found = Adjustment.objects.filter(of_schools(user, "pupil__school"), round=round_)
    if pupil is not None:
        found = found.filter(pupil=pupil)
    carried = added(found.filter(applied=True).order_by().values_list("ledgers", flat=True))
    rows = list(
        found.select_related("pupil__school", "round").order_by("-state", "pupil__student_number", "month", "item")
    )
    shown = [AdjustmentRow(each, items.title(each.item), in_words(each.cause)) for each in rows[:SHOWN]]
    return Adjusted(shown, max(0, len(rows) - SHOWN), carried)

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
    asks: bool = False
    """Whether the act for all differences of the child stands here."""

    @property
    def waits(self) -> bool:
        """Whether an officer has to decide."""
        return self.adjustment.state == Adjustment.State.OPEN

    @property
    def not_applied(self) -> str:
        """Why it is not in the payment, in Japanese; "" when it is, and for a 戻入 that waits for the officer."""
        row = self.adjustment
        if row.applied or self.waits:
            return ""
        if row.net >= 0:
            return "前に在籍した学校の分の戻入を差し引く支給がないため、今回の支給には入れていません。"
        if row.accepted_at is None:
            return "戻入の差引きを決めると、あわせて支給に入ります。"
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
    asking = {each.pupil.member_id: each.pk for each in reversed(rows[:SHOWN]) if each.state == Adjustment.State.OPEN}
    shown = [
        AdjustmentRow(each, items.title(each.item), in_words(each.cause), asking.get(each.pupil.member_id) == each.pk)
        for each in rows[:SHOWN]
    ]
    return Adjusted(shown, max(0, len(rows) - SHOWN), carried)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an officer has not decided: of how many children, and 円 (below 0)."""

    children: int
    total: int


def waiting_in(user: User, round_: PaymentRound) -> Waiting:
    """Of the person's schools. One query."""
    found = Adjustment.objects.filter(
        of_schools(user, "pupil__school"), round=round_, state=Adjustment.State.OPEN
    ).order_by()
    nets = dict(found.values_list("pupil__member", "net"))
    return Waiting(len(nets), sum(nets.values()))

"""追給・戻入 of a round as the pages list them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from domain.payments.causes import in_words
from domain.payments.items import Items
from domain.payments.ledgers import Amounts, added
from domain.payments.models import Adjustment, PaymentRound
from domain.payments.queries.scope import of_schools

SHOWN = 200
State = Adjustment.State


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
        return self.adjustment.state == State.OPEN

    @property
    def elsewhere(self) -> str:
        """The school whose payment counts it, where it is not the pupil's own; "" else."""
        row = self.adjustment
        if row.counted_at is None or row.counted_at_id == row.pupil_id:
            return ""
        return row.counted_at.school.name


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A child whose differences are not in the round's payments: 円, why, and what the board can do.

    `due` and `too_much` are those of the schools that are shown, `net` is of all schools of the child.
    """

    adjustment: Adjustment
    due: int
    too_much: int
    why: str
    what_to_do: str

    @property
    def net(self) -> int:
        return self.adjustment.net


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Of the person's schools: `rows` (the first of them, those that wait foremost), `more` further ones, `carried` by ledger,
    and the children whose differences are held back.
    """

    rows: list[AdjustmentRow]
    more: int
    carried: Amounts
    held_back: list[HeldBack]

    @property
    def total(self) -> int:
        return sum(self.carried.values())


def adjusted_in(user: User, round_: PaymentRound, items: Items, pupil: int | None = None) -> Adjusted:
    """Two queries. What another school's enrolment of the child brings into a payment is shown with that payment."""
    found = _of(round_, of_schools(user, "pupil__school") | of_schools(user, "counted_at__school"))
    counted = _of(round_, of_schools(user, "counted_at__school"))
    if pupil is not None:
        found, counted = found.filter(Q(pupil=pupil) | Q(counted_at=pupil)), counted.filter(counted_at=pupil)
    carried = added(counted.filter(applied=True).order_by().values_list("ledgers", flat=True))
    rows = list(
        found.select_related("pupil__school", "round", "counted_at__school").order_by(
            "-state", "pupil__student_number", "month", "item"
        )
    )
    asking = {each.pupil.member_id: each.pk for each in reversed(rows[:SHOWN]) if each.state == State.OPEN}
    shown = [
        AdjustmentRow(each, items.title(each.item), in_words(each.causes), asking.get(each.pupil.member_id) == each.pk)
        for each in rows[:SHOWN]
    ]
    return Adjusted(shown, max(0, len(rows) - SHOWN), carried, held_back(rows[:SHOWN]))


def _of(round_: PaymentRound, wanted: Q) -> QuerySet[Adjustment]:
    return Adjustment.objects.filter(wanted, round=round_)


def held_back(rows: Iterable[Adjustment]) -> list[HeldBack]:
    """By child, of rows with their pupil and round."""
    by_member: dict[int, list[Adjustment]] = {}
    for row in rows:
        if not row.applied:
            by_member.setdefault(row.pupil.member_id, []).append(row)
    return [_held_back(found) for found in by_member.values()]


def _held_back(rows: list[Adjustment]) -> HeldBack:
    due, too_much = (sum(row.total for row in rows if (row.total < 0) is less) for less in (False, True))
    return HeldBack(rows[0], due, too_much, *_why(rows[0]))


def _why(row: Adjustment) -> tuple[str, str]:
    """Why the differences of a child are not in its payment, and what to do, in Japanese."""
    round_ = row.round
    if row.net >= 0:
        return "在籍・状況が食い違い、支給を止めているため", "支給停止の理由を直し、計算し直してください。"
    why = "戻入が追給より大きく、合わせると返してもらう額になるため"
    if round_.only_differences:
        return why, (
            "この支給回には差し引く支給がありません。対象期間のある支給回で差引きを決めるか、"
            "この支給回の外で返還の手続きをしてください。"
        )
    if not round_.is_open:
        return why, "この支給回には入りませんでした。次の支給回でまた示します。"
    if row.accepted_at is None:
        return why, "差引きを決めて計算し直すと、この支給回の支給から差し引きます。"
    if round_.calculated_at is None or row.accepted_at > round_.calculated_at:
        return "差引きを決めた後、まだ計算していないため", "計算し直すと、支給額から差し引きます。"
    return (
        "今回の支給額より大きいため",
        "次の支給回でまた差し引くか、この支給回の外で返還の手続きをしてください。",
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an officer has not decided: of how many children, and 円 (below 0)."""

    children: int
    total: int


def waiting_in(user: User, round_: PaymentRound) -> Waiting:
    """Of the person's schools. One query."""
    found = _of(round_, of_schools(user, "pupil__school")).filter(state=State.OPEN).order_by()
    nets = dict(found.values_list("pupil__member", "net"))
    return Waiting(len(nets), sum(nets.values()))

"""The facts of some members for one round, read in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.households.models import Pupil, StatusPeriod
from domain.payments.calculation.fingerprint import expenses_of
from domain.payments.models import Adjustment, Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.outside import Brought, brought_by
from domain.payments.states import SETTLED
from domain.rules import CarriedAmount, Department, Pack, PaidOnce


@dataclass(slots=True)
class Used:
    """What a member's earlier payments used up: of the year's caps by item, and of journeys in any year.

    `brought`: the part of both that a school outside of ours paid (管理外学校支給額).
    """

    amounts: dict[str, tuple[int, int]] = field(default_factory=dict)
    journeys: list[PaidOnce] = field(default_factory=list)
    brought: Brought = field(default_factory=Brought)

    def copy(self) -> Used:
        return Used(dict(self.amounts), list(self.journeys), self.brought)

    def carried(self) -> tuple[CarriedAmount, ...]:
        return tuple(CarriedAmount(item, *used) for item, used in sorted(self.amounts.items()))

    def at_least(self, other: Used) -> None:
        """Raise every amount to the other's."""
        for item, (expense, paid) in other.amounts.items():
            before = self.amounts.get(item, (0, 0))
            self.amounts[item] = (max(before[0], expense), max(before[1], paid))

    def bring(self, brought: Brought) -> None:
        """Count what the member brought along."""
        self.brought = brought
        for item, (expense, paid) in brought.amounts.items():
            self.add(item, expense, paid)
        self.journeys += brought.journeys

    def add(self, item: str, eligible: int, paid: int) -> None:
        before = self.amounts.get(item, (0, 0))
        self.amounts[item] = (before[0] + eligible, before[1] + paid)


@dataclass(slots=True)
class Chunk:
    """Members with expenses in the round: enrolments in order of time, and everything by pupil or member id.

    `entered_on`: by member, the first day at any school of ours. `adjusted`: 追給・戻入 of the run before, by pupil.
    """

    enrolments: dict[int, list[Pupil]]
    everyone: dict[int, list[Pupil]]
    periods: Mapping[int, Sequence[StatusPeriod]]
    expenses: Mapping[int, Sequence[Expense]]
    used: Mapping[int, Used]
    before: Mapping[int, PupilPayment]
    entered_on: Mapping[int, datetime.date]
    adjusted: Mapping[int, Mapping[tuple[str, datetime.date], Adjustment]]

    def pupils(self) -> list[Pupil]:
        """Every enrolment of the members."""
        return [pupil for pupils in self.everyone.values() for pupil in pupils]


def load(round_: PaymentRound, members: Sequence[int], pack: Pack) -> Chunk:
    """Facts of these members; enrolments with neither expenses in the round nor 追給・戻入 are only in `everyone`."""
    pupils = list(
        Pupil.objects.filter(member__in=members)
        .select_related("member__household", "school")
        .order_by("member_id", "enrolled_on", "pk")
    )
    ids = [pupil.pk for pupil in pupils]
    expenses: dict[int, list[Expense]] = defaultdict(list)
    for expense in expenses_of(round_).filter(pupil__in=ids).order_by("pupil_id", "used_on", "id"):
        expenses[expense.pupil_id].append(expense)
    enrolments: dict[int, list[Pupil]] = defaultdict(list)
    everyone: dict[int, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        everyone[pupil.member_id].append(pupil)
        if pupil.pk in expenses or pupil.pk in round_.settling:
            enrolments[pupil.member_id].append(pupil)
    periods: dict[int, list[StatusPeriod]] = defaultdict(list)
    for period in StatusPeriod.objects.filter(pupil__in=ids).order_by("pupil_id", "starts_on"):
        periods[period.pupil_id].append(period)
    before = {payment.pupil_id: payment for payment in PupilPayment.objects.filter(round=round_, pupil__in=ids)}
    adjusted: dict[int, dict[tuple[str, datetime.date], Adjustment]] = defaultdict(dict)
    for line in Adjustment.objects.filter(round=round_, pupil__in=ids):
        adjusted[line.pupil_id][line.item, line.month] = line
    entered_on: dict[int, datetime.date] = {}
    for pupil in pupils:
        entered_on.setdefault(pupil.member_id, pupil.enrolled_on)
    return Chunk(enrolments, everyone, periods, expenses, _used(round_, pupils, pack), before, entered_on, adjusted)


def _used(round_: PaymentRound, pupils: Sequence[Pupil], pack: Pack) -> dict[int, Used]:
    """From the approved rounds: caps of this year, journeys of any year; at whichever school they were paid."""
    used: dict[int, Used] = defaultdict(Used)
    paid = PupilPayment.objects.filter(pupil__in=[pupil.pk for pupil in pupils], round__state__in=SETTLED)
    earlier = {
        pk: (member, year)
        for pk, member, year in paid.exclude(round=round_.pk)
        .order_by("pk")
        .values_list("pk", "pupil__member", "round__fiscal_year")
    }
    once = [item.code for item in pack.items.values() if item.once_per_department]
    journeys: set[int] = set()
    for line in PaymentLine.objects.filter(payment__in=list(earlier)).order_by("pk"):
        member, year = earlier[line.payment_id]
        if year == round_.fiscal_year and line.item in pack.items:
            used[member].add(line.item, line.eligible, line.total)
        if line.item in once and line.eligible:
            journeys.add(line.payment_id)
    carried = Adjustment.objects.filter(
        pupil__in=[pupil.pk for pupil in pupils],
        applied=True,
        round__state__in=SETTLED,
        round__fiscal_year=round_.fiscal_year,
    )
    for member, item, total in (
        carried.exclude(round=round_.pk).order_by("pk").values_list("pupil__member", "item", "total")
    ):
        if item in pack.items:
            used[member].add(item, 0, total)
    for member, brought in brought_by([pupil.member_id for pupil in pupils], round_.fiscal_year).items():
        used[member].bring(brought.of(pack.items))
    for payment in PupilPayment.objects.filter(pk__in=journeys).order_by("pk"):
        used[earlier[payment.pk][0]].journeys += journeys_of(payment.receipt, once)
    return used


def journeys_of(receipt: Mapping[str, Any], once: Sequence[str]) -> list[PaidOnce]:
    """The journeys a receipt paid for: items of `once`, each for a 部, with its number in that year."""
    numbers = {line["key"]: line["count_no"] or 1 for line in receipt["case"]["expenses"]}
    return [
        PaidOnce(
            item=step["item"],
            department=Department(step["department"]),
            fiscal_year=receipt["case"]["fiscal_year"],
            count_no=numbers[step["expenses"][0]],
        )
        for step in receipt["steps"]
        if step["item"] in once and step["paid"] > 0
    ]

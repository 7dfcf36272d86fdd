"""管理外学校支給額 entered from the ledger a pupil brings along, and taken out again; what it uses up of caps and journeys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from audit.trail.actors import current_actor
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member, Pupil
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses import late
from domain.payments.expenses.late import SCHOOL, LateRight
from domain.payments.items import items_of
from domain.payments.models import OutsideGrant, PaymentRound, PupilPayment
from domain.payments.states import SETTLED
from domain.rules import Department, PaidOnce

OutsideUsed = Mapping[str, tuple[int, int]]
"""By item: 対象額 and 支給額, 円."""


@dataclass(frozen=True, slots=True)
class OutsideFacts:
    """One line of what was brought along, 円. `department`: a value of the rules' 部, of an item that is paid once in each;
    `paid_in`: the fiscal year, where it is not the one that is paid now."""

    item: str
    expense: int
    paid: int
    source: str
    department: str = ""
    paid_in: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a member brought along: `amounts` of the year, by item, and `journeys` of any year that a 部 pays only once."""

    amounts: OutsideUsed = field(default_factory=dict)
    journeys: Sequence[PaidOnce] = ()

    def of(self, items: Collection[str]) -> Brought:
        """The part that is about these items."""
        amounts = {item: used for item, used in self.amounts.items() if item in items}
        return Brought(amounts, [each for each in self.journeys if each.item in items])

    def kept(self) -> dict[str, Any]:
        """As it is kept with a payment, to see later whether it has changed; empty for nothing."""
        if not self.amounts and not self.journeys:
            return {}
        journeys = [[each.item, each.department.value, each.fiscal_year] for each in self.journeys]
        return {"amounts": {item: list(used) for item, used in sorted(self.amounts.items())}, "journeys": journeys}


@transaction.atomic
def enter_outside(pupil: Pupil, fiscal_year: int, facts: OutsideFacts, *, right: LateRight = SCHOOL) -> OutsideGrant:
    """Register what another school paid for one item. Raises ExpenseRefused.

    Where an approved round paid the item, only by the board, with a reason: the next round settles.
    """
    paid_in = facts.paid_in or fiscal_year
    _check(facts, fiscal_year, paid_in)
    made = OutsideGrant(
        pupil=pupil,
        fiscal_year=paid_in,
        item=facts.item,
        expense=facts.expense,
        paid=facts.paid,
        department=facts.department,
        source=facts.source,
        created_by=current_actor().name,
    )
    late_ = _late(made, right)
    _hold_alone(made)
    made.save()
    _record(Event.EXPENSE_OUTSIDE_ENTERED, made, late_)
    return made


def _hold_alone(grant: OutsideGrant) -> None:
    """Amounts count for the child, at whichever school they were entered: one line for an item. Raises ExpenseRefused."""
    member = Member.objects.select_for_update(no_key=True).get(pk=grant.pupil.member_id)
    same = OutsideGrant.objects.filter(pupil__member=member, fiscal_year=grant.fiscal_year, item=grant.item)
    found = same.select_related("pupil__school").first()
    if found is None:
        return
    where = "" if found.pupil_id == grant.pupil_id else f"（{found.pupil.school.name}での在籍に登録されています）"
    text = (
        f"この児童生徒のこの経費項目は登録済みです{where}。直すときは、登録済みの行を取り消してから登録してください。"
    )
    raise ExpenseRefused("item", text)


def _late(grant: OutsideGrant, right: LateRight) -> dict[str, JSON]:
    """What the trail keeps where an approved round counted it; raises ExpenseRefused without the right and a reason."""
    round_ = _counted_in(grant)
    if round_ is None:
        return {}
    if not right.board:
        text = (
            f"この児童生徒のこの経費項目は、承認済みの支給回「{round_.title}」の支給に入っているため、学校では登録・取消しができません。"
            "資料と理由を添えて教育委員会に申し出てください。教委担当がこの画面で入力すると、次の支給回で追給・戻入になります。"
        )
        raise ExpenseRefused("", text)
    return {"approved_round": round_.pk, "reason": late.checked_reason(round_, right.reason)}


def _counted_in(grant: OutsideGrant) -> PaymentRound | None:
    """The first approved round that paid the child this item, or counted it as brought along. Its years' rounds are held."""
    years = Q(fiscal_year__gte=grant.fiscal_year) if grant.department else Q(fiscal_year=grant.fiscal_year)
    rounds = PaymentRound.objects.select_for_update(no_key=True).filter(years).order_by("pk")
    closed = {round_.pk: round_ for round_ in rounds if round_.state in SETTLED}
    brought = Q(outside__amounts__has_key=grant.item) | Q(outside__journeys__contains=[[grant.item]])
    payments = PupilPayment.objects.filter(pupil__member=grant.pupil.member_id, round__in=list(closed))
    first = (
        payments.filter(brought | Q(lines__item=grant.item)).order_by("round").values_list("round", flat=True).first()
    )
    return None if first is None else closed[first]


def _check(facts: OutsideFacts, fiscal_year: int, paid_in: int) -> None:
    item = items_of(fiscal_year).payable.get(facts.item)
    if item is None:
        raise ExpenseRefused("item", f"経費項目「{facts.item}」はありません。一覧から選んでください。")
    if facts.paid > facts.expense:
        raise ExpenseRefused("paid", "支給額が対象額を超えています。前の学校の台帳を確かめてください。")
    if item.once_per_department and not facts.department:
        text = f"{item.title}は部ごとに1回だけ支給するため、どの部の旅行に支給したかを選んでください。"
        raise ExpenseRefused("department", text)
    if facts.department and not item.once_per_department:
        raise ExpenseRefused(
            "department", f"{item.title}は部ごとに1回の経費項目ではありません。部は空欄にしてください。"
        )
    if paid_in > fiscal_year or (paid_in < fiscal_year and not item.once_per_department):
        text = f"{item.title}はこの年度の限度額だけに数えるため、前の年度の支給は登録しません。年度を確かめてください。"
        raise ExpenseRefused("paid_in", text)


@transaction.atomic
def remove_outside(grant: OutsideGrant, *, right: LateRight = SCHOOL) -> None:
    """Take a line back; the next calculation counts without it. `right` as for `enter_outside`. Raises ExpenseRefused."""
    late_ = _late(grant, right)
    held = OutsideGrant.objects.select_for_update().filter(pk=grant.pk).first()
    if held is None:
        raise ExpenseRefused("", "この管理外学校支給額は、すでに取り消されています。一覧を確かめてください。")
    _record(Event.EXPENSE_OUTSIDE_REMOVED, held, late_)
    held.delete()


def counting_in(fiscal_year: int) -> Q:
    """Rows that count in a year: its own, and earlier journeys that a 部 pays only once."""
    return Q(fiscal_year=fiscal_year) | (Q(fiscal_year__lt=fiscal_year) & ~Q(department=""))


def brought_by(members: Sequence[int], fiscal_year: int) -> dict[int, Brought]:
    """By member, whichever of their enrolments it was registered for. One query."""
    amounts: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    journeys: dict[int, list[PaidOnce]] = defaultdict(list)
    rows = OutsideGrant.objects.filter(counting_in(fiscal_year), pupil__member__in=members).order_by("item", "pk")
    for row in rows.select_related("pupil"):
        member = row.pupil.member_id
        if row.fiscal_year == fiscal_year:
            before = amounts[member].get(row.item, (0, 0))
            amounts[member][row.item] = (before[0] + row.expense, before[1] + row.paid)
        if row.department and row.paid:
            department = Department(row.department)
            journeys[member].append(PaidOnce(row.item, department, row.fiscal_year, outside=True))
    return {each: Brought(amounts[each], journeys[each]) for each in {*amounts, *journeys}}


def outside_of(members: Sequence[int], fiscal_year: int) -> dict[int, OutsideUsed]:
    """Amounts of the year by member. One query."""
    found = brought_by(members, fiscal_year)
    return {member: brought.amounts for member, brought in found.items() if brought.amounts}


def _record(event: Event, grant: OutsideGrant, late_: dict[str, JSON]) -> None:
    subjects = [Subject("pupil", str(grant.pupil_id))]
    detail: dict[str, JSON] = {"item": grant.item, "expense": grant.expense, "yen": grant.paid}
    record(event, subjects=subjects, detail=detail | late_)

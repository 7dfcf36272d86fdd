"""管理外学校支給額 entered from the ledger a pupil brings along, and taken out again; what it uses up of the year's caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Pupil, School
from domain.payments.errors import ExpenseRefused
from domain.payments.items import items_of
from domain.payments.models import OutsideGrant

OutsideUsed = Mapping[str, tuple[int, int]]
"""By item: 対象額 and 支給額, 円."""


@dataclass(frozen=True, slots=True)
class OutsideFacts:
    """One line of what was brought along, 円."""

    item: str
    expense: int
    paid: int
    source: str


@transaction.atomic
def enter_outside(pupil: Pupil, fiscal_year: int, facts: OutsideFacts) -> OutsideGrant:
    """Register what another school paid for one item. Raises ExpenseRefused."""
    School.objects.select_for_update(no_key=True).get(pk=pupil.school_id)
    if facts.item not in items_of(fiscal_year).payable:
        raise ExpenseRefused("item", f"経費項目「{facts.item}」はありません。一覧から選んでください。")
    if facts.paid > facts.expense:
        raise ExpenseRefused("paid", "支給額が対象額を超えています。前の学校の台帳を確かめてください。")
    if OutsideGrant.objects.filter(pupil=pupil, fiscal_year=fiscal_year, item=facts.item).exists():
        text = "この児童生徒のこの経費項目は登録済みです。直すときは、登録済みの行を取り消してから登録してください。"
        raise ExpenseRefused("item", text)
    made = OutsideGrant.objects.create(
        pupil=pupil,
        fiscal_year=fiscal_year,
        item=facts.item,
        expense=facts.expense,
        paid=facts.paid,
        source=facts.source,
        created_by=current_actor().name,
    )
    _record(Event.EXPENSE_OUTSIDE_ENTERED, made)
    return made


@transaction.atomic
def remove_outside(grant: OutsideGrant) -> None:
    """Take a line back; the next calculation counts without it."""
    held = OutsideGrant.objects.select_for_update().get(pk=grant.pk)
    _record(Event.EXPENSE_OUTSIDE_REMOVED, held)
    held.delete()


def outside_of(members: Sequence[int], fiscal_year: int) -> dict[int, OutsideUsed]:
    """By member, whichever of their enrolments it was registered for. One query."""
    found: dict[int, dict[str, tuple[int, int]]] = {}
    rows = OutsideGrant.objects.filter(pupil__member__in=members, fiscal_year=fiscal_year).order_by("pk")
    for member, item, expense, paid in rows.values_list("pupil__member", "item", "expense", "paid"):
        before = found.setdefault(member, {}).get(item, (0, 0))
        found[member][item] = (before[0] + expense, before[1] + paid)
    return dict(found)


def _record(event: Event, grant: OutsideGrant) -> None:
    subjects = [Subject("pupil", str(grant.pupil_id))]
    record(event, subjects=subjects, detail={"item": grant.item, "expense": grant.expense, "yen": grant.paid})

"""Writes a compared roster into the tables. Runs inside the one transaction of the import."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeVar

from django.db.models import Manager, Model
from django.utils import timezone

from domain.households import atena_numbers
from domain.households.importing.compare import Plan
from domain.households.importing.enrolments import PupilPlan
from domain.households.importing.stored import Stored
from domain.households.models import Household, IncomeCertificate, Member, Pupil, StatusPeriod

CHUNK = 1_000
_NEVER_CHANGED = {"id", "recorded_at"}

Row = TypeVar("Row", bound=Model)


def write_households(plan: Plan) -> None:
    """Households first, then members with their 業務宛名番号, then certificates."""
    create(Household, plan.new_households)
    update(Household, plan.changed_households)
    for member, number in zip(plan.new_members, atena_numbers.issue(len(plan.new_members)), strict=True):
        member.atena_number = number
    create(Member, plan.new_members)
    update(Member, plan.changed_members)
    create(IncomeCertificate, plan.new_certificates)
    update(IncomeCertificate, plan.changed_certificates)


def members_by_key(stored: Stored, plan: Plan) -> dict[tuple[str, str], Member]:
    """Members of the households that were taken, by (household number, key)."""
    taken = {key: member for key, member in stored.members.items() if key[0] not in plan.parked}
    return taken | {(member.household.number, member.key): member for member in plan.new_members}


def write_pupils(plan: PupilPlan) -> None:
    create(Pupil, plan.new)
    update(Pupil, plan.changed)
    gone = [period.pk for period in chain.from_iterable(each.gone for each in plan.periods)]
    StatusPeriod.objects.filter(pk__in=gone).delete()
    update(StatusPeriod, list(chain.from_iterable(each.changed for each in plan.periods)))
    create(StatusPeriod, list(chain.from_iterable(each.new for each in plan.periods)))


def create(model: type[Row], rows: Sequence[Row]) -> None:
    _manager(model).bulk_create(rows, batch_size=CHUNK)


def update(model: type[Row], rows: Sequence[Row]) -> None:
    """`auto_now` does not reach bulk updates: the stamp is set here."""
    names = [field.name for field in model._meta.concrete_fields if field.name not in _NEVER_CHANGED]
    if "updated_at" in names:
        now = timezone.now()
        for row in rows:
            row.updated_at = now  # type: ignore[attr-defined]
    if rows:
        _manager(model).bulk_update(rows, names, batch_size=200)


def _manager(model: type[Row]) -> Manager[Any]:
    return model._default_manager

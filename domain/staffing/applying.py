"""Carrying out an approved transfer, one person at a time; each person once, however often the job begins anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from accounts.roles import Role
from domain.staffing.models import TransferLine, TransferPlan
from jobs.handle import JobHandle

Kind = TransferLine.Kind


def carry_out(handle: JobHandle, plan: TransferPlan) -> None:
    """All lines that are not applied yet. Dated: what begins on the day of the transfer is in force from its 0:00."""
    total = plan.lines.count()
    for pk in list(plan.lines.filter(applied_at=None).values_list("pk", flat=True)):
        handle.advance(plan.lines.exclude(applied_at=None).count(), total, "人事異動の反映")
        _apply_once(pk, plan.effective_on)
    handle.advance(total, total)
    for kind in Kind:
        handle.set_count(kind.label, plan.lines.filter(kind=kind).exclude(applied_at=None).count())


def _apply_once(pk: int, day: date) -> None:
    with transaction.atomic():
        line = TransferLine.objects.select_for_update().get(pk=pk)
        if line.applied_at is not None:
            return
        _apply(line, day)
        line.applied_at = timezone.now()
        line.save(update_fields=["applied_at"])


def _apply(line: TransferLine, day: date) -> None:
    facts = {name: line.content.get(name, "") for name in ("display_name", "kana", "section")}
    if line.kind == Kind.NEW:
        user = accounts.create_user(line.username, **facts, starts_on=day)
        _give(user, line.content, day)
    elif line.kind == Kind.LEAVING:
        user = User.objects.select_for_update().get(username=line.username)
        _change(user, _facts_of(user), ends_on=day - timedelta(days=1))
    elif line.kind == Kind.MOVED:
        user = User.objects.select_for_update().get(username=line.username)
        _change(user, facts, ends_on=user.ends_on)
        _take(user, line.content, day)
        _give(user, line.content, day)


def _facts_of(user: User) -> dict[str, str]:
    return {"display_name": user.display_name, "kana": user.kana, "section": user.section}


def _change(user: User, facts: dict[str, str], *, ends_on: date | None) -> None:
    starts_on = user.starts_on
    if ends_on is not None and starts_on is not None and starts_on > ends_on:
        starts_on = ends_on  # somebody who leaves before having begun
    accounts.change_user(user, **facts, starts_on=starts_on, ends_on=ends_on)


def _give(user: User, content: dict[str, Any], day: date) -> None:
    for role, school, trained in content["gained"]:
        training_on = date.fromisoformat(trained) if trained else None
        accounts.assign_role(user, Role(role), school_code=school, starts_on=day, training_on=training_on)


def _take(user: User, content: dict[str, Any], day: date) -> None:
    for role, school in content["lost"]:
        for row in user.role_assignments.filter(role=role, school_code=school, acting_for=None):
            if row.ends_on is None or row.ends_on >= day:
                accounts.end_role(row, day - timedelta(days=1))

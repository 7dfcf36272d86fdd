"""Carrying out an approved transfer, one person at a time; each person once, however often the job begins anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.errors import AccountError
from accounts.models import User
from accounts.roles import Role
from domain.staffing.errors import TransferRefused
from domain.staffing.models import TransferLine, TransferPlan
from jobs.handle import JobHandle

Kind = TransferLine.Kind


def carry_out(handle: JobHandle, plan: TransferPlan) -> None:
    """All lines that are not applied yet. Dated: what begins on the day of the transfer is in force from its 0:00.

    A person whose line cannot be applied any more is named with the reason and holds up nobody else, leavers least of all. What is
    left long after the day is not applied at all: it would begin backdated, on what is known no longer to be so.
    """
    total = plan.lines.count()
    for pk in list(plan.lines.filter(applied_at=None).values_list("pk", flat=True)):
        handle.advance(plan.lines.exclude(applied_at=None).count(), total, "人事異動の反映")
        _apply_once(pk, plan)
    handle.advance(total, total)
    for kind in Kind:
        handle.set_count(kind.label, plan.lines.filter(kind=kind).exclude(applied_at=None).count())
    if refused := plan.lines.exclude(refusal="").count():
        handle.set_count("反映できなかった人", refused)


def _apply_once(pk: int, plan: TransferPlan) -> None:
    try:
        with transaction.atomic():
            line = TransferLine.objects.select_for_update().get(pk=pk)
            if line.applied_at is not None:
                return
            if line.kind != Kind.UNCHANGED and _is_over(plan):
                raise TransferRefused("異動日を過ぎたため、反映していません。新しい異動日で提案し直してください。")
            _apply(line, plan.effective_on)
            line.applied_at, line.refusal = timezone.now(), ""
            line.save(update_fields=["applied_at", "refusal"])
    except (AccountError, TransferRefused, User.DoesNotExist) as error:
        words = "この職員IDの利用者がいません。" if isinstance(error, User.DoesNotExist) else str(error)
        TransferLine.objects.filter(pk=pk).update(refusal=words)


def _is_over(plan: TransferPlan) -> bool:
    """A day is left for a job that was stopped and begins anew."""
    approved = timezone.localdate(plan.approved_at) if plan.approved_at else plan.effective_on
    return _today() > max(plan.effective_on, approved + timedelta(days=1))


def _today() -> date:
    return timezone.localdate()


def _apply(line: TransferLine, day: date) -> None:
    facts = {name: line.content.get(name, "") for name in ("display_name", "kana", "section")}
    if line.kind == Kind.NEW:
        user = accounts.create_user(line.username, **facts, starts_on=day)
        _give(user, line.content, day)
    elif line.kind == Kind.LEAVING:
        user = User.objects.select_for_update(no_key=True).get(username=line.username)
        _change(user, _facts_of(user), ends_on=day - timedelta(days=1))
    elif line.kind == Kind.MOVED:
        user = User.objects.select_for_update(no_key=True).get(username=line.username)
        _change(user, facts, ends_on=user.ends_on)
        _take(user, line.content, day)
        _give(user, line.content, day)
        _train(user, line.content)


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


def _train(user: User, content: dict[str, Any]) -> None:
    for role, school, trained in content.get("trained", []):
        for row in user.role_assignments.filter(role=role, school_code=school, acting_for=None):
            accounts.record_training(row, date.fromisoformat(trained))


def _take(user: User, content: dict[str, Any], day: date) -> None:
    for role, school in content["lost"]:
        for row in user.role_assignments.filter(role=role, school_code=school, acting_for=None):
            if row.ends_on is None or row.ends_on >= day:
                accounts.end_role(row, day - timedelta(days=1))

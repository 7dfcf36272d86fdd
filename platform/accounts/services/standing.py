"""Somebody must be left who asks and another who approves: without them no account can ever be changed again.

Acts of one person that would take the last pair away are refused. Where it is gone all the same (an approver lost the
authenticator, left with 人事異動, or fell ill), two operators make somebody a manager: `manage.py restore_approver`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import LastApprover
from accounts.models import RoleAssignment, User
from accounts.permissions import Permission, roles_with
from accounts.roles import CONSOLE_ROLES, Role
from audit.trail.actors import ActorKind, current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import scope

ASKING: Final = frozenset(roles_with(Permission.MANAGE_USERS)) - CONSOLE_ROLES
APPROVING: Final = frozenset(roles_with(Permission.APPROVE_ACCOUNT)) - CONSOLE_ROLES


def is_in_order(day: date) -> bool:
    """Whether one person can ask for a change of accounts on `day`, and another approve it; both have come in before."""
    return _in_order(_holders(), day)


def _holders() -> list[RoleAssignment]:
    rows = RoleAssignment.objects.filter(role__in=ASKING | APPROVING, acting_for=None, user__vendor_window=None)
    return list(rows.filter(user__enrolled_at__isnull=False, user__must_enrol=False).select_related("user"))


def _in_order(holders: list[RoleAssignment], day: date) -> bool:
    asking: set[int] = set()
    approving: set[int] = set()
    for row in holders:
        if row.is_in_force(day) and row.user.is_current(day):
            (asking if row.role in ASKING else approving).add(row.user_id)
    approving |= asking
    return bool(asking) and len(approving) > 1


def _turns(holders: list[RoleAssignment]) -> set[date]:
    """The days on which somebody's role or use begins, or has just ended."""
    begun = {day for row in holders for day in (row.starts_on, row.user.starts_on) if day is not None}
    ended = {day for row in holders for day in (row.ends_on, row.user.ends_on) if day is not None and day < date.max}
    return begun | {day + timedelta(days=1) for day in ended}


@contextmanager
def keeping_approvers(user: User, *days: date) -> Iterator[None]:
    """An act that takes something from `user` as of these days. Raises LastApprover, and undoes it, when nobody could approve then,
    or on a later day on which others' roles have ended. What is out of order on a day without the act is not its doing.

    For a person of the prefecture at work; what two people decided, commands and the console's own people pass. Of several at
    once each waits for the one before.
    """
    roles = ASKING | APPROVING
    if not _is_person() or not user.role_assignments.filter(role__in=roles).exists():
        yield
        return
    with transaction.atomic():
        holders = RoleAssignment.objects.filter(role__in=roles).values("user")
        list(
            User.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=holders)
            .order_by("pk")
            .values_list("pk")
        )
        rows = _holders()
        later = {day for day in _turns(rows) if day > min(days)}
        before = [day for day in {*days, *later} if _in_order(rows, day)]
        yield
        rows = _holders()
        if not all(_in_order(rows, day) for day in before):
            raise LastApprover


def restore_approver(username: str, role: Role, display_name: str = "") -> tuple[User, str]:
    """Let this person in as `role` where nobody can approve any more; returns them, with a 利用開始コード if they need one.

    Somebody who had left comes back with this role and the ordinary ones alone, and enrols anew.
    For the command of two operators alone. Raises ApproversLeft while the prefecture can help itself, RoleNotAllowed,
    and what making an account refuses.
    """
    from accounts.errors import ApproversLeft
    from accounts.queries import has_factor
    from accounts.services import activation, people, roles
    from accounts.services.attempts import canonical_username

    today = timezone.localdate()
    if is_in_order(today):
        raise ApproversLeft
    was_away = False
    with transaction.atomic():
        user = User.objects.filter(username=canonical_username(username), vendor_window=None).first()
        if user is None:
            user = people.create_user(username, display_name)
        elif not user.is_current(today):
            User.objects.filter(pk=user.pk).update(is_active=True, starts_on=_begun(user, today), ends_on=None)
            user = User.objects.get(pk=user.pk)
            people.end_strong_roles(user)
            user, was_away = User.objects.get(pk=user.pk), True
        if not any(row.role == role and row.acting_for_id is None for row in user.roles_today):
            roles.assign_role(user, role)
        code = "" if has_factor(user) and not was_away else activation.issue_activation_code(user)
        record(
            Event.ACCOUNT_APPROVER_RESTORED,
            subjects=[subject(user)],
            detail={"role": role.value, "code": bool(code)},
        )
    return user, code


def _begun(user: User, today: date) -> date | None:
    return user.starts_on if user.starts_on is None or user.starts_on <= today else today


def _is_person() -> bool:
    return current_actor().kind is ActorKind.PERSON and scope() != "console"

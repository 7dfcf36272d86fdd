"""Somebody must be left who asks and another who approves: without them no account can ever be changed again.

Acts of one person that would take the last pair away are refused. Where it is gone all the same (an approver lost the
authenticator, left with 人事異動, or fell ill), two operators make somebody a manager: `manage.py restore_approver`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
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
    asking: set[int] = set()
    approving: set[int] = set()
    rows = RoleAssignment.objects.filter(role__in=ASKING | APPROVING, acting_for=None, user__vendor_window=None)
    for row in rows.filter(user__enrolled_at__isnull=False, user__must_enrol=False).select_related("user"):
        if row.is_in_force(day) and row.user.is_current(day):
            (asking if row.role in ASKING else approving).add(row.user_id)
    approving |= asking
    return bool(asking) and len(approving) > 1


@contextmanager
def keeping_approvers(user: User, *days: date) -> Iterator[None]:
    """An act that takes something from `user` as of these days. Raises LastApprover, and undoes it, when nobody could approve then.

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
        before = [day for day in days if is_in_order(day)]
        yield
        if not all(is_in_order(day) for day in before):
            raise LastApprover


def restore_approver(username: str, role: Role, display_name: str = "") -> tuple[User, str]:
    """Let this person in as `role` where nobody can approve any more; returns them, with a 利用開始コード if they need one.

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
    with transaction.atomic():
        user = User.objects.filter(username=canonical_username(username), vendor_window=None).first()
        if user is None:
            user = people.create_user(username, display_name)
        elif not user.is_current(today):
            User.objects.filter(pk=user.pk).update(is_active=True, ends_on=None)
            user.refresh_from_db()
        if not any(row.role == role and row.acting_for_id is None for row in user.roles_today):
            roles.assign_role(user, role)
        code = "" if has_factor(user) else activation.issue_activation_code(user)
        record(
            Event.ACCOUNT_APPROVER_RESTORED,
            subjects=[subject(user)],
            detail={"role": role.value, "code": bool(code)},
        )
    return user, code


def _is_person() -> bool:
    return current_actor().kind is ActorKind.PERSON and scope() != "console"

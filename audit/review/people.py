"""Who may take part in the loop of an alert."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts.access import require_permission, roles_in_force
from accounts.models import RoleAssignment, User
from accounts.permissions import Permission, roles_with
from audit.review.errors import OwnAlert
from audit.review.models import Alert


def require_other(alert: Alert, user: User) -> None:
    """Raises OwnAlert when the alert is about the person."""
    if alert.username == user.username:
        raise OwnAlert


def require_handler(alert: Alert, user: User, permission: Permission) -> None:
    """Raises PermissionRefused, OwnAlert: one's own, or one about whom the person stands in for (代決・代理)."""
    require_permission(user, permission)
    require_other(alert, user)
    if _stands_in_for(alert.username, user, permission):
        raise OwnAlert


def _stands_in_for(username: str, user: User, permission: Permission) -> bool:
    """Whether the person holds the permission in the place of `username` alone."""
    rights = [role for role in roles_in_force(user) if role.role in roles_with(permission)]
    return bool(rights) and all(role.acting_for is not None and role.acting_for.username == username for role in rights)


def holders_of(permissions: Iterable[Permission]) -> list[User]:
    """Everybody whose roles of today give one of the permissions, each once."""
    today = timezone.localdate()
    roles = {role for permission in permissions for role in roles_with(permission)}
    held = RoleAssignment.objects.select_related("user").filter(role__in=roles, user__is_active=True)
    return list({one.user for one in held if one.is_in_force(today) and one.user.is_current(today)})


def answering(usernames: Iterable[str]) -> frozenset[str]:
    """職員ID of those who can log in today, and so can answer; nobody stands for the office, and a leaver's account is closed."""
    today = timezone.localdate()
    found = User.objects.filter(username__in=set(usernames), is_active=True)
    return frozenset(user.username for user in found if user.is_current(today))


def can_answer(alert: Alert) -> bool:
    """Whether there is a person whom 照会 can reach."""
    return alert.username in answering([alert.username])


def managers_for(alert: Alert) -> list[str]:
    """Names of those who may judge this alert today: every 情報セキュリティ管理者 but the person it is about and who stands in for them."""
    return sorted({user.display_name for user in able(alert, Permission.JUDGE_ALERT)})


def able(alert: Alert, permission: Permission) -> list[User]:
    """Whoever may act on the alert today by this permission: not the person it is about, nor who only stands in for them."""
    others = [user for user in holders_of([permission]) if user.username != alert.username]
    return [user for user in others if not _stands_in_for(alert.username, user, permission)]


def told_of(alert: Alert, permissions: Iterable[Permission]) -> list[str]:
    """職員ID of those who may act on the alert by one of these. While nobody may judge it also those who can give somebody the
    role (テナント管理者), and without any of them whoever handles alerts: no term passes untold while anybody is there."""
    asked = [permissions, () if able(alert, Permission.JUDGE_ALERT) else (Permission.MANAGE_USERS,)]
    found = {user.username for some in asked for permission in some for user in able(alert, permission)}
    return sorted(found or {user.username for user in able(alert, Permission.HANDLE_ALERT)})


def is_about_manager(alert: Alert) -> bool:
    """Whether the person the alert is about could otherwise judge it."""
    today = timezone.localdate()
    own = RoleAssignment.objects.filter(
        user__username=alert.username, role__in=roles_with(Permission.JUDGE_ALERT)
    ).select_related("user")
    return any(assignment.is_in_force(today) for assignment in own)


def names_of(usernames: Iterable[str]) -> dict[str, str]:
    """Display names by 職員ID; somebody unknown keeps the ID."""
    asked = set(usernames)
    known = dict(User.objects.filter(username__in=asked).values_list("username", "display_name"))
    return {username: known.get(username, username) for username in asked}


def askers_of(alerts: Iterable[Alert]) -> str:
    """Role and name of those who asked about these alerts last; the roles that may ask, when nobody of them is known."""
    names = {step.by for alert in alerts if (step := alert.steps.filter(to_state=Alert.State.ASKED).last())}
    today, asking = timezone.localdate(), roles_with(Permission.HANDLE_ALERT)
    held = RoleAssignment.objects.select_related("user").filter(user__display_name__in=names, role__in=asking)
    words = sorted(f"{one.get_role_display()}（{one.user.display_name}）" for one in held if one.is_in_force(today))
    return "、".join(words) or "または".join(role.label for role in asking)

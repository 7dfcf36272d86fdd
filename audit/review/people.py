"""Who may take part in the loop of an alert."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts.access import require_permission
from accounts.models import RoleAssignment, User
from accounts.permissions import Permission, roles_with
from audit.review.errors import OwnAlert
from audit.review.models import Alert


def require_other(alert: Alert, user: User) -> None:
    """Raises OwnAlert when the alert is about the person."""
    if alert.username == user.username:
        raise OwnAlert


def require_handler(alert: Alert, user: User, permission: Permission) -> None:
    """Raises PermissionRefused, OwnAlert."""
    require_permission(user, permission)
    require_other(alert, user)


def managers_for(alert: Alert) -> list[str]:
    """Names of those who may judge this alert today: every 情報セキュリティ管理者 but the person it is about."""
    today = timezone.localdate()
    holders = RoleAssignment.objects.select_related("user").filter(
        role__in=roles_with(Permission.JUDGE_ALERT), user__is_active=True
    )
    fit = [one.user for one in holders if one.is_in_force(today) and one.user.is_current(today)]
    return sorted({user.display_name for user in fit if user.username != alert.username})


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

"""What number pages ask for beyond the permission: the yearly confirmation of duties (義務と罰則の確認)."""

from __future__ import annotations

from enum import StrEnum

from accounts import duties
from accounts.models import User
from accounts.permissions import NUMBER_PERMISSIONS, Permission


class Closed(StrEnum):
    """Why number pages are closed to somebody who holds the permission."""

    DUTIES = "duties"


def why_closed(user: User, permission: Permission | None) -> Closed | None:
    """None when open, and for every page that shows no numbers."""
    if permission not in NUMBER_PERMISSIONS:
        return None
    return None if duties.confirmed_until(user) else Closed.DUTIES

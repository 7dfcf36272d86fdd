"""People as the trail names them."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.access import labels_of
from accounts.models import RoleAssignment, User
from audit.trail.actors import Actor, ActorKind, joined_roles
from audit.trail.entries import Subject

UNKNOWN = "未確認の利用者"


def person(user: User, roles: Iterable[RoleAssignment], *, terminal: str, session: str) -> Actor:
    """Somebody signed in. `session` is the id of the session record, which opens nothing."""
    return Actor(ActorKind.PERSON, str(user.pk), user.display_name, joined_roles(labels_of(roles)), terminal, session)


def claimed(user: User | None, terminal: str) -> Actor:
    """Somebody who says to be `user` and has not proved it. What was typed for an unknown 職員ID is never kept."""
    if user is None:
        return Actor(ActorKind.PERSON, "", UNKNOWN, "", terminal)
    return Actor(ActorKind.PERSON, str(user.pk), user.display_name, "", terminal)


def subject(user: User) -> Subject:
    return Subject("user", str(user.pk))

"""Acts on accounts that need a second person: whether one is missing, and the moment in which an approved one is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from accounts.errors import NeedsSecondPerson
from accounts.models import User
from audit.trail.actors import ActorKind, current_actor
from tenants.core.context import scope

_approved: ContextVar[bool] = ContextVar("an approved request is being carried out", default=False)


@contextmanager
def carrying_out() -> Iterator[None]:
    """What happens inside was asked for by one person and approved by another."""
    token = _approved.set(True)
    try:
        yield
    finally:
        _approved.reset(token)


def is_founding(user_id: int | str) -> bool:
    """Whether no other person who can approve has ever come in: then the first テナント管理者 must begin alone.

    It is over for good with the first log-in of another such person.
    """
    return not User.objects.filter(came_as_approver=True).exclude(pk=int(user_id)).exists()


def is_alone() -> bool:
    """Whether a person of a prefecture acts by themselves where a second one is asked for."""
    actor = current_actor()
    if actor.kind is not ActorKind.PERSON or not actor.id.isdigit() or scope() == "console":
        return False
    return not _approved.get() and not is_founding(actor.id)


def require_second_person() -> None:
    """Raises NeedsSecondPerson for a person acting alone; commands, jobs and the console's own people pass."""
    if is_alone():
        raise NeedsSecondPerson

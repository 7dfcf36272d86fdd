"""Who acts. The actor arrives as a plain value, so that this room needs to know nothing of accounts or jobs."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tenants.core.context import NoScope, scope


class ActorKind(StrEnum):
    """How the act came about."""

    PERSON = "person"
    JOB = "job"
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts. For a job, ``id``, ``name`` and ``role`` are those of the person who asked for it.

    ``role`` is the Japanese role label(s) of the moment; ``session`` is a digest, never the session key itself.
    """

    kind: ActorKind
    id: str
    name: str
    role: str
    terminal: str = ""
    session: str = ""


_BETWEEN_ROLES = re.compile("・(?![^（]*）)")
"""Not what stands in a role's own brackets: 承認者（サンプル 花子の代決・代理）."""


def joined_roles(labels: Iterable[str]) -> str:
    """Several role labels as an actor's ``role``."""
    return "・".join(labels)


def roles_in(role: str) -> list[str]:
    """The labels that `joined_roles` put together."""
    return [label for label in _BETWEEN_ROLES.split(role) if label]


def bare_roles(role: str) -> frozenset[str]:
    """The roles themselves, without whose place they are used in: 承認者（サンプル 花子の代決・代理） is 承認者."""
    return frozenset(label.partition("（")[0] for label in roles_in(role))


SYSTEM = Actor(ActorKind.SYSTEM, "system", "システム", "")

_actor: ContextVar[Actor] = ContextVar("trail_actor", default=SYSTEM)
_home: ContextVar[str] = ContextVar("trail_actor_home", default="")
_job: ContextVar[UUID | None] = ContextVar("trail_job", default=None)


def current_actor() -> Actor:
    """The actor of the running request, job or command; the system itself when nobody was named."""
    return _actor.get()


def is_at_home() -> bool:
    """Whether the code runs in the scope in which its actor was named, so that the actor's ``id`` is an account of it.

    An operator's job enters a prefecture where the same number is nobody, or somebody else.
    """
    return _home.get() == _here()


def current_job() -> UUID | None:
    """The job in which the code runs, if any."""
    return _job.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Every event recorded inside names this actor."""
    token, home = _actor.set(actor), _home.set(_here())
    try:
        yield actor
    finally:
        _home.reset(home)
        _actor.reset(token)


def go_on_as(actor: Actor) -> None:
    """Name this actor until the end of the `acting_as` around: known better now than when it began."""
    _actor.set(actor)


@contextmanager
def within_job(job_id: UUID) -> Iterator[None]:
    """Every event recorded inside also names this job."""
    token = _job.set(job_id)
    try:
        yield
    finally:
        _job.reset(token)


def _here() -> str:
    try:
        return scope()
    except NoScope:
        return ""

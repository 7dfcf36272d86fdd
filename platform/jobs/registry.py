"""Which kinds of job there are. A room names its kinds in its ``tasks.py``; the app registry reads them at start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from jobs.errors import UnknownKind

if TYPE_CHECKING:
    from jobs.handle import JobHandle

Run = Callable[["JobHandle"], None]
Within = Callable[[Sequence[str]], Q]

WORK_QUEUE = "work"
EXCHANGE_QUEUE = "exchange"
OWNER_QUEUE = "owner"
MAX_FAILURES = 5


@dataclass(frozen=True, slots=True)
class JobKind:
    """How to do one kind of job, and whose business it is. ``retry_on``: errors after which the same work may succeed later.

    ``permission`` (a value of accounts' Permission, which stands above this room): whoever holds it may see, cancel and retry;
    without one, the asker and the people of the board may. ``within``: given school codes, which jobs concern these
    schools alone; without it the kind is the whole prefecture's. ``decides``: acts in the asker's name with legal
    effect, so that nobody else may put it back to work.
    """

    name: str
    title: str
    run: Run
    queue: str = WORK_QUEUE
    retry_on: tuple[type[Exception], ...] = ()
    max_failures: int = MAX_FAILURES
    permission: str = ""
    within: Within | None = None
    decides: bool = False


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str,
    title: str,
    *,
    queue: str = WORK_QUEUE,
    retry_on: tuple[type[Exception], ...] = (),
    max_failures: int = MAX_FAILURES,
    permission: str = "",
    within: Within | None = None,
    decides: bool = False,
) -> Callable[[Run], Run]:
    """Register ``def run(handle: JobHandle) -> None`` as the work of a kind of job. ``title`` is Japanese.

    ``queue="exchange"`` is for jobs that mostly wait for somebody else's machine: they hold no slot that calculates.
    ``queue="owner"`` is for console jobs that need the owner login. Raises ValueError when the name is taken.
    """

    def register(run: Run) -> Run:
        known = _kinds.get(name)
        if known is not None and known.run.__module__ != run.__module__:
            raise ValueError(f"two rooms name the kind of job {name}")
        _kinds[name] = JobKind(name, title, run, queue, retry_on, max_failures, permission, within, decides)
        return run

    return register


def all_kinds() -> list[JobKind]:
    return list(_kinds.values())


def kind_named(name: str) -> JobKind:
    """The kind of that name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None

"""Acts about many people: as many events as it takes, since the relay takes none that names a whole prefecture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeVar
from uuid import UUID

from audit.trail.entries import JSON, Entry, Subject
from audit.trail.recorder import record_access_many, record_many
from audit.trail.vocabulary import Event

T = TypeVar("T")

SUBJECTS_PER_EVENT = 1_000
"""Some 50 KB of an event, a twentieth of what the relay takes."""


def parts(things: Iterable[T]) -> Iterator[list[T]]:
    """As many as one event names, and again, in order."""
    left = iter(things)
    while part := list(islice(left, SUBJECTS_PER_EVENT)):
        yield part


def record_parts(
    event: Event,
    subjects: Iterable[Subject],
    *,
    about: Iterable[Subject] = (),
    detail: Mapping[str, JSON] | None = None,
    allowed_by: str = "",
    duty: str = "",
    case: str = "",
) -> list[UUID]:
    """Write one act about these subjects, in the caller's transaction. Raises as ``record``.

    `about` (the payment round, the batch) is named by every part. Where there are several, each says the detail of the whole
    act, and which of how many it is (`part`: "2/60"). Nobody: one event without subjects.
    """
    return record_many(_entries(Entry(event, tuple(about), detail or {}, allowed_by, duty, case), subjects))


def record_access_parts(whole: Entry, people: Iterable[Subject]) -> list[UUID]:
    """Write one access about these people, all parts or none, before anything is shown; `whole` names what every part is about.

    The parts are as of ``record_parts``. Raises as ``record_access``.
    """
    return record_access_many(_entries(whole, people))


def _entries(whole: Entry, people: Iterable[Subject]) -> Iterator[Entry]:
    named = list(parts(people)) or [[]]
    for number, part in enumerate(named, start=1):
        detail = {**whole.detail, **_place(number, len(named))}
        yield replace(whole, subjects=(*whole.subjects, *part), detail=detail)


def _place(number: int, of: int) -> dict[str, JSON]:
    return {"part": f"{number}/{of}"} if of > 1 else {}

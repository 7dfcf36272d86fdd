"""What is on its way, what stays open, and what is still on a medium."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from audit.trail.entries import Subject
from domain.handover.models import CarriedFile, CarryAct
from domain.linkage import underway
from domain.linkage.models import Batch

State = CarriedFile.State
TAKEN_STATES = [State.TAKEN, State.KNOWN]
ON_MEDIUM = [State.RELEASED, State.TAKEN, State.KNOWN, State.REFUSED]


@dataclass(frozen=True, slots=True)
class Journey:
    """One batch that people carry: its lines, and how many of them nobody has answered yet."""

    batch: Batch
    open: int
    sequence: int | None
    answers: int


def open_acts() -> list[CarryAct]:
    """Acts that wait for their second person."""
    return list(CarryAct.objects.filter(state=CarryAct.State.PROPOSED).annotate(size=_size()).order_by("pk"))


def past_acts() -> QuerySet[CarryAct]:
    """The history, newest first."""
    return CarryAct.objects.exclude(state=CarryAct.State.PROPOSED).annotate(size=_size()).order_by("-pk")


def files_on_media() -> QuerySet[CarriedFile]:
    """Files that went onto or came from a medium and whose erasing nobody has confirmed."""
    found = CarriedFile.objects.filter(state__in=ON_MEDIUM, act__state=CarryAct.State.DONE)
    return found.exclude(erased_in__state=CarryAct.State.DONE)


def journeys() -> list[Journey]:
    """Batches whose request was released, newest first; the number of open lines counts those that wait or are held."""
    files = CarriedFile.objects.exclude(batch="").filter(state__in=[State.RELEASED, State.TAKEN])
    released: dict[uuid.UUID, int | None] = {}
    answers: dict[uuid.UUID, int] = {}
    for batch, direction, sequence, content in files.values_list("batch", "direction", "sequence", "content"):
        if (key := _uuid(batch)) is None:
            continue
        if direction == CarriedFile.Direction.OUT:
            released[key] = sequence
        elif content == "answer":
            answers[key] = answers.get(key, 0) + 1
    batches = Batch.objects.filter(pk__in=released).order_by("-sequence")
    waiting = underway.open_counts(list(released))
    return [Journey(one, waiting.get(one.pk, 0), released[one.pk], answers.get(one.pk, 0)) for one in batches]


def batches_named(names: Iterable[str]) -> list[Batch]:
    """The batches of carried files, in the order of their numbers."""
    keys = [key for name in names if (key := _uuid(name)) is not None]
    return list(Batch.objects.filter(pk__in=keys).order_by("sequence"))


def people_on(names: Iterable[str]) -> list[Subject]:
    """Whom the trail names when what belongs to these batches is handed out."""
    return [Subject("member", str(pk)) for pk in underway.members_in(batches_named(names))]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _size() -> Count:
    return Count("files", distinct=True) + Count("erased_files", distinct=True)  # type: ignore[return-value]

"""The one place where a person's state changes: the row, its history and the event of the trail, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.entries import JSON
from audit.trail.parts import parts
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.bulk import insert_steps
from domain.linkage.models import Registration, RegistrationStep
from domain.linkage.persons.states import KNOWN, WAYS, Act, State

STOPPED_AS_DOUBTED = "番号の重複の疑いがあるため、送る前に止めました。"
"""Of a line that was prepared, and of whose person a conflict was found before it went out."""


def move(
    registrations: Collection[int],
    act: Act,
    *,
    note: str = "",
    duty: str = "",
    case: str = "",
    detail: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> list[int]:
    """Move those of these people whom the act leads on from where they are; the ids of who moved.

    `changes` are other columns of the row that go with it. The same again moves nobody.
    """
    way = WAYS[act]
    with transaction.atomic():
        rows = Registration.objects.select_for_update().filter(pk__in=list(registrations), state__in=way.sources)
        found = list(rows.order_by("pk").values_list("pk", "member_id"))
        if not found:
            return []
        ids = [pk for pk, _ in found]
        insert_steps(ids, way.target.value, (note or act.value)[:400], current_actor().name[:200])
        if way.target != State.DOUBTED:  # who is doubted is known there or not, as before
            changes["known"] = way.target in KNOWN
        Registration.objects.filter(pk__in=ids).update(state=way.target, since=timezone.now(), **changes)
        told: dict[str, JSON] = {"act": act.name.lower(), "to": way.target.value, **(detail or {})}
        _tell(way.event, [member for _, member in found], told, duty, case)
    return ids


def note_by_hand(registration: Registration, note: str) -> None:
    """A row of history for what a person did at the other side by hand, the state staying as it is."""
    RegistrationStep.objects.create(
        registration=registration, from_state=registration.state, to_state=registration.state,
        batch_id=registration.batch_id, note=note[:400], by=current_actor().name[:200],
    )  # fmt: skip


def _tell(event: Event, members: list[int], detail: dict[str, JSON], duty: str, case: str) -> None:
    for part in parts(members):
        subjects = [Subject("member", str(member)) for member in part]
        record(event, subjects=subjects, detail={"people": len(part), **detail}, duty=duty, case=case)

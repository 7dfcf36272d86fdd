"""What one event of the trail says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.utils import timezone

from audit.trail.actors import current_actor, current_job
from audit.trail.identifiers import uuid7
from audit.trail.leaving import require_size
from audit.trail.screening import refuse_numbers
from audit.trail.vocabulary import Event

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

MOST_BYTES = 1_048_576
"""The longest event that waits in an outbox (1 MiB, some 25,000 subjects); the relay sets aside what is longer."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Whom or what the event is about: a kind of the glossary and our own id. Never a name, never a number."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a caller states; who, when and where are added by the recorder.

    ``allowed_by``: the permission or rule that let it happen; ``duty``: 事務コード; ``case``: the case it served.
    """

    event: Event
    subjects: Sequence[Subject] = ()
    detail: Mapping[str, JSON] = field(default_factory=dict)
    allowed_by: str = ""
    duty: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One event, composed: its id, its time and, as one text, everything that it says (the two included) but for its scope.

    ``content`` is a JSON object, its names those of the columns of the audit database, always in the same order and in ASCII. It is
    made here and never again: this very text is signed, waits in the outbox, is checked by the relay and read by the audit database.
    """

    id: UUID
    occurred_at: datetime
    content: str


class EventTooLarge(ValueError):
    """`trail.event-too-large`: an act whose event says more than the relay would take; the act is refused with it."""

    identifier = "trail.event-too-large"

    def __init__(self, event: str, length: int) -> None:
        super().__init__(
            f"操作の記録「{event}」が大きすぎます（{length:,}バイト、上限{MOST_BYTES:,}バイト）。"
            "操作は行われていません。対象を分けてやり直してください。"
        )


def compose(entry: Entry, *, event_id: UUID | None = None, at: datetime | None = None) -> Row:
    """Add who, when and the id. Raises NumberInTrail when any text of the entry looks like an individual number, SizeMissing when
    something leaves and the entry does not say how much."""
    require_size(entry.event, entry.detail)
    refuse_numbers(entry.detail, "detail")
    refuse_numbers([subject.id for subject in entry.subjects], "subjects")
    refuse_numbers({"allowed_by": entry.allowed_by, "duty": entry.duty, "case": entry.case}, "entry")
    actor, job = current_actor(), current_job()
    event_id, at = event_id or uuid7(), at or timezone.now()
    said = {
        "id": str(event_id),
        "occurred_at": at.isoformat(),
        "event": entry.event.value,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "actor_role": actor.role,
        "terminal": actor.terminal,
        "session": actor.session,
        "job_id": str(job) if job else None,
        "subjects": [{"kind": subject.kind, "id": subject.id} for subject in entry.subjects],
        "detail": dict(entry.detail),
        "allowed_by": entry.allowed_by,
        "duty": entry.duty,
        "case_ref": entry.case,
    }
    return Row(event_id, at, _encode(said))

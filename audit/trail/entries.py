"""What one event of the trail says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.utils import timezone

from audit.trail.actors import current_actor, current_job
from audit.trail.identifiers import uuid7
from audit.trail.screening import refuse_numbers
from audit.trail.vocabulary import Event

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

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
    """One event, complete but for its scope. Field names are the columns of the outbox and of the audit database."""

    id: UUID
    occurred_at: datetime
    event: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_role: str
    terminal: str
    session: str
    job_id: UUID | None
    subjects: list[dict[str, str]]
    detail: dict[str, Any]
    allowed_by: str
    duty: str
    case_ref: str

    def as_json(self) -> str:
        """The row as a JSON object, its columns as PostgreSQL's ``to_jsonb`` would name them."""
        return _encode(
            {
                "id": str(self.id),
                "occurred_at": self.occurred_at.isoformat(),
                "event": self.event,
                "actor_kind": self.actor_kind,
                "actor_id": self.actor_id,
                "actor_name": self.actor_name,
                "actor_role": self.actor_role,
                "terminal": self.terminal,
                "session": self.session,
                "job_id": str(self.job_id) if self.job_id else None,
                "subjects": self.subjects,
                "detail": self.detail,
                "allowed_by": self.allowed_by,
                "duty": self.duty,
                "case_ref": self.case_ref,
            }
        )


def compose(entry: Entry) -> Row:
    """Add who, when and the id. Raises NumberInTrail when any text of the entry looks like an individual number."""
    refuse_numbers(entry.detail, "detail")
    refuse_numbers([subject.id for subject in entry.subjects], "subjects")
    refuse_numbers({"allowed_by": entry.allowed_by, "duty": entry.duty, "case": entry.case}, "entry")
    actor = current_actor()
    return Row(
        id=uuid7(),
        occurred_at=timezone.now(),
        event=entry.event.value,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_role=actor.role,
        terminal=actor.terminal,
        session=actor.session,
        job_id=current_job(),
        subjects=[{"kind": subject.kind, "id": subject.id} for subject in entry.subjects],
        detail=dict(entry.detail),
        allowed_by=entry.allowed_by,
        duty=entry.duty,
        case_ref=entry.case,
    )

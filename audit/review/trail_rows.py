"""One line of the viewer: the event in words, with the links that narrow the list to its actor, subject or kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from accounts.permissions import Permission
from audit.review.trail_filters import without_place
from audit.review.trail_words import details_of
from audit.trail.entries import Subject
from audit.trail.labels import WORDING, subject_label
from audit.trail.reader import TrailEvent
from audit.trail.sentences import sentence, who
from web.tables import with_parameter

SHOWN_SUBJECTS = 5
_UUID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Link:
    """A word and the query string it leads to."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TrailRow:
    """What the template shows of an event. `reasons`: term and value pairs behind なぜ許可されたか."""

    at: datetime
    sentence: str
    label: Link
    actor: Link
    subjects: list[Link]
    more_subjects: int
    reasons: list[tuple[str, str]]
    id: str


def row_of(event: TrailEvent, parameters: QueryDict, names: Mapping[Subject, str] | None = None) -> TrailRow:
    """The line of one event on a page with these parameters. `names`: printable ids (世帯番号) where the viewer may know."""
    kept = without_place(parameters)
    words = WORDING.get(event.event)
    known = names or {}
    shown = [_subject_link(subject, known.get(subject, ""), kept) for subject in event.subjects[:SHOWN_SUBJECTS]]
    return TrailRow(
        at=timezone.localtime(event.occurred_at),
        sentence=sentence(event),
        label=Link(words.label if words else event.event, with_parameter(kept, "group", event.event)),
        actor=Link(who(event), with_parameter(kept, "actor", event.actor_id)),
        subjects=shown,
        more_subjects=len(event.subjects) - len(shown),
        reasons=list(_reasons(event)),
        id=str(event.id),
    )


def _subject_link(subject: Subject, name: str, kept: QueryDict) -> Link:
    narrowed = kept.copy()
    narrowed["kind"] = subject.kind
    narrowed.pop("only", None)
    words = f"{subject_label(subject.kind)} {name or _shown(subject.id)}"
    return Link(words, with_parameter(narrowed, "id", subject.id))


def _shown(identity: str) -> str:
    """A UUID by its first group, which is enough for the eye; the link holds all of it."""
    return identity.partition("-")[0] if len(identity) == _UUID_LENGTH else identity


def _reasons(event: TrailEvent) -> Iterator[tuple[str, str]]:
    stated = {
        "許可の根拠": _permission(event.allowed_by),
        "事務コード": event.duty,
        "案件": event.case,
        "役割": event.actor_role,
        "端末": event.terminal,
        "利用": event.session,
        "処理": str(event.job_id or ""),
    }
    yield from ((term, value) for term, value in stated.items() if value)
    yield from details_of(event.detail, [subject.kind for subject in event.subjects])
    yield "記録の番号", str(event.id)


def _permission(name: str) -> str:
    return Permission(name).label if name in list(Permission) else name

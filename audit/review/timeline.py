"""What happened in the session of an alert, from the trail: log-in, searches, reveals, exports, log-out. Of an alert without a
session (a password tried, an account changed, a role given): what the person did that day, and what happened to the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import SessionRecord, User
from audit.detection.gathering import OWN_ACCOUNT
from audit.review.identities import printable
from audit.review.models import Alert
from audit.trail import reader
from audit.trail.actors import ActorKind
from audit.trail.labels import WORDING, subject_label
from audit.trail.reader import Filters, TrailEvent
from audit.trail.recorder import Subject
from web.moments import start_of

MOST = reader.MOST_AT_ONCE
_MARGIN = timedelta(minutes=1)
_SHOWN_SUBJECTS = 5


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """`subjects`: kind and printable id (世帯番号) or our own, never a name; `reason`: 事務コード and case where they were asked."""

    at: datetime
    label: str
    subjects: str
    reason: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """`session` None: of the whole day. `is_cut`: there was more than is shown."""

    session: SessionRecord | None
    rows: list[TimelineRow]
    is_cut: bool = False


def timeline_of(alert: Alert, person: User | None, viewer: User) -> Timeline:
    """The events of the session, or of the day, oldest first, with printable ids (世帯番号) where the viewer may know. Raises
    TrailUnavailable."""
    session = _session(alert, person)
    if person is None:
        return Timeline(session, [])
    told = _events(person, session) if session else _of_day(person, alert.occurred_at)
    found = {event.id: event for event in told}
    events = sorted(found.values(), key=lambda event: (event.occurred_at, event.id))[:MOST]
    names = printable([subject for event in events for subject in _shown_of(event)[:_SHOWN_SUBJECTS]], viewer)
    rows = [_row(event, names) for event in events]
    return Timeline(session, rows, is_cut=len(found) >= MOST)


def _session(alert: Alert, person: User | None) -> SessionRecord | None:
    if person is None or not alert.session:
        return None
    return SessionRecord.objects.filter(user=person, pk=alert.session).first()


def _events(person: User, session: SessionRecord) -> Iterator[TrailEvent]:
    """Acts of the person, and what was done to the session by others (a time-out is the system's act)."""
    since, until = session.started_at - _MARGIN, (session.ended_at or timezone.now()) + _MARGIN
    name = str(session.pk)
    yield from reader.search(Filters(actor=str(person.pk), session=name, since=since, until=until, limit=MOST))
    about = Subject("user", str(person.pk))
    told = reader.search(Filters(prefix="session", subject=about, since=since, until=until, limit=MOST))
    yield from (event for event in told if name in (event.session, event.detail.get("session")))


def _of_day(person: User, moment: datetime) -> Iterator[TrailEvent]:
    """What led to the moment comes first, so that a long day is cut after it."""
    since = start_of(timezone.localdate(moment))
    between = moment + _MARGIN
    about = Subject("user", str(person.pk))
    asked = [Filters(actor=str(person.pk), actor_kind=ActorKind.PERSON)]
    asked += [Filters(prefix=prefix, subject=about) for prefix in OWN_ACCOUNT]
    for filters in asked:
        before = reader.search(replace(filters, since=since, until=between, limit=MOST))
        yield from before
        if room := MOST - len(before):
            yield from reader.search(replace(filters, since=between, until=since + timedelta(days=1), limit=room))


def _shown_of(event: TrailEvent) -> list[Subject]:
    """All but the person whose session it is."""
    return [subject for subject in event.subjects if subject.kind != "user"]


def _row(event: TrailEvent, names: Mapping[Subject, str]) -> TimelineRow:
    words = WORDING.get(event.event)
    shown = [f"{subject_label(subject.kind)} {names.get(subject, subject.id)}" for subject in _shown_of(event)]
    more = len(shown) - _SHOWN_SUBJECTS
    subjects = "、".join(shown[:_SHOWN_SUBJECTS]) + (f"、ほか{more}件" if more > 0 else "")
    reason = " ".join(part for part in (event.duty, event.case) if part)
    return TimelineRow(timezone.localtime(event.occurred_at), words.label if words else event.event, subjects, reason)

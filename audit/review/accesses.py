"""Whose records the person of an alert opened on its day: each with the reason our own data have, or ▲ where they have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from audit.detection import reasons
from audit.detection.gathering import acts_of
from audit.detection.sharing import shared
from audit.detection.signals.access.related import counts
from audit.detection.signals.access.unexplained import COUNTED
from audit.detection.signals.base import Day, Person
from audit.review.identities import printable
from audit.review.models import Alert
from audit.trail.entries import Subject
from audit.trail.labels import subject_label

MOST = 50
"""Rows shown; what has no reason comes first."""

DECOY = "おとりの世帯"


@dataclass(frozen=True, slots=True)
class Access:
    """`name`: kind and printable id (世帯番号) where the viewer may know it. `reason`: "" for none. `was_counted`: without a reason
    when the alert was raised. `mark`: why it is a special record. `trail_url`: what the person did with it that day."""

    subject: Subject
    name: str
    first_at: datetime
    times: int
    reason: str
    was_counted: bool
    mark: str
    trail_url: str

    @property
    def is_doubtful(self) -> bool:
        return self.was_counted or not self.reason


@dataclass(frozen=True, slots=True)
class Accesses:
    """`total`, `doubtful`: of the whole day, also where not all rows are shown."""

    rows: list[Access]
    total: int = 0
    doubtful: int = 0
    is_compared: bool = True


def accesses_of(alert: Alert, person: User | None, viewer: User) -> Accesses:
    """Asked anew each time: a reason that came after the alert stands there too. Raises TrailUnavailable."""
    if person is None:
        return Accesses([])
    on = timezone.localdate(alert.occurred_at)
    plain = Day(Person(person.username), on, acts_of(person, on))
    first = {subject: event.occurred_at for event, subject in reversed(plain.shown())}
    with shared():
        known = reasons.explained(person, first, on)
        marks = _marks(plain, person, first, known)
    counted, times = _counted(alert), Counter(subject for _, subject in plain.shown())
    found = [
        Access(
            subject=subject,
            name=subject.id,
            first_at=timezone.localtime(at),
            times=times[subject],
            reason=(known or {}).get(subject, ""),
            was_counted=subject in counted,
            mark=marks.get(subject, ""),
            trail_url=_trail_url(person, subject, on),
        )
        for subject, at in first.items()
    ]
    found.sort(key=lambda access: (not access.is_doubtful, not access.mark, -access.times, access.first_at))
    names = printable([access.subject for access in found[:MOST]], viewer)
    rows = [replace(one, name=_name(one.subject, names)) for one in found[:MOST]]
    return Accesses(rows, len(found), sum(one.is_doubtful for one in found), known is not None)


def _marks(
    plain: Day, person: User, first: Mapping[Subject, datetime], known: Mapping[Subject, str] | None
) -> dict[Subject, str]:
    """As the rules mark them: a surname that is the person's too is no mark where work explains the access."""
    watched = {s: DECOY if word == reasons.CANARY else word for s, word in reasons.watched(person, first).items()}
    related = reasons.related(person, first) or {}
    day = replace(plain, related=related, unexplained=None if known is None else frozenset(first.keys() - known.keys()))
    return {subject: word for subject, word in related.items() if counts(day, subject)} | watched


def _counted(alert: Alert) -> set[Subject]:
    told = alert.detail.get(COUNTED, [])
    return {Subject(*str(one).split(":", 1)) for one in told if ":" in str(one)}


def _name(subject: Subject, names: Mapping[Subject, str]) -> str:
    return f"{subject_label(subject.kind)} {names.get(subject, subject.id)}"


def _trail_url(person: User, subject: Subject, on: date) -> str:
    day = on.isoformat()
    asked = {"actor": str(person.pk), "kind": subject.kind, "id": subject.id, "since": day, "until": day, "only": "1"}
    return f"{reverse('trail:list')}?{urlencode(asked)}"

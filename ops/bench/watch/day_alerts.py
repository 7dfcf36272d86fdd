"""The rules of a person's day, asked about the made-up season: what would be an alert, by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from audit.detection import reasons
from audit.detection.calendar import TOKYO
from audit.detection.gathering import LATELY, LEAST_DAYS
from audit.detection.homes import homes_of
from audit.detection.registry import DAY_RULES
from audit.detection.signals.base import Day, Norms, Person
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from ops.bench.watch.work import Access

FIRST_HOUR, EVERY = time(9), timedelta(minutes=4)
SAVED = Event.STATEMENT_RECORD_SAVED


Earlier = Mapping[str, Mapping[date, tuple[int, int]]]
"""Of each person with one role: records opened on each day until now, and those of them without a reason."""


def alerts_of(accesses: Sequence[Access], day: date, known: Mapping[Subject, str], earlier: Earlier) -> Counter[str]:
    """How many alerts one person's day raises, by rule. `known`: the explained subjects. What is only reported is left out, as no
    alert comes from it."""
    about = day_of(accesses, day, known, earlier)
    found: Counter[str] = Counter()
    for rule in DAY_RULES:
        answer = rule.evaluate(about, rule.standard if rule.standard is not None else 0.0)
        if not rule.is_report and not isinstance(answer, str):
            found[rule.id] += sum(not one.is_report for one in answer)
    return found


def counted(accesses: Sequence[Access], known: Mapping[Subject, str]) -> tuple[int, int]:
    """What the night keeps of a day: households, and those of them opened without a reason."""
    subjects = {access.subject for access in accesses}
    homes = homes_of(subjects)
    opened, without = (
        {homes[s].subject if s in homes else s for s in some} for some in (subjects, subjects - known.keys())
    )
    return len(opened), len(without)


def day_of(accesses: Sequence[Access], day: date, known: Mapping[Subject, str], earlier: Earlier) -> Day:
    """As `gathering.day_of` puts it together from the trail."""
    user = accesses[0].user
    subjects = {access.subject for access in accesses}
    mine = earlier.get(user.username, {})
    own = tuple(count for count, _ in mine.values())
    others = [(on, count) for name, days in earlier.items() if name != user.username for on, (count, _) in days.items()]
    week = [day - timedelta(days=LATELY - place) for place in range(LATELY)]
    plain = Day(Person(user.username), day, tuple(_events(accesses, day)))
    return replace(
        plain,
        norms=Norms(
            daily_records=own if len(own) >= LEAST_DAYS else None,
            role_daily_records=tuple(count for _, count in others),
            role_lately=tuple(count for on, count in others if on in week),
            unexplained_lately=tuple(mine.get(on, (0, 0))[1] for on in week),
        ),
        unexplained=frozenset(subjects - known.keys()),
        watched=frozenset(reasons.watched(user, subjects)),
        related=reasons.related(user, subjects),
        homes=homes_of(subjects),
    )


def _events(accesses: Sequence[Access], day: date) -> list[TrailEvent]:
    """The records one after the other; after what is work, the act it was for."""
    told, moment = [], datetime.combine(day, FIRST_HOUR, TOKYO)
    for access in accesses:
        words = [(access.page, (access.subject,)), *([(SAVED, (access.subject,))] if access.is_work else [])]
        for word, subjects in words:
            moment += EVERY / 2
            told.append(_event(word, moment.astimezone(UTC), access, subjects))
    return told


def _event(word: Event, moment: datetime, access: Access, subjects: tuple[Subject, ...]) -> TrailEvent:
    return TrailEvent(
        id=UUID(int=int(moment.timestamp())),
        occurred_at=moment,
        recorded_at=moment,
        event=word.value,
        actor_kind="person",
        actor_id=str(access.user.pk),
        actor_name=access.user.display_name,
        actor_role="",
        terminal="T-1",
        session="s",
        job_id=None,
        subjects=subjects,
        detail={},
        allowed_by="",
        duty="",
        case="",
    )

"""E2: a new household that the person brought in with a roster, or one whose 個人番号 the person typed, looked at afterwards.

From the trail, which alone says by whom and when. Looking again at what one has just entered is a part of entering it, for two
hours. It excuses no look before: whoever looks first and then does something to the household has no reason for the look. So all
looks of the day must follow. And it is no act that anybody can do to any household, for then the act would be the excuse: a
correction, a change of status, a move of a member, a roster with a changed cell. Nor a file that fills in what is there already
(個人番号 of a school): it names everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from accounts.models import User
from audit.detection.gathering import MOST_EVENTS, between
from audit.detection.reasons import Explainer, register_explainer
from audit.detection.signals.base import SEEN, Day, Person
from audit.trail.actors import ActorKind
from audit.trail.entries import Subject
from audit.trail.reader import Filters, TrailEvent
from audit.trail.vocabulary import Event
from domain.households.homes import homes_of, subjects_in
from web.moments import start_of

HOLDS_FOR = timedelta(hours=2)
WORDS = "本人が新しく取り込んだ・個人番号を入力した世帯（2時間以内）"
ENTERS = frozenset(
    {
        (ActorKind.JOB, Event.HOUSEHOLD_RECORD_CREATED),  # by the person's own roster
        (ActorKind.PERSON, Event.NUMBER_INDIVIDUAL_STORED),  # typed at the desk, where there was none
    }
)
_ENTERED = ("household:record:created", "number:individual:stored")

Moments = dict[int, list[datetime]]
"""By household."""


def register() -> None:
    register_explainer(Explainer("E2", "本人の取込・入力", entered, by_oneself=True), "households.own-work")


def entered(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """Raises TrailUnavailable."""
    acts = _moments(event for event in _own(user, day, _ENTERED) if _enters(event))
    looks = _looks(user, day) if acts else {}

    def wanted(_: set[int]) -> Iterable[int]:
        return [home for home, seen in looks.items() if all(_follows(look, acts.get(home, [])) for look in seen)]

    return subjects_in(subjects, wanted, WORDS)


def _follows(look: datetime, acts: Iterable[datetime]) -> bool:
    return any(act <= look < act + HOLDS_FOR for act in acts)


def _looks(user: User, day: date) -> Moments:
    """Nothing when there are so many that the first of them are not told."""
    found = _own(user, day, SEEN)
    if len(found) >= MOST_EVENTS:
        return {}
    by_person = tuple(event for event in found if event.actor_kind == ActorKind.PERSON)
    return _moments(event for event, _ in Day(Person(user.username), day, by_person).shown())


def _moments(events: Iterable[TrailEvent]) -> Moments:
    told = [(event.occurred_at, event.subjects) for event in events]
    homes = homes_of(subject for _, subjects in told for subject in subjects)
    found: Moments = {}
    for at, subjects in told:
        for home in {homes[subject] for subject in subjects if subject in homes}:
            found.setdefault(home, []).append(at)
    return found


def _own(user: User, day: date, words: Iterable[str]) -> list[TrailEvent]:
    """Of each word the newest `MOST_EVENTS`: the households of a large school's first roster several times."""
    since = start_of(day)
    asked = (Filters(word, actor=str(user.pk), since=since, until=since + timedelta(days=1)) for word in words)
    return [event for filters in asked for event in between(filters)]


def _enters(event: TrailEvent) -> bool:
    return (ActorKind(event.actor_kind), event.event) in ENTERS

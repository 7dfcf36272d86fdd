"""E2: a record that the person brought in with a roster, or put something into by hand, on the very day of the access.

From the trail, which alone says by whom. Looking again at what one has just entered is a part of entering it; it is one no more
on the next day, and opening or searching a record enters nothing. A file that fills in what is there already (個人番号 of a
school) explains nothing: it names everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from accounts.models import User
from audit.detection.gathering import between
from audit.detection.reasons import Explainer, register_explainer
from audit.trail.actors import ActorKind
from audit.trail.entries import Subject
from audit.trail.reader import Filters, TrailEvent
from audit.trail.vocabulary import Event
from domain.households.homes import homes_of, subjects_in
from web.moments import start_of

WORDS = "同じ日に本人が取り込んだ・入力した世帯"
IMPORTED = frozenset({Event.HOUSEHOLD_RECORD_CREATED, Event.HOUSEHOLD_RECORD_CHANGED})
"""By the job of the person's own roster: households that are new, and those of which a row differed."""

TYPED = frozenset(
    {
        Event.HOUSEHOLD_FACTS_CORRECTED,
        Event.HOUSEHOLD_STATUS_CHANGED,
        Event.HOUSEHOLD_MEMBER_MOVED,
        Event.NUMBER_INDIVIDUAL_STORED,
        Event.NUMBER_INDIVIDUAL_REPLACED,
    }
)
"""By the person at a page."""

_PREFIXES = ("household", "number:individual")
MOST = 5_000
"""Of one person and day: the households of a large school's first roster several times."""


def register() -> None:
    register_explainer(Explainer("E2", "本人の取込・入力", entered), "households.own-work")


def entered(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """Raises TrailUnavailable."""

    def wanted(_: set[int]) -> Iterable[int]:
        return homes_of({subject for event in _own(user, day) for subject in event.subjects}).values()

    return subjects_in(subjects, wanted, WORDS)


def _own(user: User, day: date) -> Iterator[TrailEvent]:
    since = start_of(day)
    until = since + timedelta(days=1)
    for prefix in _PREFIXES:
        about = Filters(prefix=prefix, actor=str(user.pk), since=since, until=until)
        yield from (event for event in between(about, MOST) if _enters(event))


def _enters(event: TrailEvent) -> bool:
    return event.event in {ActorKind.JOB: IMPORTED, ActorKind.PERSON: TYPED}.get(ActorKind(event.actor_kind), ())

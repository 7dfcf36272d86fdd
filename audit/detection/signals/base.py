"""What a rule of the trail is given, and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from audit.detection.calendar import Hours, Notice
from audit.detection.exports.usual import RoleDays
from audit.detection.homes import Home
from audit.detection.purposes import Standing
from audit.detection.rules import AllowedWords, Described
from audit.trail.entries import JSON, Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from web.moments import start_of

SEEN = ("read:", "number:individual:revealed", "number:unified:revealed")
"""Events that show somebody's record."""

RECORDS = frozenset({"household", "member", "pupil", "statement", "expense", "payment"})
"""Kinds of subjects that are, or belong to, a person outside the office."""


LEAST_AT_A_TERMINAL = 3
"""So many log-ins make a terminal one of the person's own."""


@dataclass(frozen=True, slots=True)
class Norms:
    """What is usual for a person; None where too little is known to say (then a rule is not evaluable)."""

    daily_records: tuple[int, ...] | None = None
    """Households seen on each of the last 90 days on which any were seen, days off too."""

    role_daily_records: tuple[int, ...] = ()
    """The same of everybody with one of the person's roles."""

    role_lately: tuple[int, ...] = ()
    """The same of the last week alone: whether everybody has more to do just now."""

    unexplained_lately: tuple[int, ...] = ()
    """Records the person opened without a reason on each of the seven days before, oldest first."""

    log_seconds: tuple[float, float] | None = None
    """Median and MAD of the logarithm of the session's length."""

    usual_terminals: frozenset[str] | None = None
    """Where the person logged in at least `LEAST_AT_A_TERMINAL` times."""

    shared_terminals: frozenset[str] = frozenset()
    """Where several people of the office log in: counters, meeting rooms."""

    has_exported: bool | None = None
    exports: tuple[RoleDays, ...] | None = None
    """What people of each of the person's roles take out on a day."""

    hours: Hours | None = None
    """The prefecture's; asked for on days with an export."""

    notices: tuple[Notice, ...] = ()
    """時間外利用届 for the person on the day."""

    usual_events: frozenset[str] | None = None
    """What people of the role did within the last 180 days."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the day is about. `day_after_last`: the first day the account may not be used."""

    username: str
    roles: frozenset[str] = frozenset()
    last_login_before: datetime | None = None
    day_after_last: date | None = None
    factor_changed_at: datetime | None = None


@dataclass(frozen=True)  # without slots, so that what several rules ask for is worked out once
class Day:
    """What one person did on one day, oldest first, as far as the trail knows. `about`: events of others about the account
    (wrong passwords, roles given). `unexplained`: subjects seen without a reason; None before the explainers have run.
    `in_review`: those that lie with the board to be looked through (E1), for people of the board; `in_batch`: those with a line of an
    imported roster that waits to be settled (E2).
    `watched`, `canaries`, `related`: subjects that are. `homes`: to which household they belong. `purposes`: of each
    事務コード of the day, whom it fits;
    `reveals_before`: numbers looked at within 30 days before, on days on which there are some, and `allowed_words`: reasons that the
    prefecture allows (定型の理由) at some moment of these days. `before`, `about_before`: the same of
    the time before the day began, as far back as `gathering` says: what takes minutes does not end
    at midnight. What was complete then was told then.
    """

    person: Person
    on: date
    events: tuple[TrailEvent, ...]
    about: tuple[TrailEvent, ...] = ()
    norms: Norms = field(default_factory=Norms)
    unexplained: frozenset[Subject] | None = None
    in_review: frozenset[Subject] = frozenset()
    in_batch: frozenset[Subject] = frozenset()
    watched: frozenset[Subject] = frozenset()
    canaries: frozenset[Subject] = frozenset()
    related: Mapping[Subject, str] | None = None
    homes: Mapping[Subject, Home] = field(default_factory=dict)
    purposes: Mapping[str, Standing] = field(default_factory=dict)
    reveals_before: tuple[TrailEvent, ...] = ()
    allowed_words: tuple[AllowedWords, ...] = ()
    before: tuple[TrailEvent, ...] = ()
    about_before: tuple[TrailEvent, ...] = ()

    @property
    def lately(self) -> tuple[TrailEvent, ...]:
        """The person's events, those before the day included."""
        return self.before + self.events

    @property
    def about_lately(self) -> tuple[TrailEvent, ...]:
        return self.about_before + self.about

    @property
    def begins(self) -> datetime:
        return start_of(self.on)

    def named(self, *words: Event) -> tuple[TrailEvent, ...]:
        """The person's events of these words on the day itself."""
        return tuple(event for event in self.events if event.event in words)

    def named_lately(self, *words: Event) -> tuple[TrailEvent, ...]:
        return tuple(event for event in self.lately if event.event in words)

    def run(self, events: Sequence[TrailEvent], span: timedelta, least: int) -> tuple[TrailEvent, ...] | None:
        """The first run of `least` events (oldest first, taken `lately`) inside one span of time that was complete on this day.

        The events of one that was complete before belong to what was told then, and to no run of this day.
        """
        least, start = max(1, least), 0
        while start + least <= len(events):
            first, last = events[start], events[start + least - 1]
            if last.occurred_at - first.occurred_at > span:
                start += 1
            elif last.occurred_at >= self.begins:
                return tuple(events[start : start + least])
            else:
                start += least
        return None

    def shown(self) -> tuple[tuple[TrailEvent, Subject], ...]:
        """Every record of somebody that was opened: pages and reveals, not lists and searches."""
        return self._shown

    @cached_property
    def _shown(self) -> tuple[tuple[TrailEvent, Subject], ...]:
        opened = (event for event in self.events if event.event.startswith(SEEN) and not _is_list(event))
        return tuple((event, subject) for event in opened for subject in event.subjects if subject.kind in RECORDS)

    def home(self, subject: Subject) -> Subject:
        """The household of a record; the record itself where no household is known."""
        return self.homes[subject].subject if subject in self.homes else subject

    def households(self, subjects: Iterable[Subject]) -> frozenset[Subject]:
        """What is counted and told: one family is one, whichever of its records were opened."""
        return frozenset(self.home(subject) for subject in subjects)


REVEALED = (Event.NUMBER_INDIVIDUAL_REVEALED, Event.NUMBER_UNIFIED_REVEALED)


def reveals_of(day: Day) -> list[TrailEvent]:
    """Numbers the person looked at: no job of theirs."""
    return [event for event in day.named(*REVEALED) if event.actor_kind == "person"]


LISTS = frozenset(
    {
        Event.READ_LIST_SHOWN,
        Event.READ_SEARCH_SHOWN,
        Event.READ_ROUND_SHOWN,
        Event.READ_TRAIL_SHOWN,
        Event.READ_ALERT_SHOWN,
    }
)
"""Pages that may name people, and open nobody's record."""


def _is_list(event: TrailEvent) -> bool:
    """Also a page that names several people of one kind (経費の一覧, 作業票); the members of one household are one record."""
    if event.event in LISTS:
        return True
    kinds = Counter(subject.kind for subject in event.subjects if subject.kind in RECORDS)
    if kinds["household"]:
        kinds.pop("member", None)
    return event.event.startswith("read:") and max(kinds.values(), default=0) > 1


@dataclass(frozen=True, slots=True)
class Found:
    """One firing. `mark` tells several of a day apart; the same mark never tells twice. `is_report`: seen and explained, so kept for
    the month's review and no alert; whatever makes it one later needs a mark of its own."""

    mark: str
    at: datetime
    sentence: str
    session: str = ""
    detail: Mapping[str, JSON] = field(default_factory=dict)
    is_report: bool = False


NotEvaluable = str
"""Why a rule cannot judge the day: a result of its own."""

Answer = list[Found] | NotEvaluable


@dataclass(frozen=True, kw_only=True)
class DayRule(Described):
    """A rule asked about each person's day. Pure: it reads neither database nor clock."""

    evaluate: Callable[[Day, float], Answer]

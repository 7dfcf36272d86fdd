"""The sweep: every 30 seconds, the rules of the trail are asked about everybody who did something since the last time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.detection import limits
from audit.detection.calendar import local
from audit.detection.gathering import OWN_ACCOUNT, between, day_of, office_at
from audit.detection.models import SignalSeen, SweepMark
from audit.detection.registry import DAY_RULES, GATHERING, OFFICE_RULES, WEEK_RULES
from audit.detection.rules import Described
from audit.detection.sharing import once, shared
from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.office import Office, OfficeRule
from audit.detection.signals.week import Week, WeekRule
from audit.detection.telling import Unjudged, note, note_failure, tell
from audit.review.models import OFFICE
from audit.review.raising import Finding
from audit.trail.actors import ActorKind
from audit.trail.counting import counts_by_role
from audit.trail.reader import Filters
from audit.trail.recorder import TrailUnavailable
from web.moments import start_of

OVERLAP = timedelta(minutes=2)
"""Looked at again each time: an act's event reaches the trail some seconds after its moment."""

MOST_OF_ALL = 50_000
"""Of all people together, between two looks or on a day."""

FIRST_LOOK = timedelta(minutes=10)


def sweep(now: datetime) -> int:
    """Look at what is new and ask all rules. Returns how many signals were new. Raises TrailUnavailable."""
    mark = SweepMark.objects.filter(pk=SweepMark.ONLY).first()
    since = (mark.until if mark else now - FIRST_LOOK) - OVERLAP
    with shared():
        told = sum(_ask_person(user, on) for user, on in _active(since, now))
        told += _ask_office(office_at(now))
    SweepMark.objects.update_or_create(pk=SweepMark.ONLY, defaults={"until": now})
    return told


def _active(since: datetime, until: datetime) -> list[tuple[User, date]]:
    """Whoever acted, or whose account something happened to, and on which days."""
    days: set[tuple[str, date]] = set()
    asked = [Filters(actor_kind=ActorKind.PERSON), *(Filters(prefix=prefix) for prefix in OWN_ACCOUNT)]
    for event in (event for of in asked for event in between(replace(of, since=since, until=until), most=MOST_OF_ALL)):
        on = local(event.occurred_at).date()
        if event.actor_kind == ActorKind.PERSON and event.actor_id:
            days.add((event.actor_id, on))
        if event.event.startswith(OWN_ACCOUNT):  # a list of staff that somebody read is no day of theirs
            days.update((subject.id, on) for subject in event.subjects if subject.kind == "user")
    people = User.objects.in_bulk([int(key) for key, _ in days if key.isdigit()])
    return [(people[int(key)], on) for key, on in sorted(days) if key.isdigit() and int(key) in people]


def acted_on(on: date) -> list[User]:
    """Everybody with an event on a day. Raises TrailUnavailable."""
    since = start_of(on)
    return list(dict.fromkeys(user for user, _ in _active(since, since + timedelta(days=1))))


def ask_again(on: date) -> int:
    """Each night: what reached the trail too late for the sweeps of its time is judged once more. Raises TrailUnavailable."""
    with shared():
        return sum(_ask_person(user, on) for user in acted_on(on))


def gathered(user: User, on: date) -> Day | None:
    """A person's day; one that cannot be gathered is noted, told, and holds up nobody else. Raises TrailUnavailable."""
    try:
        return day_of(user, on)
    except TrailUnavailable:
        raise
    except Exception as error:  # an explainer of another room may fail in any way; none of them may end the watch
        key = f"{GATHERING.id}:{user.username}:{on}"
        note_failure(Unjudged(GATHERING, key, user.username, timezone.now(), "その日の操作の記録"), error)
        return None


def _ask_person(user: User, on: date) -> int:
    day = gathered(user, on)
    return _ask_day(day) if day else 0


def _ask_day(day: Day) -> int:
    own = once("watch.thresholds", limits.thresholds)
    scope = f"{day.person.username}:{day.on}"
    return sum(_ask(rule, day, day.person.username, scope, own) for rule in DAY_RULES)


def _ask_office(office: Office) -> int:
    own = limits.thresholds()
    period = f"{local(office.now):%Y-%m-%d}"
    return sum(_ask(rule, office, OFFICE, OFFICE, own, period) for rule in OFFICE_RULES)


def ask_weeks(now: datetime) -> int:
    """Each night, which begins at `now`: everybody's last seven days beside those of the same role. Raises TrailUnavailable."""
    own, told = limits.thresholds(), 0
    for counts in counts_by_role(now - timedelta(days=7), now).values():
        people = User.objects.in_bulk([int(key) for key in counts if key.isdigit()])
        named = {people[int(key)].username: of for key, of in counts.items() if key.isdigit() and int(key) in people}
        for username in sorted(named):
            week = Week(username, local(now), named)
            period = f"{week.until:%G-W%V}"
            told += sum(_ask(rule, week, username, username, own, period) for rule in WEEK_RULES)
    return told


def _ask(
    rule: DayRule | OfficeRule | WeekRule,
    about: Day | Office | Week,
    username: str,
    scope: str,
    own: dict[str, float],
    period: str = "",
) -> int:
    """One rule; one that fails is noted and holds up nobody else. What it could not judge is noted once a scope and period:
    a day's scope has its date already, and what an office rule found has it in its mark."""
    threshold = own.get(rule.id, rule.standard if rule.standard is not None else 0.0)
    key = ":".join(part for part in (rule.id, scope, period) if part)[:160]
    unjudged = Unjudged(rule, key, username, timezone.now(), "操作の記録")
    try:
        answer: Answer = rule.evaluate(about, threshold)  # type: ignore[arg-type]
    except Exception as error:  # a rule may fail in any way; none of them may end the watch
        note_failure(unjudged, error)
        return 0
    if isinstance(answer, str):
        note(unjudged, answer)
        return 0
    return _tell(rule, username, scope, answer)


def _tell(rule: Described, username: str, scope: str, answer: Iterable[Found]) -> int:
    """A day is asked again with each of its acts: most of what is found then was told before, which one question shows."""
    keys = {f"{rule.id}:{scope}:{found.mark}"[:160]: found for found in reversed(list(answer))}
    before = set(SignalSeen.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    told = 0
    for key, found in reversed(keys.items()):
        if key in before:
            continue
        finding = Finding(key, rule.id, username, found.session[:36], found.at, found.sentence, found.detail)
        with transaction.atomic():
            told += tell(rule, finding, is_report=found.is_report) is not None
    return told

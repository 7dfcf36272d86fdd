"""Gathers what the rules of the trail are asked about: one person's day, and the office now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import TruncHour

from accounts.access import labels_of, roles_in_force, visible_schools
from accounts.models import SessionRecord, User
from audit.detection import limits, queries, reasons
from audit.detection.exports.learning import EXPORTS
from audit.detection.exports.usual import usual_of
from audit.detection.homes import homes_of
from audit.detection.models import AccessDay, Habits
from audit.detection.purposes import standing_of
from audit.detection.rules import AllowedWords
from audit.detection.sharing import once
from audit.detection.signals.access import same_reason
from audit.detection.signals.access.exports import size_of
from audit.detection.signals.access.volume import FLOOR
from audit.detection.signals.accounts import brief_role, reveal_after_factor
from audit.detection.signals.base import LEAST_AT_A_TERMINAL, RECORDS, REVEALED, Day, Norms, Person, reveals_of
from audit.detection.signals.office import Night, Office, Refusals
from audit.detection.signals.sessions.long_session import ENDS
from audit.trail.actors import ActorKind, bare_roles, joined_roles
from audit.trail.entries import Subject
from audit.trail.leaving import LEAVES
from audit.trail.models import OutboxEvent, RefusedEvent, WitnessComparison
from audit.trail.reader import MOST_AT_ONCE, Filters, TrailEvent, search
from audit.trail.sealing.health import health
from audit.trail.vocabulary import Event
from audit.trail.witness.comparison import comparisons
from web.moments import start_of

MOST_EVENTS = 5_000
"""Of one person and day; more than this is far beyond any threshold."""

EARLIER = timedelta(hours=1)
"""Before a day begins: longer than any span of minutes that a rule counts in."""

MOST_HOURS_BACK = 31 * 24.0
LEAST_DAYS, DAYS_BACK, LATELY = 10, 90, 7
EXPORT_DAYS, LATEST_EXPORTS = 180, 50
REVEAL_DAYS = 30
FAILURES_BACK = timedelta(minutes=15)
REFUSALS_BACK = timedelta(days=7)
NIGHTS = 10
"""So that what a night found is told also when the watch stood still for a week."""

IN_WORK = "E1 "
"""The reason that a 調書 is in a stage that is the person's to work on."""

ROSTER_LINES = "E2 名簿取込の要確認"
"""The reason that a line of an imported roster waits to be settled."""

OWN_ACCOUNT = ("session:", "account:")


def between(filters: Filters, most: int | None = None) -> list[TrailEvent]:
    """Events oldest first, page by page. Raises TrailUnavailable."""
    return list(_pages(filters, MOST_EVENTS if most is None else most))[::-1]


def _pages(filters: Filters, most: int) -> Iterator[TrailEvent]:
    told, page = 0, replace(filters, limit=MOST_AT_ONCE)
    while told < most:
        found = search(page)
        yield from found
        told += len(found)
        if len(found) < MOST_AT_ONCE:
            return
        page = replace(page, after=found[-1].key)


def day_of(user: User, on: date) -> Day:
    """Everything about a person's day that a rule may ask for. Raises TrailUnavailable."""
    begins = start_of(on)
    person = _person(user, begins)
    spans = _spans()
    since, until = begins - max(EARLIER, spans[brief_role.RULE.id]), begins + timedelta(days=1)
    of_account = between(Filters(subject=Subject("user", str(user.pk)), since=since, until=until))
    about_before, about = _cut([event for event in of_account if event.event.startswith(OWN_ACCOUNT)], begins)
    before, own = _cut(acts_of(user, on, _back_to(person, begins, about, spans)), begins)
    plain = _at_home(Day(person, on, own, about, before=before, about_before=about_before))
    subjects = {subject for _, subject in plain.shown()}
    known = reasons.explained(user, subjects, on)
    marks = reasons.watched(user, subjects)
    exports = any(event.event in LEAVES for event in own)
    without = None if known is None else frozenset(subjects - known.keys())
    return replace(
        plain,
        norms=replace(
            _norms(user, on, exports=exports, is_busy=len(plain.households(subjects)) >= FLOOR),
            unexplained_lately=_unexplained_lately(user, on) if without else (),
        ),
        unexplained=without,
        watched=frozenset(s for s, word in marks.items() if word != reasons.CANARY),
        canaries=frozenset(s for s, word in marks.items() if word == reasons.CANARY),
        related=reasons.related(user, subjects),
        in_review=_in_review(user, known or {}),
        in_batch=frozenset(subject for subject, words in (known or {}).items() if words.startswith(ROSTER_LINES)),
        purposes=standing_of(_asked_for(plain), on),
        reveals_before=_reveals_before(user, begins) if reveals_of(plain) else (),
        allowed_words=_allowed_words(user, begins) if reveals_of(plain) else (),
    )


def _in_review(user: User, known: Mapping[Subject, str]) -> frozenset[Subject]:
    """A school goes through the records of its children all spring; only the board's review is a task of going through a list."""
    if visible_schools(user) is not None:
        return frozenset()
    return frozenset(subject for subject, words in known.items() if words.startswith(IN_WORK))


def _at_home(plain: Day) -> Day:
    records = {
        s for event in plain.lately if event.actor_kind == ActorKind.PERSON for s in event.subjects if s.kind in RECORDS
    }
    return replace(plain, homes=homes_of(records))


def _reveals_before(user: User, begins: datetime) -> tuple[TrailEvent, ...]:
    since = begins - timedelta(days=REVEAL_DAYS)
    return tuple(
        between(Filters(events=REVEALED, actor=str(user.pk), actor_kind=ActorKind.PERSON, since=since, until=begins))
    )


def _allowed_words(user: User, begins: datetime) -> tuple[AllowedWords, ...]:
    since, until = begins - timedelta(days=REVEAL_DAYS), begins + timedelta(days=1)
    return limits.allowed_words(same_reason.RULE.id, user.username, since, until)


def _asked_for(day: Day) -> dict[str, set[Subject]]:
    """By 事務コード, of whom a number was shown under it."""
    asked: dict[str, set[Subject]] = {}
    for event in (event for event in reveals_of(day) if event.duty):
        asked.setdefault(event.duty, set()).update(s for s in event.subjects if s.kind == "member")
    return asked


def _spans() -> dict[str, timedelta]:
    """How long what ends or follows on a day may have begun before it, as the prefecture has it, by rule."""
    own = once("watch.thresholds", limits.thresholds)
    rules = (brief_role.RULE, reveal_after_factor.RULE)
    return {rule.id: timedelta(hours=min(own.get(rule.id, rule.standard or 0), MOST_HOURS_BACK)) for rule in rules}


def _back_to(person: Person, begins: datetime, about: Sequence[TrailEvent], spans: Mapping[str, timedelta]) -> datetime:
    """From when on the person's own acts belong to what a rule asks about the day: an hour, and further back where on the day a
    session or role ended that began earlier, or the authenticator was changed a short time before."""
    starts = [begins - EARLIER]
    for event in about:
        if event.event == Event.ACCOUNT_ROLE_ENDED:
            starts.append(event.occurred_at - spans[brief_role.RULE.id])
        elif event.event in ENDS and isinstance(event.detail.get("seconds"), int):
            starts.append(event.occurred_at - timedelta(hours=min(event.detail["seconds"] / 3600, MOST_HOURS_BACK)))
    changed = person.factor_changed_at
    if changed and begins - spans[reveal_after_factor.RULE.id] < changed < begins:
        starts.append(changed)
    return min(starts)


def _cut(events: Sequence[TrailEvent], at: datetime) -> tuple[tuple[TrailEvent, ...], tuple[TrailEvent, ...]]:
    """Events before a moment, and from it on."""
    return tuple(e for e in events if e.occurred_at < at), tuple(e for e in events if e.occurred_at >= at)


def acts_of(user: User, on: date, since: datetime | None = None) -> tuple[TrailEvent, ...]:
    """What the person did on a day (or from an earlier moment until its end), oldest first, as far as it is known to be that
    person's doing. Raises TrailUnavailable."""
    begins = start_of(on)
    until = begins + timedelta(days=1)
    by_person = Filters(actor=str(user.pk), actor_kind=ActorKind.PERSON, since=since or begins, until=until)
    return tuple(event for event in between(by_person) if event.event not in _NOT_PROVED)


_NOT_PROVED = ("session:password:failed", "session:otp:failed")
"""Told in a person's name, but not yet known to be that person's doing."""


def office_at(now: datetime) -> Office:
    failures = between(Filters(prefix="session:password:failed", since=now - FAILURES_BACK))
    vendor = between(Filters(prefix="vendor:entry:refused", since=now - FAILURES_BACK))
    waiting = OutboxEvent.objects.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    foreign = between(Filters(prefix="access:prefecture:refused", since=now - FAILURES_BACK))
    strangers = tuple(event for event in foreign if not (event.actor_kind == ActorKind.PERSON and event.actor_id))
    used = _used(event.terminal for event in failures)
    return Office(now, tuple(failures), waiting, tuple(vendor), strangers, health(), _nights(), _refused(now), used)


def _used(terminals: Iterable[str]) -> frozenset[str]:
    """Those at which somebody ever completed a log-in."""
    asked = set(terminals)
    records = SessionRecord.objects.filter(terminal__in=asked).order_by() if asked else SessionRecord.objects.none()
    return frozenset(records.values_list("terminal", flat=True).distinct())


def _nights() -> tuple[Night, ...]:
    """Those of the last days, however many others somebody put there."""
    return tuple(map(_night, islice(comparisons(), NIGHTS)))


def _night(one: WitnessComparison) -> Night:
    found = (one.unrecorded, one.lost, one.changed_heads, one.unsigned)
    unrecorded, lost, changed, unsigned = map(len, found)
    return Night(one.pk, one.compared_at, unrecorded, lost, changed, unsigned, one.until)


def _refused(now: datetime) -> tuple[Refusals, ...]:
    """Hour by hour; a week back, so that what happened while the watch stood still is told when it goes on."""
    hours = (
        RefusedEvent.objects.filter(refused_at__gt=now - REFUSALS_BACK)
        .order_by()
        .values(hour=TruncHour("refused_at"))
        .annotate(first=Min("refused_at"), events=Count("pk"))
        .order_by("first")
    )
    return tuple(Refusals(hour["first"], hour["events"]) for hour in hours)


def _person(user: User, since: datetime) -> Person:
    last = SessionRecord.objects.filter(user=user, started_at__lt=since).order_by("-started_at").first()
    return Person(
        username=user.username,
        roles=frozenset(assignment.role for assignment in roles_in_force(user)),
        last_login_before=last.started_at if last else None,
        day_after_last=user.ends_on + timedelta(days=1) if user.ends_on else None,
        factor_changed_at=user.factor_changed_at if last else None,
    )


def _norms(user: User, on: date, *, exports: bool, is_busy: bool) -> Norms:
    """`exports`: whether the day has an export; only then half a year of the trail is searched for earlier ones, and asked how much
    others take out, and when the office is open. `is_busy`: whether
    so many households were opened that it may be too many; only then days before are counted."""
    own, peers, lately = _daily_records(user, on) if is_busy else ((), (), ())
    habits = Habits.objects.filter(username=user.username).first()
    label = joined_roles(labels_of(roles_in_force(user)))
    organisation, begins = once("watch.organisation", _organisation), start_of(on)
    usual, learnt = organisation.get("role_events", {}).get(label), organisation.get(EXPORTS)
    log_seconds = habits.profile.get("log_seconds") if habits else None
    return Norms(
        daily_records=own if len(own) >= LEAST_DAYS else None,
        role_daily_records=peers,
        role_lately=lately,
        log_seconds=tuple(log_seconds) if log_seconds else None,
        usual_terminals=_usual_terminals(habits) if habits else None,
        shared_terminals=frozenset(organisation.get("shared_terminals", ())),
        has_exported=_has_exported(user, on) if exports else None,
        exports=None if learnt is None or not exports else usual_of(learnt, bare_roles(label)),
        hours=once("watch.hours", queries.hours_in_force) if exports else None,
        notices=queries.notices_between(user.username, begins, begins + timedelta(days=1)) if exports else (),
        usual_events=frozenset(usual) if usual else None,
    )


def _usual_terminals(habits: Habits) -> frozenset[str]:
    logins = habits.profile["own"]["values"].get("terminal", {})
    return frozenset(terminal for terminal, times in logins.items() if times >= LEAST_AT_A_TERMINAL)


def _organisation() -> dict[str, Any]:
    return Habits.objects.filter(username=Habits.ORGANISATION).values_list("profile", flat=True).first() or {}


def _daily_records(user: User, on: date) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The person's own, those of everybody with one of the roles, and theirs of the last week."""
    days = AccessDay.objects.filter(day__gte=on - timedelta(days=DAYS_BACK), day__lt=on)
    roles = [assignment.role for assignment in roles_in_force(user)]
    peers = User.objects.filter(role_assignments__role__in=roles).exclude(pk=user.pk).values("username")
    own = days.filter(username=user.username).values_list("accesses", flat=True)
    theirs = list(days.filter(username__in=peers).order_by("-day").values_list("day", "accesses")[:2000])
    lately = (count for day, count in theirs if day >= on - timedelta(days=LATELY))
    return tuple(own), tuple(count for _, count in theirs), tuple(lately)


def _unexplained_lately(user: User, on: date) -> tuple[int, ...]:
    first = on - timedelta(days=LATELY)
    rows = AccessDay.objects.filter(username=user.username, day__gte=first, day__lt=on)
    without = {row.day: row.accesses - row.explained for row in rows}
    return tuple(without.get(first + timedelta(days=place), 0) for place in range(LATELY))


def _has_exported(user: User, on: date) -> bool:
    """Anything about people."""
    until = start_of(on)
    earlier = Filters(events=tuple(sorted(LEAVES)), actor=str(user.pk), actor_kind=ActorKind.PERSON, until=until)
    return any(map(size_of, search(replace(earlier, since=until - timedelta(days=EXPORT_DAYS), limit=LATEST_EXPORTS))))

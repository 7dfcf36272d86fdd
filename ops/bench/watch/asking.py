"""All rules asked about the made-up acts of an office (`acts`), day by day, with their standard thresholds: how many alerts, by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.detection import factor_change, outside_hours
from audit.detection.calendar import Hours, Notice
from audit.detection.exports.usual import ExportDay, learn, usual_of
from audit.detection.gathering import REVEAL_DAYS
from audit.detection.logins.durations import habits_of
from audit.detection.logins.learning import SHARED_BY
from audit.detection.purposes import Standing
from audit.detection.registry import ALL_RULES, DAY_RULES, OFFICE_RULES, RULES
from audit.detection.rules import Act, ActKind, Described, Outcome, Result, Rule
from audit.detection.signals.access.exports import is_approved, size_of, taken_out
from audit.detection.signals.base import LEAST_AT_A_TERMINAL, Answer, Day, Norms, Person, reveals_of
from audit.detection.signals.office import Office
from audit.detection.signals.sessions.long_session import ENDS
from audit.trail.reader import TrailEvent
from audit.trail.sealing.health import Health
from audit.trail.vocabulary import Event
from ops.bench.watch.acts import CANARY, DUTY, Announced, OfficeDay, PersonDay, role_of
from ops.bench.watch.office import Visit

IN_THE_SEASON = frozenset({"unexplained", "related", "watched", "volume", "sequential_walk"})
"""Rules about whose records were opened and why: asked in the season of work (`season`), where there are records and reasons."""

OF_LOGINS = frozenset({"unusual_login"})
"""Asked where habits are learnt each night (`alerts`)."""

ASKED_HERE = frozenset(rule.id for rule in ALL_RULES) - IN_THE_SEASON - OF_LOGINS
KINDS = {"factor_change": ActKind.FACTOR_CHANGE, "role_given": ActKind.ROLE_GIVEN, "number_in_file": ActKind.NUMBER_IN_FILE,
         "disowned": ActKind.DISOWNED, "reveal": ActKind.REVEAL, "login": ActKind.LOGIN}  # fmt: skip
FAILURES = (Event.SESSION_PASSWORD_FAILED, Event.SESSION_OTP_FAILED)
HALF_A_SWEEP = timedelta(seconds=15)
MANAGER, REPORTED = "kanri", " reported"
Told = tuple[Described, str, bool]
"""The rule, the key under which the product tells it once, and whether it is only reported."""


@dataclass
class Asking:
    """Who asks day by day and remembers what the product would: the notices, the lengths of sessions, used terminals."""

    visits: Iterable[Visit]
    lengths: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    logins: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    notices: dict[str, list[Notice]] = field(default_factory=lambda: defaultdict(list))
    reveals: dict[str, list[TrailEvent]] = field(default_factory=lambda: defaultdict(list))
    exported: list[ExportDay] = field(default_factory=list)
    usual_exports: dict[str, Any] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for visit in self.visits:
            if visit.has_notice:
                at = datetime.fromtimestamp(visit.login.seconds, UTC)
                self.notices[visit.login.person].append(Notice(at, at + timedelta(hours=8)))

    def day(self, found: OfficeDay) -> Counter[str]:
        """Of a day, by rule: alerts, and what is only reported (`REPORTED`); nothing is counted twice that the product tells once."""
        people = Counter(terminal for logins in self.logins.values() for terminal in logins)
        self.used, self.shared = frozenset(people), frozenset(t for t, by in people.items() if by >= SHARED_BY)
        if found.on.day == 1 or not self.usual_exports:
            self.usual_exports = learn(self.exported)
        told: set[str] = set()
        for rule, key, is_report in [*self._acts(found), *self._people(found), *self._office(found)]:
            if rule.id in ASKED_HERE:
                told.add(f"{rule.id}{REPORTED if rule.is_report or is_report else ''}|{key}")
        return Counter(key.partition("|")[0] for key in told)

    def _acts(self, found: OfficeDay) -> Iterator[Told]:
        for one in found.announced:
            act = _act(one)
            for rule in RULES:
                if act.kind not in rule.watches or rule.id in OF_LOGINS:
                    continue
                outcome = self._answer(rule, act, one).outcome
                if outcome in (Outcome.FIRED, Outcome.REPORTED):
                    yield rule, rule.key(act), outcome is Outcome.REPORTED

    def _answer(self, rule: Rule, act: Act, one: Announced) -> Result:
        if rule.id == outside_hours.RULE.id:
            return outside_hours.judge(act, Hours(), self.notices[act.username])
        if rule.id == factor_change.RULE.id:
            return factor_change.judge(act, one.has_worked, has_left=one.has_left)
        return rule.evaluate(act)

    def _people(self, found: OfficeDay) -> Iterator[Told]:
        for day in found.people.values():
            about = self._day(day, found)
            for looked in [*_as_swept(about), about]:
                for rule in DAY_RULES:
                    yield from _told(rule, rule.evaluate(looked, rule.standard or 0.0), f"{day.person}:{day.on}")
            self.lengths[day.person] += [int(e.detail["seconds"]) for e in day.about if e.event in ENDS]
            if out := taken_out(about):
                rows = sum(size_of(event) for event in out if not is_approved(event))
                self.exported.append(ExportDay(day.person, frozenset({role_of(day.person)}), rows, len(out)))
            self.logins[day.person].update(e.terminal for e in day.events if e.event == Event.SESSION_LOGIN_SUCCEEDED)

    def _day(self, day: PersonDay, found: OfficeDay) -> Day:
        events = tuple(day.events)
        last = events[0].occurred_at - timedelta(days=day.away or 1) if events else None
        everybody = [seconds for own in self.lengths.values() for seconds in own[-20:]]
        person = Person(day.person, frozenset(), last, day.on if day.has_left else None, day.changed_at)
        norms = Norms(
            log_seconds=habits_of(self.lengths[day.person][-60:], everybody[-600:]) if day.about else None,
            usual_terminals=frozenset(
                t for t, times in self.logins[day.person].items() if times >= LEAST_AT_A_TERMINAL
            ),
            shared_terminals=self.shared,
            has_exported=True,
            exports=usual_of(self.usual_exports, [role_of(day.person)]),
            hours=Hours(),
            notices=tuple(self.notices[day.person]),
        )
        canaries = frozenset({CANARY}) if found.is_canary_opened else frozenset()
        plain = Day(
            person, day.on, events, tuple(day.about), norms, unexplained=frozenset(), canaries=canaries, related={}
        )
        return replace(plain, purposes=_purposes(day, plain), reveals_before=tuple(self._reveals_before(plain)))

    def _reveals_before(self, day: Day) -> list[TrailEvent]:
        """Of thirty days; kept for the days that follow."""
        mine = self.reveals[day.person.username]
        mine[:] = [event for event in mine if day.begins - event.occurred_at <= timedelta(days=REVEAL_DAYS)]
        before = list(mine) if (today := reveals_of(day)) else []
        mine += today
        return before

    def _office(self, found: OfficeDay) -> Iterator[Told]:
        for office in self._offices(found):
            for rule in OFFICE_RULES:
                yield from _told(rule, rule.evaluate(office, rule.standard or 0.0), "")

    def _offices(self, found: OfficeDay) -> Iterator[Office]:
        """As the sweep sees it: after each failure, each refused entry, and while the trail is away or a clock was moved."""
        span = timedelta(minutes=15)
        for event in found.failures:
            lately = tuple(e for e in found.failures if event.occurred_at - span < e.occurred_at <= event.occurred_at)
            yield Office(event.occurred_at, lately, None, used_terminals=self.used)
        for event in found.vendor:
            yield Office(event.occurred_at, (), None, (event,))
        noon = datetime(found.on.year, found.on.month, found.on.day, 4, tzinfo=UTC)
        if found.trail_away or found.clock_step:
            since = noon - found.trail_away if found.trail_away else None
            yield Office(noon, (), since, trail=Health(stepped=found.clock_step))


def _act(one: Announced) -> Act:
    """What a transfer gives is given by no person, but by a job."""
    reference = one.session or f"{one.person}:{one.what}:{one.at.isoformat()}"
    by = MANAGER if one.kind == "role_given" and one.has_worked else ""
    return Act(KINDS[one.kind], one.at, one.person, one.session, reference, one.what, by, one.is_approved)


def _purposes(made: PersonDay, day: Day) -> dict[str, Standing]:
    shown = frozenset(subject for event in reveals_of(day) for subject in event.subjects)
    return {DUTY: Standing("計測", shown - made.unfit, in_season=True)} if shown else {}


def _as_swept(about: Day) -> Iterator[Day]:
    """The day as it was half a sweep after each failure, before the log-in that explains it."""
    for event in about.about:
        if event.event in FAILURES:
            until = event.occurred_at + HALF_A_SWEEP
            before = (tuple(e for e in of if e.occurred_at <= until) for of in (about.events, about.about))
            events, told = before
            yield replace(about, events=events, about=told)


def _told(rule: Described, answer: Answer, scope: str) -> Iterator[Told]:
    if not isinstance(answer, str):
        yield from ((rule, f"{scope}:{found.mark}", found.is_report) for found in answer)

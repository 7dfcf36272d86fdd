"""Each night: the habits of everybody from the log-ins of the last 180 days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from accounts.models import RoleAssignment, SessionRecord
from audit.detection.exports.learning import EXPORTS, usual_exports
from audit.detection.hours.absence import relearning
from audit.detection.hours.circle import Floats
from audit.detection.hours.history import WINDOW_DAYS, History, history
from audit.detection.hours.model import HourModel, learn
from audit.detection.logins.drifting import RECENT, recent_p_values
from audit.detection.logins.durations import habits_of
from audit.detection.logins.features import Login, features_of
from audit.detection.logins.freeman import Profile, left_out, profiles, suspicion
from audit.detection.logins.packing import pack_calibrations, pack_counts, pack_hours
from audit.detection.logins.rollouts import rollouts
from audit.detection.models import Habits
from audit.detection.teaching import doubted, unusual
from audit.trail.reader import events_by_role

LONGEST_DAYS = 4 * int(WINDOW_DAYS)
"""How far back rare users' last sessions are looked for."""

MONTH = 30 * 86_400
SHARED_BY = 3
"""People; two may have swapped machines."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """`people` in the order of the model's rows; `terminal` and `together`: calibrations, unsorted."""

    people: tuple[str, ...]
    past: History
    model: HourModel
    terminal: Floats
    together: Floats
    own: dict[str, Profile]
    everybody: Profile


def learn_habits(now: datetime) -> int:
    """Replace all habits by today's. Returns how many people have some. For the nightly task."""
    logins = past_logins(now)
    learnt = learn_from(logins, _transfers())
    rows = [_organisation(learnt, logins, now), *_people(learnt, logins, now)]
    recent = recent_p_values(past_logins(now, of_all=True))
    for row in rows:
        row.profile[RECENT] = recent.get(row.username, [])
    with transaction.atomic():
        Habits.objects.all().delete()
        Habits.objects.bulk_create(rows, batch_size=500)
    return len(rows) - 1


def past_logins(now: datetime, *, of_all: bool = False) -> list[Login]:
    """Every log-in that may teach (`teaching`). `of_all`: every one that nobody disowned, for whether habits move; who comes at new
    hours each day is told of each day, and would else never be seen to have moved."""
    bad, rare = (set[str](), set[str]()) if of_all else (doubted(), unusual())
    records = SessionRecord.objects.filter(
        started_at__gte=now - timedelta(days=LONGEST_DAYS), started_at__lt=now, disowned_at=None
    ).values_list("pk", "user__username", "user__section", "started_at", "terminal", "address", "agent")
    return [
        Login(username, section, int(started.timestamp()), features_of(terminal, address, agent), str(pk) not in rare)
        for pk, username, section, started, terminal, address, agent in records.order_by("user__username", "started_at")
        if str(pk) not in bad
    ]


def learn_from(logins: Sequence[Login], transfers: dict[str, int]) -> Learnt:
    """Everything a decision needs, without the database."""
    people = tuple(sorted({login.person for login in logins}))
    numbers = {person: number for number, person in enumerate(people)}
    persons = np.array([numbers[login.person] for login in logins], dtype=np.int64)
    seconds = np.array([login.seconds for login in logins], dtype=np.int64)
    moved = {numbers[person]: moment for person, moment in transfers.items() if person in numbers}
    past = history(persons, seconds, len(people), moved)
    kept = [logins[row] for row in past.rows.tolist()]
    is_usual = np.array([login.is_usual for login in kept], dtype=bool)
    model = learn(replace(past, weights=np.where(is_usual, past.weights, 0.0)))
    own, everybody = profiles((login.person, login.features) for login in kept if login.is_usual)
    own = {person: own.get(person, Profile()) for person in people}
    terminal = np.array([_suspicion(login, own, everybody) for login in kept])
    return Learnt(people, past, model, terminal, terminal - np.log(model.past), own, everybody)


def _suspicion(login: Login, own: Mapping[str, Profile], everybody: Profile) -> float:
    """By what is usual without it."""
    if login.is_usual:
        return left_out(login.person, login.features, own, everybody, len(own))
    return suspicion(login.features, own[login.person], everybody, len(own)).total


def _transfers() -> dict[str, int]:
    """When people who had an earlier role last took up a new one (the 異動 of April, most of all)."""
    first_and_last = RoleAssignment.objects.values_list("user__username").annotate(last=Max("starts_on"))
    before = {
        (username, starts_on)
        for username, starts_on in RoleAssignment.objects.exclude(ends_on=None).values_list(
            "user__username", "starts_on"
        )
    }
    return {
        username: int(datetime(last.year, last.month, last.day, tzinfo=UTC).timestamp()) - 9 * 3600
        for username, last in first_and_last
        if any(person == username and day < last for person, day in before)
    }


def _organisation(learnt: Learnt, logins: Sequence[Login], now: datetime) -> Habits:
    known = learnt.model.of(-1)
    profile: dict[str, Any] = {
        "own_basis": known.own_basis,
        "shared_basis": known.shared_basis,
        "persons": len(learnt.people),
        "logins_a_month": sum(now.timestamp() - login.seconds < MONTH for login in logins),
        "everybody": _profile(learnt.everybody),
        "role_events": events_by_role(now - timedelta(days=int(WINDOW_DAYS))),
        EXPORTS: usual_exports(now),
        "shared_terminals": shared_terminals(learnt.own.values()),
        "rollouts": {s: sorted(v) for s, v in rollouts(logins, int(now.timestamp())).items()},
    }
    return Habits(
        username=Habits.ORGANISATION,
        sessions=int(known.everybody.sum()),
        hours=pack_hours(known) + pack_counts(known.everybody),
        profile=profile,
        calibration=pack_calibrations(learnt.terminal, learnt.together),
        learnt_at=now,
    )


def shared_terminals(profiles: Iterable[Profile]) -> list[str]:
    """Where at least `SHARED_BY` people log in."""
    people = Counter(terminal for profile in profiles for terminal in profile.values["terminal"])
    return sorted(terminal for terminal, persons in people.items() if persons >= SHARED_BY)


def _people(learnt: Learnt, logins: Sequence[Login], now: datetime) -> list[Habits]:
    sections = {login.person: login.section for login in logins}
    last = {login.person: login.seconds for login in logins}
    lengths, sections_lengths = _lengths(now, sections)
    anew = relearning(learnt.past.persons, learnt.past.seconds)
    latest = {int(person): bool(flag) for person, flag in zip(learnt.past.persons, anew, strict=True)}
    return [
        Habits(
            username=person,
            sessions=learnt.model.of(number).sessions,
            is_relearning=latest[number],
            last_login_at=datetime.fromtimestamp(last[person], UTC),
            hours=pack_hours(learnt.model.of(number)),
            profile={
                "section": sections[person],
                "own": _profile(learnt.own[person]),
                "log_seconds": habits_of(lengths[person], sections_lengths[sections[person]]),
            },
            learnt_at=now,
        )
        for number, person in enumerate(learnt.people)
    ]


def _lengths(now: datetime, sections: dict[str, str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Seconds of ended sessions of the last 180 days that may teach, by person and by section."""
    left_out = unusual()
    people: dict[str, list[int]] = defaultdict(list)
    parts: dict[str, list[int]] = defaultdict(list)
    ended = SessionRecord.objects.filter(
        started_at__gte=now - timedelta(days=int(WINDOW_DAYS)), started_at__lt=now
    ).exclude(ended_at=None)
    for pk, person, started, end in ended.values_list("pk", "user__username", "started_at", "ended_at"):
        if str(pk) in left_out:
            continue
        seconds = int((end - started).total_seconds()) if end else 0
        people[person].append(seconds)
        parts[sections.get(person, "")].append(seconds)
    return people, parts


def _profile(profile: Profile) -> dict[str, Any]:
    return {"logins": profile.logins, "values": {name: dict(counts) for name, counts in profile.values.items()}}

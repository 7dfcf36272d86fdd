"""What a sweep finds out once for everybody changes nothing that the rules answer, and outlives no sweep."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from audit.detection.reasons import explained, related, watched
from audit.detection.sharing import once, shared
from tests.audit.detection.test_sweep import open_record
from tests.audit.detection.test_watch import alerts
from tests.domain.households.people import make_home
from tests.platform.accounts.sign_in import make_person
from tests.support.records import school

MONDAY = date(2025, 6, 2)


def test_in_made_up_weeks_every_day_has_the_same_reasons_marks_and_alerts(
    in_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two schools and somebody of the board, one who browses among them; each day asked as a sweep does and one by one."""
    from ops.bench.watch import desks as people
    from ops.bench.watch.day_alerts import alerts_of
    from ops.bench.watch.desks import board_desk, school_desk
    from ops.bench.watch.work import a_day

    monkeypatch.setattr(people, "HOUSEHOLDS", 20)
    chance = np.random.default_rng(7)
    schools = [school_desk(chance, number) for number in range(2)]
    desks = [*schools, board_desk(chance, 0, schools)]
    schools[0].browses = True
    answers: dict[bool, list[Any]] = {True: [], False: []}
    for day in (MONDAY + timedelta(days=offset) for offset in (0, 1, 2, 7, 8)):
        worked = [(desk, opened) for desk in desks if (opened := a_day(chance, desk, day))]
        for sharing in (True, False):
            with shared() if sharing else nullcontext():
                for desk, opened in worked:
                    subjects = [access.subject for access in opened]
                    known = explained(desk.user, subjects, day) or {}
                    marks = watched(desk.user, subjects), related(desk.user, subjects)
                    answers[sharing].append((known, marks, alerts_of(opened, day, known, {})))
    assert answers[True] == answers[False]
    assert len(answers[True]) > 10
    assert any(told for *_, told in answers[True]), "weeks without any alert would show nothing"
    assert any(known for known, *_ in answers[True])


def test_a_sweep_asks_once_for_what_concerns_everybody(hours: Any) -> None:
    from audit.detection.sweeping import sweep
    from audit.trail.entries import Subject

    place = school()
    homes = [make_home(place, n) for n in range(1, 4)]
    people = [make_person(f"swept-{n}", (Role.SCHOOL_CLERK, place.code)) for n in range(2)]
    for person in people:
        for home in homes:
            open_record(person, Subject("household", str(home.pk)))
    with CaptureQueriesContext(connection) as first:
        sweep(timezone.now())
    asked = [query["sql"] for query in first.captured_queries]
    looked_up = (
        'SELECT "households_household"."id" AS "pk" FROM "households_household" WHERE "households_household"."id" IN'
    )
    assert sum(sql.startswith(looked_up) for sql in asked) == 1
    assert sum('FROM "detection_signalsetting"' in sql for sql in asked) == 2, "once for people, once for the office"
    told = {(alert.rule, alert.username) for alert in alerts()}
    sweep(timezone.now())
    assert {(alert.rule, alert.username) for alert in alerts()} == told
    assert {("unexplained", person.username) for person in people} <= told


@pytest.mark.parametrize("seen", [29, 30])
def test_days_before_are_counted_when_a_day_may_have_too_many(hours: Any, seen: int) -> None:
    from audit.detection.gathering import day_of
    from audit.detection.models import AccessDay
    from audit.trail.entries import Subject
    from audit.trail.recorder import Entry, record_access_many
    from audit.trail.vocabulary import Event
    from tests.support.records import acting

    person, today = make_person("swept-clerk", (Role.SCHOOL_CLERK, "S01")), timezone.localdate()
    AccessDay.objects.bulk_create(
        AccessDay(username=person.username, day=today - timedelta(days=n), accesses=n, explained=n)
        for n in range(1, 12)
    )
    with acting(person):
        record_access_many(
            Entry(Event.READ_HOUSEHOLD_SHOWN, [Subject("household", str(10**9 + n))]) for n in range(seen)
        )
    norms = day_of(person, today).norms
    assert sorted(norms.daily_records or ()) == (list(range(1, 12)) if seen == 30 else [])


def test_nothing_outlives_a_sweep() -> None:
    found = iter(range(9))
    with shared():
        assert [once("x", lambda: next(found)) for _ in range(3)] == [0, 0, 0]
    assert [once("x", lambda: next(found)) for _ in range(2)] == [1, 2]
    with shared():
        assert once("x", lambda: next(found)) == 3

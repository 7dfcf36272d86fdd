"""Two terminals at once, over the events that real sign-ins leave: told when somebody is at work elsewhere, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from audit.detection.signals.base import Day, Person
from audit.detection.signals.sessions import concurrent_sessions
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

HOST = "kou.localhost"


@pytest.fixture
def person(in_a: Any) -> Any:
    """Enrolled a moment ago, on the terminal of who made the account."""
    from accounts.roles import Role

    return make_person("two-places", (Role.SCHOOL_CLERK, "S01"))


def told(user: Any) -> list[str]:
    """What the rule says of the person's day as the events of this test make it."""
    from tests.support.outbox import outbox

    rows = [_event(row) for row in outbox.order_by("occurred_at", "id")]
    own = tuple(row for row in rows if row.actor_kind == "person" and row.actor_id == str(user.pk))
    about = tuple(row for row in rows if Subject("user", str(user.pk)) in row.subjects)
    day = Day(Person(user.username), timezone.localdate(), own, about)
    found = concurrent_sessions.evaluate(day, concurrent_sessions.RULE.standard or 0)
    return [one.sentence for one in found if not isinstance(one, str)]


def _event(row: Any) -> TrailEvent:
    return TrailEvent(
        id=row.id,
        occurred_at=row.occurred_at,
        recorded_at=row.occurred_at,
        event=row.event,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        actor_role=row.actor_role,
        terminal=row.terminal,
        session=row.session,
        job_id=None,
        subjects=tuple(Subject(**one) for one in row.subjects),
        detail=row.detail,
        allowed_by="",
        duty="",
        case="",
    )


def test_a_sign_in_while_another_terminal_is_at_work_is_told(person: Any) -> None:
    sign_in(client_of(HOST), person)
    assert told(person) == []
    sign_in(client_of(HOST), person)
    assert len(told(person)) == 1


def test_the_first_sign_in_after_an_enrolment_or_a_command_is_not(person: Any) -> None:
    from accounts.access import roles_in_force
    from accounts.actors import person as at_work
    from accounts.demo import TERMINAL
    from audit.trail.actors import acting_as
    from audit.trail.recorder import record

    with acting_as(at_work(person, roles_in_force(person), terminal=TERMINAL, session="")):
        record(Event.READ_LIST_SHOWN)
    sign_in(client_of(HOST), person)
    assert told(person) == []


@pytest.mark.parametrize("how", ["logout", "role", "same terminal", "terminal lost"])
def test_nor_is_one_after_the_other_session_was_over(person: Any, how: str) -> None:
    from accounts.roles import Role
    from accounts.services import assign_role
    from accounts.terminals import cookie_name

    first, second = client_of(HOST), client_of(HOST)
    sign_in(first, person)
    if how == "logout":
        first.post("/logout/")
    elif how == "role":
        assign_role(person, Role.MONITOR)
    elif how == "terminal lost":
        del first.cookies[cookie_name()]
        first.get("/account/")
    else:
        second = first
        first.cookies.pop("sessionid")
    sign_in(second, person)
    assert told(person) == []

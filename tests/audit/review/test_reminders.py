"""Who is told before a term of an alert ends, and who after: each once, never the watched person but to answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.audit.review.conftest import World
from tests.audit.review.test_loop import events, take


@pytest.fixture
def alert(world: World) -> Any:
    return world.night(world.clerk)


def told() -> list[tuple[str, list[str]]]:
    from audit.review.models import Reminder

    return [(row.kind, row.to) for row in Reminder.objects.order_by("pk")]


def test_before_the_end_whoever_acts_next_after_it_those_above(alert: Any, world: World) -> None:
    from audit.review.deadlines import remind_and_escalate

    world.clock.put("2026-11-25T02:59")
    assert remind_and_escalate() == 0
    world.clock.put("2026-11-25T03:01")
    assert [remind_and_escalate(), remind_and_escalate()] == [1, 0]
    assert told() == [("near", ["w-manager", "w-monitor"])]
    world.clock.put("2026-11-25T07:01")
    assert [remind_and_escalate(), remind_and_escalate()] == [1, 0]
    assert told()[1:] == [("escalated", ["w-manager"])]
    assert (len(events("alert:term:reminded")), len(events("alert:record:escalated"))) == (1, 1)


def test_the_person_asked_is_reminded_and_the_manager_told_of_silence(alert: Any, world: World) -> None:
    from audit.review.deadlines import remind_and_escalate

    take(alert, world, "confirm", "notify", "ask")
    world.clock.put("2026-11-26T06:00")
    remind_and_escalate()
    world.clock.put("2026-11-26T09:30")
    remind_and_escalate()
    assert told() == [("near", ["w-clerk"]), ("escalated", ["w-manager"])]


def test_a_manager_who_does_not_judge_is_reported_to_who_manages_people(alert: Any, world: World) -> None:
    from accounts.roles import Role
    from audit.review.deadlines import remind_and_escalate
    from tests.platform.accounts.sign_in import make_person

    make_person("w-admin", Role.TENANT_ADMIN)
    take(alert, world, "confirm", "notify", "ask", "answer")
    world.clock.put("2026-11-27T10:00")
    remind_and_escalate()
    kind, to = told()[-1]
    assert kind == "escalated"
    assert {"w-admin", "w-manager"} <= set(to)


def test_a_notice_stands_until_the_alert_moves_on(alert: Any, world: World) -> None:
    from audit.review.deadlines import remind_and_escalate
    from audit.review.queries import reminders_of

    world.clock.put("2026-11-25T07:01")
    remind_and_escalate()
    assert [one.alert_id for one in reminders_of(world.manager)] == [alert.pk]
    assert not reminders_of(world.clerk).exists()
    take(alert, world, "confirm", "notify")
    assert not reminders_of(world.manager).exists()

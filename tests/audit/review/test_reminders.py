"""Who is told before a term of an alert ends, and who after: each once, never the watched person but to answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.audit.review.conftest import World
from tests.audit.review.test_incidents import REASON, judged
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


def test_an_alert_about_the_only_manager_is_told_to_who_can_appoint_another(world: World) -> None:
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role
    from audit.review.deadlines import remind_and_escalate
    from tests.platform.accounts.sign_in import make_person

    User.objects.filter(username="hatsuko").update(is_active=False)
    alert = world.night(world.manager)
    deputy = make_person("w-deputy", Role.SCHOOL_CLERK)
    assign_role(deputy, Role.SECURITY_MANAGER, ends_on=world.back, acting_for=world.manager)
    world.clock.put("2026-11-25T07:01")
    remind_and_escalate()
    assert told() == [("escalated", ["w-monitor"])], "nobody to judge and nobody to appoint: whoever is there"
    make_person("w-admin", Role.TENANT_ADMIN)
    take(alert, world, "confirm")
    type(alert).objects.filter(pk=alert.pk).update(due_at=world.clock.now)
    for moment in ("2026-11-25T06:00", "2026-11-25T08:00"):
        world.clock.put(moment)
        remind_and_escalate()
    assert told()[1:] == [("near", ["w-admin", "w-monitor"]), ("escalated", ["w-admin"])]


def test_who_can_only_appoint_is_led_to_the_people(world: World) -> None:
    from accounts.permissions import ROLE_PERMISSIONS
    from accounts.roles import Role
    from audit.review.models import Reminder
    from config.home.sections import reminders
    from tests.platform.accounts.sign_in import make_person

    alert = world.night(world.manager)
    admin = make_person("w-admin", Role.TENANT_ADMIN)
    Reminder.objects.create(alert=alert, kind="escalated", due_at=alert.due_at, to=["w-admin", "w-monitor"])
    (card,) = reminders(admin, ROLE_PERMISSIONS[Role.TENANT_ADMIN])
    assert (card.url, "役割を付与してください" in card.note) == ("/users/", True)
    (seen,) = reminders(world.monitor, ROLE_PERMISSIONS[Role.MONITOR])
    assert seen.url.endswith("/alerts/")


def test_the_clocks_of_an_incident_remind_before_and_after_each_report(world: World) -> None:
    from datetime import date

    from accounts.permissions import ROLE_PERMISSIONS
    from accounts.roles import Role
    from audit.review.incidents import acts, reminding
    from audit.review.models import IncidentReminder
    from config.home.sections import reminders

    def seen() -> list[tuple[str, str, list[str]]]:
        return [(one.kind, f"{one.due_on:%m-%d}", one.to) for one in IncidentReminder.objects.all()]

    def at(moment: str) -> int:
        world.clock.put(moment)
        return reminding.remind() + reminding.remind()

    incident = judged(world)
    judge = ROLE_PERMISSIONS[Role.SECURITY_MANAGER]
    assert [at("2026-11-24T10:00"), at("2026-11-25T23:59"), at("2026-11-26T00:01"), at("2026-11-28T23:59")] == [
        0,
        0,
        1,
        0,
    ]
    assert seen() == [("near", "11-28", ["w-manager"])]
    assert "期限が近づいています" in reminders(world.manager, judge)[0].note
    assert at("2026-11-29T00:01") == 1
    assert seen()[1:] == [("escalated", "11-28", ["hatsuko", "w-manager"])]
    (card,) = reminders(world.manager, judge)
    assert (card.title, card.count, card.note) == ("漏えい等事案の報告期限", 1, "期限を過ぎたもの 1件")
    acts.report_preliminary(incident.pk, world.manager, date(2026, 11, 29), REASON)
    assert not reminders(world.manager, judge), "made, though late"
    assert [at("2026-12-15T23:59"), at("2026-12-16T00:01")] == [0, 1]
    acts.mark_purpose(incident.pk, world.manager, True, REASON)
    assert not reminders(world.manager, judge), "60 days now"
    assert [at("2026-12-24T00:01"), at("2027-01-23T00:01")] == [0, 1]
    assert (len(events("incident:term:reminded")), len(events("incident:deadline:passed"))) == (2, 2)
    acts.report_final(incident.pk, world.manager, date(2027, 1, 23), REASON)
    assert at("2027-03-01T00:01") == 0


def test_the_task_of_each_minute_reminds_of_both(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.review import tasks
    from audit.review.models import IncidentReminder

    judged(world)
    world.clock.put("2026-12-10T10:00")
    monkeypatch.setattr(tasks, "each_live_prefecture", lambda: [None])
    tasks.note_deadlines()
    assert [kind for kind, _ in told()] == ["escalated"]
    assert IncidentReminder.objects.count() == 1

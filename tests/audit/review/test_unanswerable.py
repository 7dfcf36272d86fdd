"""Alerts that nobody can be asked about, of the office itself or of somebody who has left: they too come to a verdict and an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_loop import take

FINDING = "封印の処理が止まっていた。再開し、欠けた記録がないことを確かめた。"


def of_office(world: World) -> Any:
    """The trail was not sealed for an hour, as the sweep tells it; the next working day at nine."""
    from audit.detection import sweeping
    from audit.detection.signals.office import Office
    from audit.review.models import Alert
    from audit.trail.sealing.health import Health

    now = world.clock.put(f"{world.friday}T11:00")
    sweeping._ask_office(Office(now, (), None, trail=Health(unsealed_since=now - timedelta(hours=1))))
    world.clock.put(f"{world.back}T09:00")
    return Alert.objects.get(rule="trail_unsealed")


def test_the_office_is_judged_without_being_asked(world: World) -> None:
    from audit.review.errors import MoveRefused

    alert = of_office(world)
    take(alert, world, "confirm", "notify")
    with pytest.raises(MoveRefused):
        take(alert, world, "ask")
    take(alert, world, "judge", "close")
    assert alert.state == "closed"


def test_somebody_who_left_is_neither_asked_nor_waited_for(world: World) -> None:
    from accounts.models import User
    from audit.review import deadlines
    from audit.review.errors import MoveRefused
    from audit.review.models import Reminder

    alert = world.night(world.clerk)
    take(alert, world, "confirm", "notify", "ask")
    User.objects.filter(pk=world.clerk.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert "w-clerk" not in deadlines.people_of(alert, Reminder.Kind.NEAR)
    take(alert, world, "judge")
    assert alert.state == "judged"
    other = world.night(world.monitor)
    User.objects.filter(pk=world.monitor.pk).update(is_active=False)
    type(other).objects.filter(pk=other.pk).update(state="notified")
    with pytest.raises(MoveRefused):
        take(other, world, "ask")
    take(other, world, "judge")


def test_no_reminder_goes_to_the_office(world: World) -> None:
    from audit.review.deadlines import people_of
    from audit.review.models import OFFICE, Reminder

    alert = of_office(world)
    for state in ("raised", "checking", "notified", "asked", "answered", "judged"):
        alert.state = state
        for kind in Reminder.Kind:
            told = people_of(alert, kind)
            assert told, (state, kind)
            assert OFFICE not in told


def test_the_page_of_an_office_alert_leads_to_its_end(office: World) -> None:
    from audit.detection.models import Loosening

    alert = of_office(office)
    take(alert, office, "confirm", "notify")
    browser, url = office.browser(office.manager), f"/review/alerts/{alert.pk}/"
    page = text_of(browser.get(url))
    assert "団体全体に起きたこの出来事の原因は、分かりましたか" in page
    assert "次: 情報セキュリティ管理者が判定する" in page
    assert "次: 情報セキュリティ管理者が判定する" in text_of(browser.get("/review/alerts/"))
    for absent in ("さんのこの利用", "操作者へ照会する", "この人"):
        assert absent not in page.replace("この人（団体全体の警報では、団体全体）", "")
    until = timezone.localdate() + timedelta(days=7)
    values = {"verdict": "once", "quiet_until": until.isoformat(), "text": FINDING}
    assert "この日まで同じ警報を出さない" not in page
    refused = browser.post(f"{url}judge/", values)
    assert refused.status_code == 400
    assert "例外は登録できません" in text_of(refused)
    type(alert).objects.filter(pk=alert.pk).update(rule="spray")
    assert "この日まで同じ警報を出さない" in text_of(browser.get(url))
    done = browser.post(f"{url}judge/", values)
    assert done.status_code == 302, text_of(done)
    alert.refresh_from_db()
    assert (alert.state, alert.verdict) == ("judged", "once")
    assert [(one.rule, one.username) for one in Loosening.objects.all()] == [("spray", "")]
    assert browser.post(f"{url}close/", {"text": ""}).status_code == 302


def test_a_grave_verdict_about_the_office_opens_an_incident(office: World) -> None:
    from audit.review import services
    from audit.review.models import Alert, Incident

    alert = of_office(office)
    take(alert, office, "confirm", "notify")
    services.judge(alert.pk, office.manager, Alert.Verdict.IMPOSTOR, FINDING)
    incident = Incident.objects.get(alert=alert)
    page = text_of(office.browser(office.manager).get(f"/review/incidents/{incident.pk}/"))
    assert "いません（団体全体についての警報です）" in page

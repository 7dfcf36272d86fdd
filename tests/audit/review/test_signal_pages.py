"""見守りの規則: thresholds and dated exceptions by the manager, what a verdict teaches, and accesses without a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_loop import events, take


def date_text(day: Any) -> str:
    return f"R{day.year - 2018}.{day.month}.{day.day}"


def test_a_threshold_of_the_prefectures_own_holds_until_the_standard_is_given_back(office: World) -> None:
    from audit.detection.limits import threshold
    from audit.detection.tuning import described

    rule = described("volume")
    assert rule is not None
    assert rule.standard is not None
    manager = office.browser(office.manager)
    url = f"/review/signals/{rule.id}/"
    assert "標準の" in text_of(manager.get(url))
    wild = manager.post(f"{url}threshold/", {"value": rule.standard * 11})
    assert wild.status_code == 400
    assert "までの値にしてください" in text_of(wild)
    assert manager.post(f"{url}threshold/", {"value": rule.standard * 2}).status_code == 302
    assert threshold(rule.id, rule.standard) == rule.standard * 2
    assert manager.post(f"{url}threshold/", {"value": ""}).status_code == 302
    assert threshold(rule.id, rule.standard) == rule.standard
    assert len(events("watch:threshold:changed")) == 2


def test_an_exception_has_an_end_and_is_for_another_person(office: World) -> None:
    from accounts.errors import SamePerson
    from audit.detection.errors import ExceptionUnfit
    from audit.detection.limits import is_excepted
    from audit.detection.tuning import add_exception, end_exception

    now = office.clock.now
    with pytest.raises(SamePerson):
        add_exception("volume", office.manager, now + timedelta(days=1), "自分の分", office.manager)
    for until in (now, now + timedelta(days=93)):
        with pytest.raises(ExceptionUnfit):
            add_exception("volume", office.clerk, until, "年度末の処理のため", office.manager)
    made = add_exception("volume", office.clerk, now + timedelta(days=2), "年度末の処理のため", office.manager)
    assert is_excepted("volume", "w-clerk", now)
    assert not is_excepted("volume", "w-monitor", now)
    assert not is_excepted("volume", "w-clerk", now + timedelta(days=2))
    office.clock.now = now + timedelta(hours=1)
    end_exception(made, office.manager)
    assert not is_excepted("volume", "w-clerk", office.clock.now)
    assert (len(events("watch:exception:added")), len(events("watch:exception:ended"))) == (1, 1)


def test_an_exception_about_anybody_is_none_about_who_gave_it(office: World) -> None:
    """Else one would take oneself out of the watch by naming nobody."""
    from audit.detection.limits import is_excepted
    from audit.detection.tuning import add_exception

    now = office.clock.now
    add_exception("volume", None, now + timedelta(days=2), "年度末の処理のため", office.manager)
    assert is_excepted("volume", "w-clerk", now)
    assert not is_excepted("volume", "w-manager", now)


def test_a_temporary_reason_keeps_the_same_alert_away_until_its_day(world: World) -> None:
    from audit.detection.limits import is_excepted
    from audit.review import services
    from audit.review.models import Alert

    alert = world.night(world.clerk)
    take(alert, world, "confirm", "notify", "ask", "answer")
    until = world.clock.now + timedelta(days=7)
    services.judge(alert.pk, world.manager, Alert.Verdict.ONCE, "年度末の処理が続くため。", quiet_until=until)
    assert is_excepted("outside_hours", "w-clerk", until - timedelta(minutes=1))
    assert not is_excepted("outside_hours", "w-clerk", until)


def test_the_form_takes_the_day_only_with_that_verdict(office: World) -> None:
    alert = office.night(office.clerk)
    take(alert, office, "confirm", "notify", "ask", "answer")
    manager = office.browser(office.manager)
    typed = {
        "verdict": "regular",
        "text": "毎月の締めの処理である。",
        "quiet_until": date_text(office.back + timedelta(days=3)),
    }
    refused = manager.post(f"/review/alerts/{alert.pk}/judge/", typed)
    assert refused.status_code == 400
    assert "「正当・臨時」と判定するときだけ" in text_of(refused)
    assert manager.post(f"/review/alerts/{alert.pk}/judge/", typed | {"verdict": "once"}).status_code == 302


def test_pages_of_a_rule_for_who_may_change_and_who_may_look(office: World) -> None:
    manager, monitor = office.browser(office.manager), office.browser(office.monitor)
    assert "の規則で操作の記録を見ています" in text_of(monitor.get("/review/signals/"))
    assert "例外を登録する" not in text_of(monitor.get("/review/signals/volume/"))
    until = date_text(office.back + timedelta(days=3))
    form = {"username": "w-clerk", "until": until, "reason": "年度末の処理のため"}
    assert monitor.post("/review/signals/volume/except/", form).status_code == 403
    assert manager.post("/review/signals/volume/except/", form).status_code == 302
    page = manager.get("/review/signals/volume/")
    assert "見本 事務子" in text_of(page)
    assert manager.post("/review/signals/volume/except/", form | {"until": ""}).status_code == 400
    from audit.detection.models import SignalException

    made = SignalException.objects.get()
    office.clock.now += timedelta(minutes=1)
    assert manager.post(f"/review/signals/exceptions/{made.pk}/end/").status_code == 302
    assert "終了" in text_of(manager.get("/review/signals/volume/"))
    assert manager.get("/review/signals/no-such-rule/").status_code == 404


def test_accesses_without_a_reason_are_listed_oddest_first_but_not_ones_own(office: World) -> None:
    from audit.detection.models import UnexplainedAccess

    for username, subject, rank in (("w-clerk", "11", 1.0), ("w-clerk", "12", 9.0), ("w-monitor", "13", 5.0)):
        UnexplainedAccess.objects.create(
            username=username,
            day=office.back,
            kind="household",
            subject=subject,
            seen_at=office.clock.now,
            times=1,
            rank=rank,
        )
    page = text_of(office.browser(office.monitor).get("/review/unexplained/"))
    assert page.index("世帯 12") < page.index("世帯 11")
    assert "世帯 13" not in page

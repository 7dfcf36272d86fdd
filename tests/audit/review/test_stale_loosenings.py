"""A request to loosen the watch that waited too long, or whose asker is gone or may not ask any more."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_signal_pages import another
from tests.support.stale import WAYS


def asked_of_every_kind(office: World) -> list[Any]:
    from audit.detection import services, tuning
    from audit.detection.models import Loosening

    rule, manager = tuning.described("volume"), office.manager
    assert rule is not None
    assert rule.standard is not None
    tuning.set_threshold(rule, rule.standard * 2, manager)
    tuning.set_threshold(rule, rule.standard, manager)
    until = office.clock.now + timedelta(days=30)
    tuning.ask_exception("volume", office.clerk, until, "年度末の処理のため", manager)
    tuning.set_hours(time(0), time(0), manager)
    tuning.ask_day_off_removal(services.add_day_off(office.back, "開庁記念日", manager), manager)
    tuning.ask_canary_removal(1, "見本学校のおとりの世帯", manager)
    return list(Loosening.objects.order_by("pk"))


def waiting(second: Any) -> int:
    from accounts.permissions import Permission
    from config.second_halves import waiting_for

    return sum(one.count for one in waiting_for(second, frozenset({Permission.APPROVE_LOOSENING})))


@pytest.mark.parametrize("words", WAYS)
def test_a_stale_request_does_not_keep_the_same_from_being_asked_again(
    office: World, words: str, monkeypatch: Any
) -> None:
    from accounts.models import User
    from audit.detection import tuning
    from audit.detection.models import DayOff, Loosening

    second = another(office)
    first = asked_of_every_kind(office)
    assert waiting(second) == len(first)
    WAYS[words](office.manager, monkeypatch)
    assert waiting(second) == 0
    asker = User.objects.create(username="w-again", display_name="見本 再申請")
    rule = tuning.described("volume")
    assert rule is not None
    assert rule.standard is not None
    tuning.set_threshold(rule, rule.standard, asker)
    tuning.ask_exception("volume", office.clerk, timezone.now() + timedelta(days=30), "年度末の処理のため", asker)
    tuning.set_hours(time(0), time(0), asker)
    tuning.ask_day_off_removal(DayOff.objects.get(), asker)
    tuning.ask_canary_removal(1, "見本学校のおとりの世帯", asker)
    states = set(Loosening.objects.values_list("proposed_by", "state"))
    assert states == {("w-manager", "withdrawn"), ("w-again", "proposed")}


@pytest.mark.parametrize("words", WAYS)
def test_nothing_is_loosened_by_a_stale_request_and_the_page_says_why(
    office: World, words: str, monkeypatch: Any
) -> None:
    from audit.detection.models import DayOff, Loosening, ServiceHours, SignalException
    from tests.support.outbox import outbox

    asked = asked_of_every_kind(office)
    assert {one.kind for one in asked} == set(Loosening.Kind.values)
    WAYS[words](office.manager, monkeypatch)
    browser = office.browser(another(office))
    page = text_of(browser.get("/review/loosenings/"))
    assert page.count(words) == page.count("必要なら、もう一度申請してください") == len(asked)
    assert page.count("期限切れ") == (len(asked) if words == "期限が切れた" else 0)
    if page.count("期限切れ"):
        assert "承認待ちの申請はありません。ほかに、決まらないまま期限の切れた申請があります" in page
        assert "二人目が決めないまま期限が切れました" in text_of(office.browser(office.manager).get("/review/hours/"))
    for one in asked:
        answer = browser.post(f"/review/loosenings/{one.pk}/approve/", follow=True)
        assert words in text_of(answer)
        browser.post(f"/review/loosenings/{one.pk}/withdraw/")
    assert set(Loosening.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert outbox.filter(event="watch:loosening:withdrawn").count() == len(asked)
    assert not SignalException.objects.exists()
    assert str(ServiceHours.objects.get()) == "07:00–21:00"
    assert DayOff.objects.exists()

"""Training, the last day, and the yearly confirmation of duties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import sign_in


@pytest.mark.parametrize(("days", "allowed"), [(364, True), (365, False)])
def test_training_older_than_a_year_gives_no_number_role(clerk: Any, days: int, allowed: bool) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    trained = timezone.localdate() - timedelta(days=days)
    if allowed:
        assert assign_role(clerk, Role.NUMBER_HANDLER, training_on=trained)
    else:
        with pytest.raises(RoleNotAllowed, match="1年がたっています"):
            assign_role(clerk, Role.NUMBER_HANDLER, training_on=trained)


def test_a_leaver_works_until_midnight_and_stops_at_0_00(browser: Any, clerk: Any, clock: Any) -> None:
    from accounts.models import User

    local = timezone.localtime(clock.now)
    clock.now = local.replace(hour=23, minute=50, second=0, microsecond=0)
    User.objects.filter(pk=clerk.pk).update(ends_on=local.date())
    sign_in(browser, clerk)
    clock.now = local.replace(hour=23, minute=59, second=59, microsecond=0)
    assert browser.get("/").status_code == 200
    clock.now += timedelta(seconds=1)
    answer = browser.get("/")
    assert answer.status_code == 302
    assert "ended=disabled" in answer.url


def test_number_pages_are_closed_until_the_duties_are_confirmed(
    browser: Any, handler: Any, clock: Any, events: Any
) -> None:
    from accounts.models import DutyAcknowledgement

    sign_in(browser, handler)
    assert browser.get("/numbers/").content == b"numbers"
    DutyAcknowledgement.objects.filter(user=handler).delete()
    assert browser.get("/numbers/").url == "/account/duties/?next=%2Fnumbers%2F"
    assert browser.get("/").status_code == 200, "other pages stay open"
    page = browser.get("/account/duties/").content.decode()
    assert "4年以下の拘禁刑または2,000,000円以下の罰金" in page
    assert browser.post("/account/duties/", {}).status_code == 200
    assert browser.post("/account/duties/?next=/numbers/", {"agreed": "on"}).url == "/numbers/"
    assert browser.get("/numbers/").content == b"numbers"
    assert len(events("account:duties:acknowledged")) == 1
    assert len(events("number:individual:refused")) == 1


def test_a_confirmation_is_good_for_a_year_and_for_its_text_alone(handler: Any, clock: Any, monkeypatch: Any) -> None:
    from dataclasses import replace

    from accounts import duties

    assert duties.confirmed_until(handler)
    changed = replace(duties.text(), digest="0" * 64)
    with monkeypatch.context() as patched:
        patched.setattr(duties, "text", lambda: changed)
        assert duties.confirmed_until(handler) is None
    clock.advance(days=364)
    assert duties.confirmed_until(handler)
    clock.advance(days=1)
    assert duties.confirmed_until(handler) is None


def test_each_duty_and_penalty_names_its_law_and_standing() -> None:
    from accounts import duties

    text = duties.text()
    assert len(text.duties) >= 4
    assert {penalty.article for penalty in text.penalties} == {f"第{n}条" for n in (48, 49, 50, 51, 52)}
    assert all(duty.law and duty.article and duty.standing_label for duty in text.duties)
    assert all(penalty.law and penalty.years and penalty.yen and penalty.standing_label for penalty in text.penalties)

"""Sessions: one a person, bound to scope and terminal, and how they end."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.platform.accounts.sign_in import client_of, code_of, give_code, give_password, make_person, sign_in


def live(user: Any) -> Any:
    from accounts.models import SessionRecord

    return SessionRecord.objects.get(user=user, ended_at=None)


def lands_on(response: Any) -> str:
    assert response.status_code == 302
    return str(response.url)


def test_the_session_key_changes_at_every_step(browser: Any, clerk: Any, clock: Any) -> None:
    keys = [browser.session.session_key]
    give_password(browser, clerk)
    keys.append(browser.session.session_key)
    give_code(browser, clerk)
    keys.append(browser.session.session_key)
    clock.advance(minutes=1)
    browser.post("/step-up/", {"token": code_of(clerk)})
    keys.append(browser.session.session_key)
    new = "kita-no-machi-no-hi"
    changed = browser.post("/account/password/", {"current": "hokko-no-yama-ni-yuki", "password": new, "again": new})
    assert lands_on(changed) == "/account/"
    keys.append(browser.session.session_key)
    assert len(set(keys)) == len(keys)
    assert browser.get("/").status_code == 200
    assert Session.objects.filter(session_key__in=[key for key in keys[:-1] if key]).count() == 0


def test_a_session_key_has_128_random_bits_and_more(browser: Any, clerk: Any) -> None:
    """What is really handed out: its length, and the signs that stand in it."""
    import math

    from django.contrib.sessions.backends import base

    sign_in(browser, clerk)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert set(key) <= set(base.VALID_KEY_CHARS)
    assert len(key) * math.log2(len(set(base.VALID_KEY_CHARS))) >= 128


def test_a_fixed_session_key_is_not_taken_over(browser: Any, clerk: Any) -> None:
    browser.cookies[settings.SESSION_COOKIE_NAME] = "0123456789abcdef0123456789abcdef"
    sign_in(browser, clerk)
    assert browser.session.session_key != "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(("who", "minutes"), [("clerk", 30), ("handler", 15)])
def test_idle_sessions_end_with_their_length(
    browser: Any, clerk: Any, handler: Any, clock: Any, events: Any, who: str, minutes: int
) -> None:
    person = {"clerk": clerk, "handler": handler}[who]
    sign_in(browser, person)
    clock.advance(minutes=minutes - 1)
    assert browser.get("/").status_code == 200
    clock.advance(minutes=minutes)
    assert lands_on(browser.get("/")) == "/login/?next=%2F&ended=idle"
    (ended,) = events("session:timeout:done")
    assert ended.detail["reason"] == "idle"
    assert ended.detail["seconds"] == (2 * minutes - 1) * 60
    assert ended.actor_id == str(person.pk)
    assert lands_on(browser.get("/")) == "/login/?next=%2F"


def test_twelve_hours_are_the_end_even_of_a_busy_session(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    sign_in(browser, clerk)
    for _ in range(35):
        clock.advance(minutes=20)
        assert browser.get("/").status_code == 200
    clock.advance(minutes=20)
    assert lands_on(browser.get("/")).endswith("ended=absolute")
    assert events("session:timeout:done")[0].detail["seconds"] == 12 * 3600


def test_a_page_that_reloads_itself_is_no_sign_of_life(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    for _ in range(29):
        clock.advance(minutes=1)
        assert browser.get("/progress/").status_code == 200
    clock.advance(minutes=1)
    assert lands_on(browser.get("/progress/")).endswith("ended=idle")


def test_a_progress_bar_on_any_page_is_no_sign_of_life(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    poll = {"HX-Request": "true", "HX-Trigger": "job-0198a1b2"}
    for _ in range(29):
        clock.advance(minutes=1)
        assert browser.get("/", headers=poll).status_code == 200
    clock.advance(minutes=1)
    assert lands_on(browser.get("/", headers=poll)).endswith("ended=idle")


def test_a_press_in_the_same_page_is_one(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    for _ in range(4):
        clock.advance(minutes=20)
        assert browser.get("/", headers={"HX-Request": "true", "HX-Trigger": "filters"}).status_code == 200


def test_the_sign_of_life_is_written_once_a_minute(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    begun = live(clerk).last_seen_at
    clock.advance(seconds=59)
    browser.get("/")
    assert live(clerk).last_seen_at == begun
    clock.advance(seconds=1)
    browser.get("/")
    assert live(clerk).last_seen_at == clock.now


def test_sessions_of_people_who_never_come_back_end_too(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    from accounts.services import end_expired_sessions

    sign_in(browser, clerk)
    begun = live(clerk).started_at
    clock.advance(minutes=29)
    assert end_expired_sessions() == 0
    clock.advance(hours=5)
    assert end_expired_sessions() == 1
    assert end_expired_sessions() == 0
    (ended,) = events("session:timeout:done")
    assert ended.detail["seconds"] == 30 * 60
    assert clerk.session_records.get().ended_at > begun


def test_who_comes_back_after_housekeeping_is_told_why(browser: Any, clerk: Any, clock: Any) -> None:
    from accounts.services import end_expired_sessions

    sign_in(browser, clerk)
    clock.advance(minutes=31)
    assert end_expired_sessions() == 1
    landed = lands_on(browser.get("/"))
    assert landed == "/login/?next=%2F&ended=idle"
    assert "操作がなかったため" in browser.get(landed).content.decode()


def test_tidying_ends_sessions_and_drops_what_says_nothing_any_more(browser: Any, clerk: Any, clock: Any) -> None:
    from accounts.models import LoginThrottle
    from accounts.services import tidy

    browser.post("/login/", {"username": "nobody-of-that-name", "password": "not-the-password"})
    sign_in(browser, clerk)
    clock.advance(hours=11)
    assert tidy() == 1
    assert LoginThrottle.objects.filter(count=1).exists()
    assert Session.objects.exists()
    clock.advance(hours=3)
    assert tidy() == 0
    assert not LoginThrottle.objects.exists()
    assert not Session.objects.exists()


def test_a_session_that_ran_out_unnoticed_is_not_called_replaced(
    browser: Any, clerk: Any, clock: Any, events: Any
) -> None:
    sign_in(browser, clerk)
    clock.advance(hours=2)
    sign_in(client_of("kou.localhost"), clerk)
    assert not events("session:other:ended")
    assert events("session:timeout:done")[0].detail["seconds"] == 30 * 60


def test_a_new_login_ends_the_old_one_and_both_are_told(browser: Any, clerk: Any, events: Any) -> None:
    sign_in(browser, clerk)
    old = live(clerk)
    other = client_of("kou.localhost")
    sign_in(other, clerk)
    assert live(clerk) != old
    assert other.get("/").status_code == 200
    assert lands_on(browser.get("/")).endswith("ended=replaced")
    (ended,) = events("session:other:ended")
    assert ended.detail["reason"] == "replaced"


def test_a_password_alone_does_not_end_the_owners_session(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    give_password(client_of("kou.localhost"), clerk)
    assert browser.get("/").status_code == 200


def test_the_database_allows_one_live_session(browser: Any, clerk: Any) -> None:
    from django.db import IntegrityError, transaction
    from django.utils import timezone

    from accounts.models import SessionRecord

    sign_in(browser, clerk)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionRecord.objects.create(user=clerk, terminal="T", method="totp", started_at=now, last_seen_at=now)


def test_a_session_cookie_on_another_terminal_is_useless(browser: Any, clerk: Any, events: Any) -> None:
    sign_in(browser, clerk)
    thief = client_of("kou.localhost")
    thief.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert lands_on(thief.get("/")).endswith("ended=terminal")
    assert events("session:other:ended")[-1].detail["reason"] == "terminal"


@pytest.mark.parametrize(("change", "told"), [("stop", "disabled"), ("role", "role"), ("code", "factor")])
def test_acts_of_the_manager_end_the_session(browser: Any, clerk: Any, change: str, told: str) -> None:
    from accounts import services
    from accounts.roles import Role

    sign_in(browser, clerk)
    if change == "stop":
        services.disable_user(clerk)
    elif change == "role":
        services.assign_role(clerk, Role.MONITOR)
    else:
        services.issue_activation_code(clerk)
    landed = lands_on(browser.get("/"))
    assert landed == f"/login/?next=%2F&ended={told}"
    assert "職員IDとパスワードを入力してください。" not in browser.get(landed).content.decode(), "says why instead"
    assert not clerk.session_records.filter(ended_at=None).exists()


def test_a_leaver_stops_at_midnight(browser: Any, clerk: Any, clock: Any) -> None:
    from django.utils import timezone

    from accounts.models import User

    clock.now = timezone.localtime(clock.now).replace(hour=23, minute=50)
    sign_in(browser, clerk)
    User.objects.filter(pk=clerk.pk).update(ends_on=timezone.localdate(clock.now))
    assert browser.get("/").status_code == 200
    clock.advance(minutes=10)
    assert lands_on(browser.get("/")).endswith("ended=disabled")


def test_a_device_that_is_gone_ends_the_session(browser: Any, clerk: Any) -> None:
    from accounts.models import TotpDevice

    sign_in(browser, clerk)
    TotpDevice.objects.filter(user=clerk).update(confirmed=False)
    assert lands_on(browser.get("/")).endswith("ended=factor")


# --- two prefectures --------------------------------------------------------------------------------------------------


def test_a_cookie_of_one_prefecture_is_useless_in_another(
    prefecture_b: Any, browser: Any, clerk: Any, try_views: None
) -> None:
    sign_in(browser, clerk)
    foreign = client_of("otsu.localhost")
    for name, morsel in browser.cookies.items():
        foreign.cookies[name] = morsel.value
    assert lands_on(foreign.get("/")).startswith("/login/")
    from tests.support.outbox import outbox

    refused = outbox.get(event="access:prefecture:refused")
    assert refused.detail == {"what": "terminal"}
    assert not outbox.filter(actor_id=str(clerk.pk)).exists()


def test_a_session_row_copied_to_another_prefecture_is_refused(
    prefecture_b: Any, browser: Any, clerk: Any, try_views: None
) -> None:
    from accounts.roles import Role
    from tenants.core.context import prefecture_context
    from tests.support.outbox import outbox

    sign_in(browser, clerk)
    row = Session.objects.get(session_key=browser.session.session_key)
    foreign = client_of("otsu.localhost")
    foreign.get("/login/")
    with prefecture_context(prefecture_b):
        make_person("clerk", (Role.SCHOOL_CLERK, "S01"))
        Session.objects.create(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date)
    foreign.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert lands_on(foreign.get("/")).endswith("ended=scope")
    with prefecture_context(prefecture_b):
        assert outbox.get(event="access:prefecture:refused").detail == {"what": "session"}
        assert not Session.objects.filter(session_key=row.session_key).exists()


def test_people_of_one_prefecture_do_not_exist_in_another(prefecture_b: Any, clerk: Any, try_views: None) -> None:
    foreign = client_of("otsu.localhost")
    assert "職員IDまたはパスワードが違います" in give_password(foreign, clerk).content.decode()


def test_a_pending_session_does_not_travel_either(prefecture_b: Any, browser: Any, clerk: Any, try_views: None) -> None:
    from tenants.core.context import prefecture_context

    give_password(browser, clerk)
    row = Session.objects.get(session_key=browser.session.session_key)
    foreign = client_of("otsu.localhost")
    with prefecture_context(prefecture_b):
        Session.objects.create(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date)
    foreign.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert lands_on(foreign.get("/")).endswith("ended=scope")

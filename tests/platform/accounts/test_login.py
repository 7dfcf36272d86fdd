"""Logging in: both factors, in order, and the throttles on every path."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY, authenticate

from tests.platform.accounts.sign_in import (
    PASSWORD,
    client_of,
    code_of,
    give_code,
    give_password,
    sign_in,
    wrong_code_of,
)


def complaint(response: Any) -> str:
    """The list of errors on top of the page."""
    return str(response.content.decode().split('<section class="error-summary"')[1].split("</section>")[0])


def test_both_factors_open_the_home_page(browser: Any, clerk: Any, heard: list[Any], events: Any) -> None:
    assert give_password(browser, clerk).url == "/login/otp/"
    assert give_code(browser, clerk).url == "/"
    actor, role, terminal, labels = browser.get("/").content.decode().split("|")
    assert (actor, role, labels) == (str(clerk.pk), "学校事務担当", "学校事務担当")
    login = events("session:login:succeeded")[-1]
    assert login.terminal == terminal
    assert login.actor_id == str(clerk.pk)
    assert [type(one).__name__ for one in heard][-1] == "LoginSeen"
    assert heard[-1].terminal_is_new


def test_a_password_alone_opens_nothing(browser: Any, clerk: Any, events: Any) -> None:
    give_password(browser, clerk)
    assert SESSION_KEY not in browser.session
    response = browser.get("/")
    assert response.status_code == 302
    assert response.url.startswith("/login/otp/")
    assert events("access:unverified:refused")


def test_nobody_is_sent_to_log_in_and_comes_back(browser: Any, clerk: Any) -> None:
    assert browser.get("/schools/S01/?a=1").url == "/login/?next=%2Fschools%2FS01%2F%3Fa%3D1"
    give_password(browser, clerk, next_path="/schools/S01/%3Fa%3D1")
    assert give_code(browser, clerk).url == "/schools/S01/?a=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "http://kou.localhost//evil.example",
        "http://kou.localhost/\\evil.example",
        "http://kou.localhost@evil.example/",
    ],
)
def test_nobody_is_led_to_another_place(browser: Any, clerk: Any, elsewhere: str) -> None:
    give_password(browser, clerk, next_path=elsewhere)
    assert give_code(browser, clerk).url == "/"


def test_a_url_inside_a_query_is_left_where_it_is(browser: Any, clerk: Any) -> None:
    give_password(browser, clerk, next_path="/schools/S01/%3Fback=http://kou.localhost/x")
    assert give_code(browser, clerk).url == "/schools/S01/?back=http://kou.localhost/x"


def test_wrong_password_and_unknown_account_are_answered_alike(browser: Any, clerk: Any, events: Any) -> None:
    answers = []
    for name in ("clerk", "nobody-of-that-name"):
        response = browser.post("/login/", {"username": name, "password": "not-the-password"})
        answers.append(complaint(response))
    assert answers[0] == answers[1]
    assert "職員IDまたはパスワードが違います" in answers[0]
    known, unknown = events("session:password:failed")
    assert (known.actor_name, unknown.actor_name) == (clerk.display_name, "未確認の利用者")
    assert "nobody-of-that-name" not in str(unknown.__dict__)


@pytest.mark.parametrize("name", ["clerk", "nobody-of-that-name"])
def test_wrong_passwords_bring_a_wait_that_ends(browser: Any, clerk: Any, clock: Any, events: Any, name: str) -> None:
    for _ in range(5):
        response = browser.post("/login/", {"username": name, "password": "not-the-password"})
    assert "あと1分" in response.content.decode()
    assert len(events("session:attempts:throttled")) == 1
    right = browser.post("/login/", {"username": name, "password": PASSWORD})
    assert "一時的に受け付けを止めています" in right.content.decode()
    clock.advance(seconds=61)
    again = browser.post("/login/", {"username": name, "password": PASSWORD})
    assert again.status_code == (302 if name == "clerk" else 200)


def test_a_stranger_without_cookies_gains_nothing_and_does_not_shut_the_owner_out(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    browser.post("/logout/")
    for _ in range(5):
        client_of("kou.localhost").post("/login/", {"username": "clerk", "password": "not-the-password"})
    stranger = client_of("kou.localhost")
    assert "一時的に" in give_password(stranger, clerk).content.decode()
    assert give_password(browser, clerk).url == "/login/otp/"


def test_a_complete_login_starts_the_count_again(browser: Any, clerk: Any) -> None:
    from accounts.models import LoginThrottle

    for _ in range(4):
        give_password(browser, clerk, "not-the-password")
    sign_in(browser, clerk)
    assert not LoginThrottle.objects.filter(count__gt=0).exists()
    assert browser.get("/account/").content.decode().count("4回入力されています") == 1


def test_a_wrong_code_is_counted_and_recorded(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    give_password(browser, clerk)
    response = browser.post("/login/otp/", {"token": wrong_code_of(clerk)})
    assert response.status_code == 200
    assert "番号が違うか、既に使われています" in response.content.decode()
    assert SESSION_KEY not in browser.session
    (failed,) = events("session:otp:failed")
    assert failed.detail == {"where": "login", "method": "totp", "reason": "wrong"}


def test_a_code_does_not_work_twice_even_in_another_session(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    give_password(browser, clerk)
    code = code_of(clerk)
    assert browser.post("/login/otp/", {"token": code}).status_code == 302
    other = client_of("kou.localhost")
    give_password(other, clerk)
    assert other.post("/login/otp/", {"token": code}).status_code == 200
    assert events("session:otp:failed")[-1].detail["reason"] == "replayed"
    assert SESSION_KEY not in other.session


def test_a_code_near_now_is_told_to_the_trail_but_not_to_the_guesser(
    browser: Any, clerk: Any, clock: Any, events: Any
) -> None:
    from accounts.models import TotpDevice

    soon = TotpDevice.objects.get(user=clerk)._totp()
    soon.drift += 5
    give_password(browser, clerk)
    wrong = complaint(browser.post("/login/otp/", {"token": wrong_code_of(clerk)}))
    clock.advance(seconds=2)
    near = complaint(browser.post("/login/otp/", {"token": f"{soon.token():06d}"}))
    assert events("session:otp:failed")[-1].detail["reason"] == "clock"
    assert wrong == near


def test_full_width_digits_and_spaces_are_read(browser: Any, clerk: Any) -> None:
    give_password(browser, clerk)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(clerk))
    assert browser.post("/login/otp/", {"token": f"{wide[:3]} {wide[3:]}"}).status_code == 302


def test_a_password_step_lasts_ten_minutes(browser: Any, clerk: Any, clock: Any) -> None:
    give_password(browser, clerk)
    clock.advance(minutes=10)
    assert give_code(browser, clerk).url == "/login/"


def test_a_backup_code_works_once(browser: Any, clerk: Any, events: Any) -> None:
    from accounts.services import issue_backup_codes

    codes = issue_backup_codes(clerk)
    for expected in (302, 200):
        give_password(browser, clerk)
        response = browser.post("/login/backup-code/", {"code": codes[3].lower().replace("-", " ")})
        assert response.status_code == expected
        browser.post("/logout/")
    assert events("session:backup_code:used")[0].detail == {"where": "login", "left": 9}


def test_backup_codes_are_not_stored_in_clear(clerk: Any) -> None:
    from accounts.models import BackupCode
    from accounts.services import issue_backup_codes

    codes = issue_backup_codes(clerk)
    stored = list(BackupCode.objects.filter(device__user=clerk).values_list("digest", flat=True))
    assert len(stored) == 10
    assert all(digest.startswith("argon2$argon2id$") for digest in stored)
    assert not any(code.replace("-", "") in digest or code in digest for code in codes for digest in stored)


@pytest.mark.parametrize("change", ["stopped", "left", "not_yet"])
def test_an_account_out_of_its_time_is_answered_like_a_wrong_password(
    browser: Any, clerk: Any, events: Any, change: str
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    today = timezone.localdate()
    clerk.is_active = change != "stopped"
    clerk.ends_on = today - timedelta(days=1) if change == "left" else None
    clerk.starts_on = today + timedelta(days=1) if change == "not_yet" else None
    clerk.save()
    assert "職員IDまたはパスワードが違います" in give_password(browser, clerk).content.decode()
    assert events("session:password:failed")[-1].detail["reason"] == "not_current"


def test_there_is_no_second_way_in(clerk: Any) -> None:
    assert authenticate(None, username="clerk", password=PASSWORD) is None


def test_passwords_are_argon2id(clerk: Any) -> None:
    assert clerk.password.startswith("argon2$argon2id$")


def test_log_out_ends_the_session_and_clears_the_browser(browser: Any, clerk: Any, events: Any) -> None:
    sign_in(browser, clerk)
    response = browser.post("/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/").url == "/login/?next=%2F"
    (ended,) = events("session:logout:done")
    assert ended.detail["seconds"] >= 0
    assert ended.actor_id == str(clerk.pk)
    assert browser.get("/logged-out/").status_code == 200


def test_log_out_needs_a_post(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    assert browser.get("/logout/").status_code == 405
    assert browser.get("/").status_code == 200


def test_forms_are_protected_against_other_sites(try_views: None, clerk: Any) -> None:
    strict = client_of("kou.localhost", enforce_csrf_checks=True)
    strict.get("/login/")
    assert strict.post("/login/", {"username": "clerk", "password": PASSWORD}).status_code == 403


def test_the_log_in_page_says_why_from_a_closed_list(browser: Any, in_a: Any) -> None:
    assert "操作がなかったため" in browser.get("/login/?ended=idle").content.decode()
    assert "buy" not in browser.get("/login/?ended=buy+this").content.decode()


def test_a_form_sent_without_a_session_is_told_to_be_lost_and_leads_back(browser: Any, in_a: Any) -> None:
    refused = browser.post("/account/password/", headers={"referer": "http://kou.localhost/account/password/"})
    assert refused.url == "/login/?next=%2Faccount%2Fpassword%2F&sent=1"
    page = browser.get(refused.url).content.decode()
    assert "ログインの期限が切れています" in page
    assert "いま送った内容は保存されていません" in page
    both = browser.get("/login/?ended=idle&sent=1").content.decode()
    assert "操作がなかったため" in both
    assert "保存されていません" in both


def test_the_cursor_stands_in_the_first_entry_and_the_link_comes_after_the_button(browser: Any, in_a: Any) -> None:
    page = browser.get("/login/").content.decode()
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('name="password"') < page.index("次へ") < page.index("利用開始コード")
    refused = browser.post("/login/", {"username": "x", "password": ""}).content.decode()
    assert "autofocus" not in refused
    assert "「パスワード」はもう一度入れてください。ほかの入力はこの画面に残っています。" in refused

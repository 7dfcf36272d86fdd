"""Enrolment: one activation code, three steps, and a session that can do nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY

from tests.platform.accounts.sign_in import client_of, code_of, give_password, sign_in

NEW = "kita-no-machi-no-hi"


@pytest.fixture
def newcomer(in_a: Any) -> Any:
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    user = create_user("newcomer", "サンプル 新任")
    assign_role(user, Role.SCHOOL_CLERK, school_code="S01")
    return user


@pytest.fixture
def code(newcomer: Any) -> str:
    from accounts.services import issue_activation_code

    return issue_activation_code(newcomer)


def activate(browser: Any, code: str, username: str = "newcomer") -> Any:
    return browser.post("/enrol/", {"username": username, "code": code})


def choose_password(browser: Any, password: str = NEW) -> Any:
    return browser.post("/enrol/password/", {"password": password, "again": password})


def new_device_code(user: Any) -> str:
    from accounts.models import TotpDevice

    return str(TotpDevice.objects.get(user=user).unused_code()[0])


def test_from_the_code_to_the_first_login(browser: Any, newcomer: Any, code: str, clock: Any, events: Any) -> None:
    assert activate(browser, code).url == "/enrol/password/"
    assert choose_password(browser).url == "/enrol/device/"
    assert browser.get("/enrol/device/").status_code == 200
    assert browser.get("/enrol/device/qr.svg")["Content-Type"] == "image/svg+xml"
    assert browser.post("/enrol/device/", {"token": new_device_code(newcomer)}).url == "/enrol/codes/"
    assert browser.get("/enrol/codes/").status_code == 200
    shown = browser.post("/enrol/codes/").content.decode()
    assert shown.count("<li><code>") == 10
    assert browser.post("/enrol/finish/").url == "/login/"
    assert browser.get("/").url == "/login/?next=%2F"
    newcomer.refresh_from_db()
    assert give_password(browser, newcomer, NEW).url == "/login/otp/"
    clock.advance(seconds=30)
    assert browser.post("/login/otp/", {"token": new_device_code(newcomer)}).url == "/"
    assert browser.get("/").status_code == 200
    wanted = ["account:password:changed", "session:otp:enrolled", "session:backup_codes:issued"]
    assert [event.event for event in events() if event.event in wanted] == wanted


@pytest.mark.parametrize("path", ["/", "/schools/S01/", "/account/", "/users/", "/step-up/", "/act/"])
def test_the_session_can_do_nothing_else(browser: Any, code: str, events: Any, path: str) -> None:
    activate(browser, code)
    choose_password(browser)
    assert SESSION_KEY not in browser.session
    response = browser.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/enrol/password/")
    assert events("access:unverified:refused")[-1].detail == {"stage": "enrolling"}


def test_the_log_in_steps_do_not_take_an_enrolling_session(browser: Any, code: str) -> None:
    activate(browser, code)
    assert browser.get("/login/otp/").url == "/login/"
    assert browser.get("/login/backup-code/").url == "/login/"


def test_a_code_works_once(browser: Any, code: str) -> None:
    activate(browser, code)
    second = activate(client_of("kou.localhost"), code)
    assert "利用開始コードが違うか、期限が過ぎています" in second.content.decode()


def test_a_code_lasts_a_day(browser: Any, code: str, clock: Any) -> None:
    clock.advance(hours=24, seconds=1)
    assert activate(browser, code).status_code == 200


def test_a_newer_code_ends_the_older_one(browser: Any, newcomer: Any, code: str) -> None:
    from accounts.services import issue_activation_code

    newer = issue_activation_code(newcomer)
    assert activate(browser, code).status_code == 200
    assert activate(browser, newer).status_code == 302


def test_the_code_is_kept_as_a_slow_hash(newcomer: Any, code: str) -> None:
    from accounts.models import ActivationCode

    row = ActivationCode.objects.get(user=newcomer)
    assert row.digest.startswith("argon2$argon2id$")
    assert code not in row.digest


@pytest.mark.parametrize("name", ["newcomer", "nobody-of-that-name"])
def test_guessing_codes_is_throttled_alike_for_all_names(browser: Any, code: str, clock: Any, name: str) -> None:
    for _ in range(5):
        answer = activate(browser, "ABCD-EFGH-JKLM-NPQR", name)
    assert "あと1分" in answer.content.decode()
    assert activate(browser, code, name).status_code == 200
    clock.advance(seconds=61)
    assert activate(browser, code, name).status_code == (302 if name == "newcomer" else 200)


def test_steps_come_in_order(browser: Any, newcomer: Any, code: str) -> None:
    assert browser.get("/enrol/password/").url == "/enrol/"
    activate(browser, code)
    assert browser.get("/enrol/device/").url == "/enrol/password/"
    assert browser.get("/enrol/codes/").url == "/enrol/device/"
    assert browser.post("/enrol/codes/").url == "/enrol/device/"
    assert browser.get("/enrol/device/qr.svg").status_code == 404


def test_the_qr_code_is_shown_once_to_this_session(browser: Any, newcomer: Any, code: str) -> None:
    activate(browser, code)
    choose_password(browser)
    browser.get("/enrol/device/")
    assert client_of("kou.localhost").get("/enrol/device/qr.svg").status_code == 404
    assert browser.head("/enrol/device/qr.svg").status_code == 405, "nothing is used up by asking about it"
    picture = browser.get("/enrol/device/qr.svg")
    assert "no-store" in picture["Cache-Control"]
    assert browser.get("/enrol/device/qr.svg").status_code == 404, "once"
    browser.post("/enrol/device/", {"token": new_device_code(newcomer)})
    assert browser.get("/enrol/device/qr.svg").status_code == 404
    assert browser.get("/enrol/device/").url == "/enrol/codes/"


def test_a_reload_shows_another_seed_and_the_first_is_nobodys(
    browser: Any, newcomer: Any, code: str, clock: Any
) -> None:
    activate(browser, code)
    choose_password(browser)
    first_page = browser.get("/enrol/device/").content.decode()
    first, first_code = browser.get("/enrol/device/qr.svg").content, new_device_code(newcomer)
    again = browser.get("/enrol/device/").content.decode()
    assert key_on(again) != key_on(first_page)
    assert browser.get("/enrol/device/qr.svg").content != first
    refused = browser.post("/enrol/device/", {"token": first_code}).content.decode()
    assert "<img" not in refused, "a wrong number shows nothing again"
    assert "<p><code>" not in refused
    assert "新しい図を表示してください" in refused
    assert browser.get("/enrol/device/qr.svg").status_code == 404
    clock.advance(seconds=2)
    assert browser.post("/enrol/device/", {"token": new_device_code(newcomer)}).url == "/enrol/codes/"


def key_on(page: str) -> str:
    return page.split("<p><code>")[1].split("</code>")[0].replace(" ", "")


def test_the_key_under_the_picture_makes_the_same_codes(browser: Any, newcomer: Any, code: str) -> None:
    from base64 import b32decode

    from accounts.models import TotpDevice

    activate(browser, code)
    choose_password(browser)
    page = browser.get("/enrol/device/").content.decode()
    assert b32decode(key_on(page)) == TotpDevice.objects.get(user=newcomer).seed()


def test_the_picture_says_what_authenticator_apps_read(newcomer: Any) -> None:
    from base64 import b32encode
    from urllib.parse import parse_qs, unquote, urlsplit

    from accounts.services import enrol_totp
    from accounts.views.enrolment import _otpauth

    device = enrol_totp(newcomer)
    uri = urlsplit(_otpauth(newcomer, device))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/就学奨励費 サンプル甲県:newcomer"
    assert parse_qs(uri.query) == {
        "secret": [b32encode(device.seed()).decode()],
        "issuer": ["就学奨励費 サンプル甲県"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert "+" not in uri.query, "apps read + as a plus sign"


def test_a_wrong_first_code_does_not_confirm(browser: Any, newcomer: Any, code: str) -> None:
    from accounts.models import TotpDevice

    activate(browser, code)
    choose_password(browser)
    browser.get("/enrol/device/")
    device = TotpDevice.objects.get(user=newcomer)
    wrong = next(f"{n:06d}" for n in range(100) if device.refusal_of(f"{n:06d}") == "wrong")
    assert browser.post("/enrol/device/", {"token": wrong}).status_code == 200
    assert not TotpDevice.objects.get(user=newcomer).confirmed


def test_without_backup_codes_the_account_is_not_ready(browser: Any, newcomer: Any, code: str) -> None:
    activate(browser, code)
    choose_password(browser)
    browser.get("/enrol/device/")
    browser.post("/enrol/device/", {"token": new_device_code(newcomer)})
    newcomer.refresh_from_db()
    assert give_password(client_of("kou.localhost"), newcomer, NEW).url == "/enrol/"


def test_an_enrolment_left_alone_ends(browser: Any, code: str, clock: Any) -> None:
    activate(browser, code)
    clock.advance(minutes=30)
    assert browser.get("/enrol/password/").url == "/enrol/"


@pytest.mark.parametrize(
    ("password", "reason"),
    [("short-one", "12"), ("password1234", "一般的"), ("newcomer1234", "職員ID"), ("1234567890123", "一般的")],
)
def test_weak_passwords_are_refused_with_the_reason(browser: Any, code: str, password: str, reason: str) -> None:
    activate(browser, code)
    response = choose_password(browser, password)
    assert response.status_code == 200
    assert reason in response.content.decode()


def test_long_passwords_with_spaces_and_kanji_are_welcome(browser: Any, newcomer: Any, code: str) -> None:
    activate(browser, code)
    assert choose_password(browser, " 雪の 北向きの窓 から見る山並み ").status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.check_password(" 雪の 北向きの窓 から見る山並み ")
    assert choose_password(browser, "あ" * 129).status_code == 200


def test_two_different_entries_are_noticed(browser: Any, code: str) -> None:
    activate(browser, code)
    response = browser.post("/enrol/password/", {"password": NEW, "again": NEW + "x"})
    assert "2回の入力が違います" in response.content.decode()


def test_a_reset_does_not_lead_around_the_second_factor(browser: Any, clerk: Any) -> None:
    """A new password by a new code opens nothing until an authenticator is enrolled again."""
    from accounts.services import issue_activation_code

    activate(browser, issue_activation_code(clerk), "clerk")
    assert choose_password(browser).url == "/enrol/device/"
    assert browser.get("/").url.startswith("/enrol/")
    other = client_of("kou.localhost")
    assert give_password(other, clerk, NEW).url == "/enrol/"
    assert other.get("/").url.startswith("/login/")


def test_a_new_code_switches_lost_devices_off_at_once(browser: Any, clerk: Any, heard: list[Any], events: Any) -> None:
    from accounts.models import BackupCode, TotpDevice
    from accounts.services import issue_activation_code

    sign_in(browser, clerk)
    lost = code_of(clerk)
    issue_activation_code(clerk)
    assert not TotpDevice.objects.filter(user=clerk).exists()
    assert not BackupCode.objects.filter(device__user=clerk).exists()
    assert browser.get("/").url.startswith("/login/")
    assert give_password(browser, clerk).url == "/enrol/"
    assert browser.post("/login/otp/", {"token": lost}).url == "/login/"
    assert events("account:factor:changed")[-1].detail == {"change": "activation_issued"}
    assert [one.what for one in heard if type(one).__name__ == "FactorChanged"][-1] == "activation_issued"


def test_a_stopped_account_does_not_enrol(browser: Any, newcomer: Any, code: str) -> None:
    from accounts.services import disable_user

    disable_user(newcomer)
    assert activate(browser, code).status_code == 200


def up_to_the_codes(browser: Any, user: Any, code: str) -> None:
    activate(browser, code)
    choose_password(browser)
    browser.get("/enrol/device/")
    browser.post("/enrol/device/", {"token": new_device_code(user)})


def test_a_newer_code_ends_an_enrolment_that_was_begun(browser: Any, newcomer: Any, code: str) -> None:
    from accounts.models import BackupCode
    from accounts.services import issue_activation_code

    up_to_the_codes(browser, newcomer, code)
    issue_activation_code(newcomer)
    for path in ("/enrol/password/", "/enrol/device/", "/enrol/codes/"):
        assert browser.get(path).status_code == 302
    assert browser.get("/enrol/device/qr.svg").status_code == 404
    assert choose_password(browser, "minami-no-machi-no-hi").url == "/enrol/"
    browser.post("/enrol/codes/")
    newcomer.refresh_from_db()
    assert newcomer.must_enrol
    assert newcomer.check_password(NEW)
    assert not BackupCode.objects.filter(device__user=newcomer).exists()


def test_an_abandoned_enrolment_cannot_touch_the_account_once_another_was_finished(
    browser: Any, newcomer: Any, code: str
) -> None:
    from accounts.models import TotpDevice
    from accounts.services import issue_activation_code

    activate(browser, code)
    owner = client_of("kou.localhost")
    up_to_the_codes(owner, newcomer, issue_activation_code(newcomer))
    assert owner.post("/enrol/codes/").status_code == 200
    assert choose_password(browser, "minami-no-machi-no-hi").url == "/enrol/"
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)
    assert TotpDevice.objects.filter(user=newcomer).count() == 1


def test_the_session_is_over_with_the_backup_codes(browser: Any, newcomer: Any, code: str) -> None:
    up_to_the_codes(browser, newcomer, code)
    assert browser.post("/enrol/codes/").content.decode().count("<li><code>") == 10
    assert choose_password(browser, "minami-no-machi-no-hi").url == "/enrol/"
    assert browser.post("/enrol/codes/").status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)


def test_loading_the_last_page_again_says_that_it_is_done(browser: Any, newcomer: Any, code: str) -> None:
    """The browser sends the form again; nothing is made anew, and nobody is asked for a code that is spent."""
    from accounts.models import BackupCode

    up_to_the_codes(browser, newcomer, code)
    browser.post("/enrol/codes/")
    kept = set(BackupCode.objects.values_list("pk", flat=True))
    for again in (browser.post, browser.get):
        answer = again("/enrol/codes/", follow=True)
        assert answer.request["PATH_INFO"] == "/login/"
        assert "利用開始の手続は終わっています" in answer.content.decode()
    assert set(BackupCode.objects.values_list("pk", flat=True)) == kept


def test_steps_do_not_prolong_the_half_hour(browser: Any, newcomer: Any, code: str, clock: Any) -> None:
    activate(browser, code)
    clock.advance(minutes=20)
    choose_password(browser)
    clock.advance(minutes=10)
    assert browser.get("/enrol/device/").url == "/enrol/password/"
    assert browser.get("/enrol/password/").url == "/enrol/"


def test_a_stop_ends_an_enrolment_that_was_begun(browser: Any, newcomer: Any, code: str) -> None:
    from accounts.services import disable_user

    activate(browser, code)
    disable_user(newcomer)
    assert choose_password(browser).url == "/enrol/"


def test_of_several_that_fetch_the_picture_at_once_one_gets_it(browser: Any, newcomer: Any, code: str) -> None:
    """Each request read the session before the others took the picture out of it."""
    from accounts import session_state

    activate(browser, code)
    choose_password(browser)
    browser.get("/enrol/device/")
    kind, key = type(browser.session), browser.session.session_key
    requests = [kind(key) for _ in range(3)]
    assert all(session_state.enrolling_code_id(one) for one in requests), "read, as the middleware does"
    assert [bool(session_state.take_picture(one)) for one in requests] == [True, False, False]

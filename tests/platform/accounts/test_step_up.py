"""Step-up: a fresh one-time password before important acts."""

from __future__ import annotations

from typing import Any

from tests.platform.accounts.sign_in import code_of, give_password, sign_in, wrong_code_of


def test_a_login_is_fresh_for_ten_minutes(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    clock.advance(minutes=9, seconds=59)
    assert browser.get("/act/").content == b"done"
    clock.advance(seconds=1)
    assert browser.get("/act/").url == "/step-up/?next=%2Fact%2F"


def test_the_code_brings_the_person_back(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    sign_in(browser, clerk)
    clock.advance(minutes=20)
    target = browser.get("/act/?a=1").url
    assert browser.get(target).status_code == 200
    assert browser.post(target, {"token": code_of(clerk)}).url == "/act/?a=1"
    assert browser.get("/act/?a=1").content == b"done"
    assert len(events("session:otp:verified")) == 1


def test_a_form_comes_back_to_the_page_it_stood_on(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    clock.advance(minutes=20)
    sent = browser.post("/act/", {"a": "1"}, headers={"referer": "http://kou.localhost/schools/S01/?tab=2"})
    assert sent.url == "/step-up/?next=%2Fschools%2FS01%2F%3Ftab%3D2&sent=1"
    foreign = browser.post("/act/", {"a": "1"}, headers={"referer": "http://evil.example/x"})
    assert foreign.url == "/step-up/?next=%2F&sent=1"


def test_a_wrong_code_opens_nothing(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    sign_in(browser, clerk)
    clock.advance(minutes=20)
    assert browser.post("/step-up/?next=/act/", {"token": wrong_code_of(clerk)}).status_code == 200
    assert browser.get("/act/").status_code == 302
    assert events("session:otp:failed")[-1].detail["where"] == "step_up"


def test_the_code_of_the_login_does_not_serve_again(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    from accounts.models import TotpDevice

    used = TotpDevice.objects.get(user=clerk)
    totp = used._totp()
    totp.drift += used.last_t - totp.t()
    assert browser.post("/step-up/", {"token": f"{totp.token():06d}"}).status_code == 200


def test_a_backup_code_does_not_step_up(browser: Any, clerk: Any, clock: Any) -> None:
    from accounts.services import issue_backup_codes

    codes = issue_backup_codes(clerk)
    give_password(browser, clerk)
    assert browser.post("/login/backup-code/", {"code": codes[0]}).url == "/"
    assert browser.get("/act/").status_code == 302
    browser.post("/step-up/", {"token": codes[1]})
    assert browser.get("/act/").status_code == 302
    clock.advance(minutes=1)
    assert browser.post("/step-up/", {"token": code_of(clerk)}).url == "/"
    assert browser.get("/act/").content == b"done"


def test_step_up_leads_nowhere_else(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    clock.advance(minutes=1)
    response = browser.post("/step-up/?next=https://evil.example/", {"token": code_of(clerk)})
    assert response.url == "/"

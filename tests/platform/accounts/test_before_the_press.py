"""What pages say before anything goes wrong: whom to ask, what becomes a request, and what is not for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import give_password, sign_in


def test_who_forgot_the_password_reads_whom_to_ask(browser: Any, in_a: Any) -> None:
    assert "忘れたときは、団体の利用者管理の担当者" in browser.get("/login/").content.decode()
    refused = browser.post("/login/", {"username": "nobody", "password": "no-such-password"}).content.decode()
    assert "忘れたときは、団体の利用者管理の担当者" in refused


def test_the_box_of_the_security_key_stands_behind_the_button_and_only_for_who_has_one(
    browser: Any, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts import security_keys

    give_password(browser, clerk)
    assert "data-security-key" not in browser.get("/login/otp/").content.decode()
    monkeypatch.setattr(security_keys, "has_key", lambda _user: True)
    page = browser.get("/login/otp/").content.decode()
    assert page.index("ログインする</button>") < page.index("data-security-key")


def test_forms_say_before_the_press_what_becomes_a_request(browser: Any, manager: Any, second: Any, clerk: Any) -> None:
    sign_in(browser, manager)
    page = browser.get("/users/new/").content.decode()
    assert "登録を申請する</button>" in page
    assert "nara-0123" in page, "the shape of a 職員ID, before it is wrong"
    said = browser.get(f"/users/{clerk.pk}/").content.decode()
    assert "個人番号取扱者" in said.split("申請になります")[0].rsplit("<p>", 1)[1]
    type(second).objects.filter(pk=second.pk).update(came_as_approver=False)
    assert "登録する</button>" in browser.get("/users/new/").content.decode(), "alone in the beginning: at once"

"""パスワードの有効日数: off by default; where it is on, an old password opens its own change and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import PASSWORD, client_of, code_of, sign_in

NEW = "minami-no-umi-ni-kaze"
TO_CHANGE = {"current": PASSWORD, "password": NEW, "again": NEW}


@pytest.fixture
def browser() -> Any:
    return client_of("kou.localhost")


@pytest.fixture
def old(clerk: Any, clock: Any) -> Any:
    """Somebody whose password is ninety days old, to the minute."""
    clock.advance(days=90)
    return clerk


def decided(days: int | None) -> None:
    from accounts.services import password_term

    password_term.decide(days)


def test_by_default_a_password_never_expires(browser: Any, clerk: Any, clock: Any) -> None:
    clock.advance(days=3_650)
    clerk.ends_on = None
    assert sign_in(browser, clerk)["Location"] == "/"
    assert browser.get("/account/").status_code == 200


def test_an_expired_one_opens_its_own_change_and_nothing_else(browser: Any, old: Any) -> None:
    decided(90)
    assert sign_in(browser, old).status_code == 302
    for path in ("/", "/account/", "/households/"):
        assert browser.get(path)["Location"].startswith("/account/password/?next="), path
    assert browser.post("/account/backup-codes/")["Location"].startswith("/account/password/"), "acts neither"
    page = browser.get("/account/password/?next=/households/").content.decode()
    assert "有効日数（90日）が過ぎました" in page
    same = browser.post("/account/password/", TO_CHANGE | {"password": PASSWORD, "again": PASSWORD})
    assert "今のパスワードと同じです" in same.content.decode()
    assert browser.get("/")["Location"].startswith("/account/password/")
    assert browser.post("/account/password/?next=/households/", TO_CHANGE)["Location"] == "/households/"
    assert browser.get("/account/").status_code == 200
    again = client_of("kou.localhost")
    again.post("/login/", {"username": old.username, "password": NEW})
    assert again.post("/login/otp/", {"token": code_of(old)})["Location"] == "/"
    assert again.get("/account/").status_code == 200


def test_who_came_in_by_a_backup_code_can_choose_a_new_one_and_nothing_more(browser: Any, old: Any) -> None:
    """Without the authenticator no one-time password can be given: the way to the new password may not ask for one."""
    from accounts.services import issue_backup_codes
    from accounts.services.password_term import days
    from tests.platform.accounts.test_services import as_person

    decided(90)
    with as_person(old):
        codes = issue_backup_codes(old)

    def come_in(password: str, code: str) -> None:
        browser.post("/login/", {"username": old.username, "password": password})
        assert browser.post("/login/backup-code/", {"code": code}).status_code == 302

    come_in(PASSWORD, codes[0])
    assert browser.get("/")["Location"].startswith("/account/password/?next=")
    assert "有効日数（90日）が過ぎました" in browser.get("/account/password/").content.decode()
    wrong = browser.post("/account/password/", TO_CHANGE | {"current": "x" * 12}).content.decode()
    assert "今のパスワードが違います" in wrong
    assert browser.post("/account/password/", TO_CHANGE)["Location"] == "/account/"
    assert browser.get("/account/").status_code == 200
    assert browser.get("/account/password/")["Location"].startswith("/step-up/"), "once it is new, as ever"
    assert browser.post("/account/backup-codes/")["Location"].startswith("/step-up/"), (
        "what is important still wants it"
    )
    browser.post("/logout/")
    come_in(NEW, codes[1])
    assert days() == 90
    assert browser.get("/account/password/")["Location"].startswith("/step-up/"), "a password that has not ended"


def test_who_came_in_by_the_authenticator_gives_it_again_when_it_is_no_longer_fresh(
    browser: Any, old: Any, settings: Any
) -> None:
    decided(90)
    sign_in(browser, old)
    settings.STEP_UP_SECONDS = 0
    assert browser.get("/account/password/")["Location"].startswith("/step-up/")


def test_a_younger_one_goes_on_and_so_does_a_session_that_had_begun(browser: Any, old: Any) -> None:
    decided(91)
    sign_in(browser, old)
    assert browser.get("/account/").status_code == 200
    decided(90)
    assert browser.get("/account/").status_code == 200, "nobody is stopped in the middle of work"


def test_the_way_out_stays_open(browser: Any, old: Any) -> None:
    decided(90)
    sign_in(browser, old)
    assert browser.post("/account/lost/")["Location"] == "/logged-out/"


def test_the_manager_decides_with_a_fresh_code_and_the_trail_says_so(browser: Any, manager: Any, events: Any) -> None:
    from accounts.services import password_term

    sign_in(browser, manager)
    assert "期限はありません" in browser.get("/users/password-term/").content.decode()
    assert browser.post("/users/password-term/", {"days": "7"}).status_code == 422
    assert browser.post("/users/password-term/", {"days": "180"}).status_code == 302
    assert password_term.days() == 180
    assert "180日です" in browser.get("/users/password-term/").content.decode()
    assert browser.post("/users/password-term/", {"days": ""}).status_code == 302
    assert password_term.days() is None
    told = [one.detail for one in events("account:rule:changed")]
    assert told == [
        {"before": None, "after": 180},
        {"before": 180, "after": None},
    ]


def test_nobody_else_decides(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    assert browser.get("/users/password-term/").status_code == 403

"""The day's budget of guesses holds on every path that takes a one-time password."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import client_of, code_of, give_password, sign_in, wrong_code_of


def guess(browser: Any, user: Any, clock: Any, where: str) -> str:
    """One wrong guess, as soon as the device's own delay allows it."""
    clock.advance(minutes=9)
    if where == "/login/otp/":
        give_password(browser, user)
    return str(browser.post(where, {"token": wrong_code_of(user)}).content.decode())


def spent(user: Any) -> int:
    from accounts.models import GuessLedger

    ledger = GuessLedger.objects.get(user=user)
    return sum(one.codes for one in ledger.guesses)


@pytest.mark.parametrize(("tolerance", "tries"), [(0, 20), (1, 6), (2, 4)])
def test_so_many_wrong_codes_a_day_and_no_more(
    browser: Any, clerk: Any, clock: Any, settings: Any, events: Any, tolerance: int, tries: int
) -> None:
    settings.OTP_TOLERANCE_STEPS = tolerance
    for _ in range(tries):
        assert "番号が違うか" in guess(browser, clerk, clock, "/login/otp/")
    assert spent(clerk) <= 20
    assert len(events("session:attempts:throttled")) == 1
    clock.advance(minutes=9)
    give_password(browser, clerk)
    right = browser.post("/login/otp/", {"token": code_of(clerk)})
    assert "一時的に受け付けを止めています" in right.content.decode()
    assert len(events("session:otp:failed")) == tries, "refused tries are not compared, so they tell nothing"


def test_paths_share_one_budget_and_a_right_code_does_not_refill_it(browser: Any, clerk: Any, clock: Any) -> None:
    for _ in range(3):
        guess(browser, clerk, clock, "/login/otp/")
    clock.advance(minutes=9)
    sign_in(browser, clerk)
    for _ in range(3):
        assert "番号が違うか" in guess(browser, clerk, clock, "/step-up/")
    clock.advance(minutes=9)
    assert "一時的に" in browser.post("/step-up/", {"token": code_of(clerk)}).content.decode()
    thief = client_of("kou.localhost")
    assert "一時的に" in guess(thief, clerk, clock, "/login/otp/")


def test_the_budget_comes_back_after_a_day(browser: Any, clerk: Any, clock: Any) -> None:
    for _ in range(6):
        guess(browser, clerk, clock, "/login/otp/")
    clock.advance(hours=24)
    sign_in(browser, clerk)


def test_a_second_device_does_not_double_the_budget(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    from accounts.models import TotpDevice

    second = TotpDevice(user=clerk, name="トークン", confirmed=True)
    second.seal_seed(b"another seed of its own")
    second.save()
    for _ in range(8):
        clock.advance(minutes=9)
        give_password(browser, clerk)
        browser.post("/login/otp/", {"token": _wrong_on_both(clerk)})
    assert len(events("session:otp:failed")) == 3
    assert spent(clerk) == 18


def _wrong_on_both(user: Any) -> str:
    from accounts.models import TotpDevice

    devices = list(TotpDevice.objects.filter(user=user))
    tokens = (f"{n:06d}" for n in range(1000))
    return next(token for token in tokens if all(device.refusal_of(token) == "wrong" for device in devices))


def test_waiting_out_the_delay_is_not_charged(browser: Any, clerk: Any, clock: Any) -> None:
    give_password(browser, clerk)
    for _ in range(10):
        browser.post("/login/otp/", {"token": wrong_code_of(clerk)})
    assert spent(clerk) == 3


def test_backup_codes_still_open_when_the_budget_is_spent(browser: Any, clerk: Any, clock: Any) -> None:
    from accounts.services import issue_backup_codes

    codes = issue_backup_codes(clerk)
    for _ in range(6):
        guess(browser, clerk, clock, "/login/otp/")
    clock.advance(minutes=9)
    give_password(browser, clerk)
    assert browser.post("/login/backup-code/", {"code": codes[0]}).status_code == 302


def test_wrong_backup_codes_wait_too(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    give_password(browser, clerk)
    wrong = "ABCD-EFGH-JKLM-NPQR"
    assert "予備コードが違う" in browser.post("/login/backup-code/", {"code": wrong}).content.decode()
    assert "一時的に" in browser.post("/login/backup-code/", {"code": wrong}).content.decode()
    assert [event.detail["method"] for event in events("session:otp:failed")] == ["backup"]


def test_a_manager_lifts_the_wait_with_an_event_and_the_person_is_told(
    browser: Any, clerk: Any, clock: Any, events: Any
) -> None:
    from accounts.services import clear_throttles

    guess(browser, clerk, clock, "/login/otp/")
    clear_throttles(clerk)
    assert clerk.notices.filter(what="lock_cleared").exists()
    sign_in(browser, clerk)
    assert len(events("account:lock:cleared")) == 1


def test_lifting_gives_no_guess_back(browser: Any, clerk: Any, clock: Any, events: Any) -> None:
    """However often it is lifted: the budget of the day is the budget of the day."""
    from accounts.services import clear_throttles

    for _ in range(9):
        guess(browser, clerk, clock, "/login/otp/")
        clear_throttles(clerk)
    assert len(events("session:otp:failed")) == 6


def test_tries_of_one_person_are_serialised_by_row_locks(clerk: Any, django_assert_max_num_queries: Any) -> None:
    from accounts.services import verify_totp

    with django_assert_max_num_queries(16) as queries:
        verify_totp(clerk, wrong_code_of(clerk), "login")
    locking = [query["sql"] for query in queries.captured_queries if "FOR UPDATE" in query["sql"]]
    assert any("accounts_guessledger" in sql for sql in locking)
    assert any("accounts_totpdevice" in sql for sql in locking)

"""Two requests of one person at once: none waits for the other in a ring, and what one stopped the other does not begin again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, code_of, give_code, give_password, sign_in, wrong_code_of

HERE = "T-AAAA-BBBB"
ORDER = {"loginthrottle": 0, "user": 1}
"""Whatever else hangs on a person is locked after them (`services.locking`)."""
OF_THE_PERSON = (
    "loginthrottle|user|activationcode|hardwaretoken|totpdevice|backupcodedevice|backupcode|guessledger|sessionrecord"
)
_LOCKS = re.compile(rf'^(?:UPDATE|DELETE FROM|SELECT (?=.*FOR (?:NO KEY )?UPDATE).*?FROM) "accounts_({OF_THE_PERSON})"')


def locked_by(statements: Iterable[str]) -> list[str]:
    """The tables of a person in the order in which a transaction first locks rows of theirs."""
    found = [match[1] for statement in statements if (match := _LOCKS.match(statement))]
    return list(dict.fromkeys(found))


def lost(user: Any) -> None:
    from accounts.services import declare_lost

    declare_lost(user)


def new_codes(user: Any) -> None:
    from accounts.services import issue_backup_codes

    issue_backup_codes(user)


def a_number(user: Any) -> None:
    from accounts.services import verify_totp

    assert verify_totp(user, code_of(user), "step_up").is_accepted


def a_wrong_number(user: Any) -> None:
    from accounts.services import verify_totp

    assert not verify_totp(user, wrong_code_of(user), "step_up").is_accepted


def a_wrong_backup_code(user: Any) -> None:
    from accounts.services import verify_backup_code

    assert not verify_backup_code(user, "0000-0000", "login").is_accepted


def a_wrong_password(user: Any) -> None:
    from accounts.services import check_password_login

    assert check_password_login(user.username, "x", HERE).user is None


def a_wrong_activation(user: Any) -> None:
    from accounts.services import redeem_activation_code

    assert redeem_activation_code(user.username, "x", HERE).user is None


def a_login(user: Any) -> None:
    from accounts.services import complete_login
    from accounts.services.login import Origin

    complete_login(user, "totp", Origin(HERE))


def the_end(user: Any) -> None:
    from accounts.models import EndReason
    from accounts.services import end_session

    assert end_session(user.session_records.get(ended_at=None), EndReason.LOGOUT)


def a_new_activation(user: Any) -> None:
    from accounts.services import issue_activation_code

    issue_activation_code(user)


def waits_lifted(user: Any) -> None:
    from accounts.services import clear_throttles

    clear_throttles(user)


def a_token_lost(user: Any) -> None:
    from accounts.models import HardwareToken, TotpDevice
    from accounts.services import tokens
    from tests.platform.accounts.test_tokens import csv_file

    tokens.load_tokens(csv_file())
    token = tokens.assign_token("A100", user)
    TotpDevice.objects.filter(user=user).update(token=token)
    connection.queries_log.clear()
    tokens.lose_token(HardwareToken.objects.get(pk=token.pk))


ACTS = (
    lost, new_codes, a_number, a_wrong_number, a_wrong_backup_code, a_wrong_password, a_wrong_activation, a_login, the_end,
    a_new_activation, waits_lifted, a_token_lost,
)  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_every_act_locks_the_rows_of_a_person_in_one_order(clerk: Any, act: Callable[[Any], None]) -> None:
    """Else 認証器をなくした ends in a deadlock with whatever runs beside it, and nothing is stopped."""
    sign_in(client_of("kou.localhost"), clerk)
    user = type(clerk).objects.get(pk=clerk.pk)
    with CaptureQueriesContext(connection):
        act(user)
        order = locked_by(str(query["sql"]) for query in connection.queries_log)
    ranks = [ORDER.get(table, 2) for table in order]
    assert "user" in order
    assert ranks == sorted(ranks), order


def test_backup_codes_asked_for_beside_a_declared_loss_do_not_undo_it(clerk: Any) -> None:
    from accounts.errors import StoppedMeanwhile
    from accounts.models import BackupCodeDevice
    from accounts.services import declare_lost, issue_backup_codes

    begun = type(clerk).objects.get(pk=clerk.pk)
    declare_lost(clerk)
    with pytest.raises(StoppedMeanwhile):
        issue_backup_codes(begun)
    begun.refresh_from_db()
    assert begun.must_enrol
    assert not BackupCodeDevice.objects.filter(user=begun).exists()


def _declared_lost(user: Any) -> None:
    from accounts.services import declare_lost

    declare_lost(user)


def _left(user: Any) -> None:
    type(user).objects.filter(pk=user.pk).update(ends_on=timezone.localdate() - timedelta(days=1))


def _new_password(user: Any) -> None:
    from accounts.services import change_password

    change_password(user, "yama-no-mukou-no-mizuumi")


MEANWHILE = {"lost": _declared_lost, "left": _left, "password": _new_password}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_password_that_was_given_opens_nothing_after_the_account_changed(clerk: Any, events: Any, what: str) -> None:
    """Between the password and the one-time password; and once more at the very end, for what happens in that moment."""
    from accounts.errors import StoppedMeanwhile
    from accounts.services import complete_login
    from accounts.services.login import Origin

    browser = client_of("kou.localhost")
    give_password(browser, clerk)
    begun = type(clerk).objects.get(pk=clerk.pk)
    code = code_of(clerk)
    MEANWHILE[what](type(clerk).objects.get(pk=clerk.pk))
    answer = browser.post("/login/otp/", {"token": code})
    assert not clerk.session_records.exists(), answer.content.decode()
    with pytest.raises(StoppedMeanwhile):
        complete_login(begun, "totp", Origin(HERE))
    assert not events("session:login:succeeded")


def test_a_log_in_that_is_stopped_at_its_last_moment_says_so_and_is_a_failure_in_the_trail(
    clerk: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.services import declare_lost, otp

    browser = client_of("kou.localhost")
    give_password(browser, clerk)
    accepted = otp.verify_totp

    def and_lost_right_after(*given: Any) -> Any:
        outcome = accepted(*given)
        declare_lost(type(clerk).objects.get(pk=clerk.pk))
        return outcome

    monkeypatch.setattr("accounts.services.verify_totp", and_lost_right_after)
    assert give_code(browser, clerk).url == "/login/"
    assert "はじめからログインしてください" in browser.get("/login/").content.decode()
    assert [event.detail["reason"] for event in events("session:otp:failed")] == ["not_current"]
    assert give_password(browser, clerk).url == "/enrol/", "only an activation code goes on from here"


def test_wrong_passwords_that_come_at_once_are_all_counted(clerk: Any) -> None:
    """Each reads the account before it waits for its turn."""
    from accounts.services import attempts

    first, second = (type(clerk).objects.get(pk=clerk.pk) for _ in range(2))
    for stale in (first, second):
        row = attempts.lock("password", clerk.username, stale, HERE)
        attempts.failed(row, stale, HERE, "wrong", timezone.now())
    clerk.refresh_from_db()
    assert clerk.failures_since_login == 2

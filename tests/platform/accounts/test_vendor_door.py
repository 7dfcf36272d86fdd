"""The way in for the vendor's operators, open to anybody: without a window it hears no guess, and it is on the operators' lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import PASSWORD, client_of
from tests.platform.accounts.test_vendor import enter, open_window


def heard_at_console() -> tuple[int, int, int]:
    """What guesses leave there: counts of passwords, failures of people, spent guesses of one-time passwords."""
    from accounts.models import GuessLedger, LoginThrottle, User
    from tenants.core.context import console_context

    with console_context():
        failures = sum(User.objects.values_list("failures_since_login", flat=True))
        return LoginThrottle.objects.count(), failures, GuessLedger.objects.count()


@pytest.mark.parametrize("window", ["none", "another's", "over", "ended at the console"])
@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"token": "000000"}, {}])
def test_without_a_window_the_console_hears_of_no_guess(
    operator: Any, chief: Any, clock: Any, events: Any, window: str, wrong: dict[str, str]
) -> None:
    from accounts.models import VendorVisit, VendorWindow
    from accounts.services.vendor import end_visit, note_visit
    from tenants.core.context import console_context

    if window != "none":
        open_window(chief)
    if window == "another's":
        VendorWindow.objects.update(operator="betsu")
    elif window == "over":
        clock.advance(hours=2)
    elif window == "ended at the console":
        note_visit(VendorWindow.objects.get())
        with console_context():
            end_visit(VendorVisit.objects.get())
    before = heard_at_console()
    answer = enter(client_of("kou.localhost"), operator, **wrong).content.decode()
    assert "立入りを開けていません" in answer
    assert heard_at_console() == before
    (refused,) = events("vendor:entry:refused")
    assert "unyou" not in str((refused.detail, refused.subjects)), "what was typed may be anything"


def test_the_way_in_takes_a_passwords_time_without_a_window_too(
    operator: Any, chief: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.services import vendor

    hashed: list[str | None] = []
    monkeypatch.setattr(vendor, "make_password", hashed.append)
    enter(client_of("kou.localhost"), operator)
    assert hashed == [PASSWORD]


def test_an_operator_types_in_another_case_and_width_as_ever(operator: Any, chief: Any) -> None:
    open_window(chief)
    assert enter(client_of("kou.localhost"), operator, username="UNYOU").url == "/vendor/pages/"


def test_the_way_in_opens_on_the_operators_lines_alone(operator: Any, chief: Any, settings: Any, events: Any) -> None:
    settings.CONSOLE_NETWORKS = ["10.99.0.0/24"]
    settings.TRUSTED_PROXY = "127.0.0.1"
    open_window(chief)
    outside, inside = client_of("kou.localhost"), client_of("kou.localhost")
    outside.defaults["HTTP_X_FORWARDED_FOR"] = "10.98.0.1"
    inside.defaults["HTTP_X_FORWARDED_FOR"] = "10.99.0.7"
    before = heard_at_console()
    for answer in (outside.get("/vendor/"), enter(outside, operator, password="wrong")):
        assert (answer.status_code, "登録した回線から" in answer.content.decode()) == (403, True)
    assert heard_at_console() == before
    assert len(events("access:network:refused")) == 2
    assert enter(inside, operator).url == "/vendor/pages/"

"""The way in for the vendor's operators, open to anybody: without a window it hears no guess, and it is on the operators' lines."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.vendor_pages import PAGES
from tests.platform.accounts.sign_in import PASSWORD, client_of
from tests.platform.accounts.test_vendor import enter, open_window
from tests.tenants.isolation_probe import urls_of
from tests.tenants.isolation_world import objects_of_a


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
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
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


def test_a_visitor_is_shown_no_act_and_no_way_that_would_be_refused(operator: Any, chief: Any, events: Any) -> None:
    """Of every page that may be offered: what is left are its words, ways to pages of the window, and the end of the visit."""
    from accounts.vendor import pages_offered

    open_window(chief, [row.name for row in pages_offered()])
    visitor = client_of("kou.localhost")
    enter(visitor, operator)
    shown = {}
    for url in urls_of("tenant", objects_of_a()):
        if url.name in PAGES:
            answer = visitor.get(url.path)
            if answer.status_code == 200:
                shown[url.name] = answer.content.decode()
    assert len(shown) > 20
    posts = {name: re.findall(r'<form method="post"[^>]*action="([^"]*)"', page) for name, page in shown.items()}
    assert {tuple(found) for found in posts.values()} == {("/vendor/leave/", "/logout/")}
    assert not [name for name, page in shown.items() if page.count('method="post"') != 2]
    assert not [name for name, page in shown.items() if "formaction=" in page]
    for name, page in shown.items():
        assert [one for one in re.findall(r'<button[^>]* form="([^"]*)"', page) if f'id="{one}"' not in page] == [], (
            name
        )
    ways = {way.partition("?")[0] for page in shown.values() for way in re.findall(r'<a [^>]*href="(/[^"#]*)"', page)}
    assert ways
    assert {way: visitor.get(way).status_code for way in ways if visitor.get(way).status_code == 403} == {}
    assert not events("access:permission:refused")
    overview = shown["linkage:overview"]
    assert "登録する</button>" not in overview
    assert "照会と突合" in overview
    assert "立入りを終える" in overview


def test_what_is_left_out_takes_nothing_else_with_it() -> None:
    from accounts.reading import without_acts

    page = (
        '<!doctype html><button form="f">送る</button><form METHOD="post" id="f" action="/x/"><p>a<br>b</p><input></form>'
        '<form role="search"><input name="q"></form><a class="button" href="/x/">消す</a><a href="/x/">名前 &amp; 語</a>'
        '<a href="/y/?a=1">開く</a><form method="post" action="/y/"><button>終える</button></form><script>a<b</script><!-- c -->'
    )
    assert without_acts(page, "/here/", lambda path, method: path == "/y/") == (
        '<!doctype html><form role="search"><input name="q"></form>名前 &amp; 語'
        '<a href="/y/?a=1">開く</a><form method="post" action="/y/"><button>終える</button></form><script>a<b</script><!-- c -->'
    )


def test_the_console_names_who_can_give_roles_there(in_console: None) -> None:
    from accounts.roles import Role
    from tests.platform.accounts.sign_in import make_person, sign_in

    monitor = client_of("console.localhost")
    sign_in(monitor, make_person("kanshi", Role.PLATFORM_MONITOR))
    refused = monitor.get("/onboarding/")
    assert refused.status_code == 403
    assert "サーバーの管理者" in refused.content.decode()
    assert "利用者管理の担当者" not in refused.content.decode()

"""Client address and terminal."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import terminals
from accounts.address import client_address, client_agent
from config.env import Environment
from tests.platform.accounts.sign_in import client_of, sign_in


def ask(remote: str, forwarded: str = "") -> Any:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)


@pytest.mark.parametrize(
    ("proxy", "remote", "forwarded", "expected"),
    [
        ("", "10.0.0.9", "192.0.2.1", "10.0.0.9"),
        ("10.0.0.1", "10.0.0.9", "192.0.2.1", "10.0.0.9"),
        ("10.0.0.1", "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1, ", "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.0/24, 172.16.0.1", "172.16.0.1", "192.0.2.1, 10.0.0.4", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "spoofed", None),
        ("10.0.0.1", "10.0.0.1", "[]:443", None),
        ("10.0.0.1", "10.0.0.1", "192.0.2.1, spoofed", None),
        ("10.0.0.1", "10.0.0.1", "192.0.2.1:50123", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "192.0.2.1, 10.0.0.1:443", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "[2001:db8::1]:50123", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "", "192.0.2.1", None),
        ("::1", "::1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_header_counts_only_behind_our_own_proxy(
    settings: Any, proxy: str, remote: str, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = Environment({"SHOREI_TRUSTED_PROXY": proxy}).optional_networks("SHOREI_TRUSTED_PROXY")
    assert client_address(ask(remote, forwarded)) == expected


def test_the_browser_name_is_cut_and_printable() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "Fire\x00fox" + "x" * 500})
    assert client_agent(request).startswith("Firefox")
    assert len(client_agent(request)) == 200


def with_cookie(response: HttpResponse) -> Any:
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in response.cookies.items()}
    return request


def kept(scope: str) -> tuple[terminals.Terminal, Any]:
    terminal = terminals.terminal_of(RequestFactory().get("/"), scope)
    response = HttpResponse()
    terminals.keep(response, terminal, scope)
    return terminal, with_cookie(response)


def test_a_terminal_keeps_its_name() -> None:
    terminal, later = kept("p_one")
    assert terminal.is_new
    assert len(terminal.id) == 11
    assert terminals.terminal_of(later, "p_one") == terminals.Terminal(terminal.id, is_new=False)


def test_a_terminal_of_another_prefecture_is_noticed_and_renamed() -> None:
    terminal, later = kept("p_one")
    elsewhere = terminals.terminal_of(later, "p_two")
    assert elsewhere.is_foreign
    assert elsewhere.is_new
    assert elsewhere.id != terminal.id


def test_a_forged_name_is_not_believed() -> None:
    _, later = kept("p_one")
    name, value = next(iter(later.COOKIES.items()))
    later.COOKIES[name] = value[:-2] + "xx"
    found = terminals.terminal_of(later, "p_one")
    assert found.is_new
    assert not found.is_foreign


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-terminal"), (False, "terminal")])
def test_the_cookie_is_bound_to_the_host_and_closed_to_scripts(settings: Any, secure: bool, name: str) -> None:
    settings.SESSION_COOKIE_SECURE = secure
    response = HttpResponse()
    terminals.keep(response, terminals.Terminal("T-ABCD-EFGH", is_new=True), "p_one")
    cookie = response.cookies[name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert bool(cookie["secure"]) is secure
    assert cookie["domain"] == ""
    assert cookie["path"] == "/"


def test_a_link_of_another_site_does_not_replace_the_terminal(browser: Any, clerk: Any) -> None:
    """The browser withholds our cookies there (SameSite=Strict): a new terminal would end the session that is open."""
    name = terminals.cookie_name()
    sign_in(browser, clerk)
    known = browser.cookies[name].value
    withheld = client_of("kou.localhost").get("/", headers={"sec-fetch-site": "cross-site"})
    assert withheld.status_code == 302
    assert name not in withheld.cookies
    assert browser.get("/").status_code == 200
    assert browser.cookies[name].value == known
    assert name in client_of("kou.localhost").get("/", headers={"sec-fetch-site": "none"}).cookies


def test_the_console_answers_on_its_operators_lines_alone(
    prefecture_a: Any, in_console: None, try_views: None, settings: Any
) -> None:
    from tenants.core.context import console_context
    from tests.support.outbox import outbox

    settings.CONSOLE_NETWORKS = ["10.99.0.0/24", "2001:db8:9::/64"]
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
    client = client_of("console.localhost")
    for outside in ("10.98.0.1", "2001:db8:8::1", "10.99.0.7, 192.0.2.1"):
        refused = client.get("/login/", headers={"x-forwarded-for": outside})
        assert (refused.status_code, "登録した回線から" in refused.content.decode()) == (403, True)
    assert client.get("/login/").status_code == 403, "the proxy itself is no operator"
    for inside in ("10.99.0.7", "2001:db8:9::7"):
        assert client.get("/login/", headers={"x-forwarded-for": inside}).status_code == 200
    assert client_of("kou.localhost").get("/login/", headers={"x-forwarded-for": "10.98.0.1"}).status_code == 200
    with console_context():
        assert outbox.filter(event="access:network:refused").count() == 4


@pytest.mark.parametrize("path", ["/", "/login/", "/health", "/nowhere/"])
@pytest.mark.parametrize("host", ["kou.localhost", "console.localhost"])
def test_no_request_is_sent_back_by_trace(prefecture_a: Any, rollback: None, host: str, path: str) -> None:
    answer = client_of(host).trace(path)
    assert answer.status_code == 405
    assert "TRACE" not in answer.headers["Allow"]

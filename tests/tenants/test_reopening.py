"""An address that only acts, opened like a page: our own 405 with the way back, and a refused form survives a reload."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls.resolvers import get_resolver

from tests.platform.accounts.sign_in import client_of
from tests.platform.accounts.test_every_url import HOSTS, patterns
from tests.tenants.isolation_probe import CONSOLE, A, Url, World, signed_in

KIND = {A: "tenant", CONSOLE: "console"}
NOT_HERE = "handover:"
"""Only where the link is a medium or a terminal: to this prefecture its pages are unknown, acts included."""


def only_acts(world: World, host: str) -> list[Url]:
    from web.methods import opens

    acts = {name for name, pattern in patterns(get_resolver(HOSTS[KIND[host]])) if not opens(pattern.callback)}
    return [url for url in world.of(host) if url.name in acts]


def way_back(answer: Any) -> str:
    """Where the page leads first."""
    _, _, after = answer.content.decode().partition('<div class="acts">')
    return str(after.partition('href="')[2].partition('"')[0])


@pytest.mark.parametrize("host", [A, CONSOLE])
def test_every_address_that_only_acts_says_so_in_japanese_and_leads_to_a_page(world: World, host: str) -> None:
    client = signed_in(world, host)
    found, wrong = only_acts(world, host), []
    assert len(found) > 15
    for url in found:
        answer = client.get(url.path)
        html = answer.content.decode()
        if url.name.startswith(NOT_HERE) and answer.status_code == 404:
            assert "お探しの画面が見つかりません" in html
        elif answer.status_code != 405 or "POST" not in answer["Allow"] or 'lang="ja"' not in html:
            wrong.append(f"{url.name} {url.path}: {answer.status_code}")
        elif "この操作は、住所（URL）からは開けません" not in html or "何も変更されていません" not in html:
            wrong.append(f"{url.name} {url.path}: does not say what and why")
        else:
            page = client.get(way_back(answer).replace("no-such-rule", "disowned"))
            if page.status_code not in (200, 302) or not page["Content-Type"].startswith("text/html"):
                wrong.append(f"{url.name}: leads to {way_back(answer)}, which answers {page.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_stranger_is_told_as_well(world: World) -> None:
    answer = client_of(A).get("/logout/")
    assert answer.status_code == 405
    assert "住所（URL）からは開けません" in answer.content.decode()


def only_open(world: World, host: str) -> list[Url]:
    from web.methods import acts

    pages = {name for name, pattern in patterns(get_resolver(HOSTS[KIND[host]])) if not acts(pattern.callback)}
    return [url for url in world.of(host) if url.name in pages]


@pytest.mark.parametrize("host", [A, CONSOLE])
def test_every_address_that_only_opens_says_so_when_something_is_sent_to_it(world: World, host: str) -> None:
    client = signed_in(world, host)
    found, wrong = only_open(world, host), []
    assert len(found) > 15
    for url in found:
        answer = client.post(url.path)
        html = answer.content.decode()
        if url.name.startswith(NOT_HERE) and answer.status_code == 404:
            assert "お探しの画面が見つかりません" in html
        elif answer.status_code != 405 or "GET" not in answer["Allow"] or 'lang="ja"' not in html:
            wrong.append(f"{url.name} {url.path}: {answer.status_code}")
        elif "この住所（URL）では、内容を受け取れません" not in html or "何も変更されていません" not in html:
            wrong.append(f"{url.name} {url.path}: does not say what and why")
        elif not way_back(answer).startswith("/") or not url.path.startswith(way_back(answer)):
            wrong.append(f"{url.name} {url.path}: leads to {way_back(answer)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_what_no_page_takes_is_answered_in_words_as_well(world: World, method: str) -> None:
    answer = signed_in(world, A).generic(method, "/users/")
    assert answer.status_code == 405
    assert "何も変更されていません" in answer.content.decode()


def test_a_refused_form_can_be_loaded_again(world: World) -> None:
    """Also the second refusal, which the browser says came from the first one's address."""
    client = signed_in(world, A)
    address, page = "/users/tokens/load/", f"http://{A}/users/tokens/?state=stock"
    for referer in (page, f"http://{A}{address}"):
        refused = client.post(address, {}, headers={"referer": referer})
        assert refused.status_code == 422
        assert "error-summary" in refused.content.decode()
        again = client.get(address)
        assert (again.status_code, again["Location"]) == (302, "/users/tokens/?state=stock")


def test_a_foreign_referer_leads_nowhere(world: World) -> None:
    client = signed_in(world, A)
    client.post("/users/tokens/load/", {}, headers={"referer": "http://elsewhere.example/users/"})
    answer = client.get("/users/tokens/load/")
    assert answer.status_code == 405
    assert way_back(answer) == "/users/tokens/"


def test_the_one_time_password_after_a_refused_form_leads_back_to_the_forms_page(world: World, settings: Any) -> None:
    client = signed_in(world, A)
    page = f"http://{A}/numbers/keeping/"
    address = "/numbers/keeping/mode/"
    assert client.post(address, {}, headers={"referer": page}).status_code in (200, 400, 422)
    settings.STEP_UP_SECONDS = 0
    asked = client.post(address, {}, headers={"referer": f"http://{A}{address}"})
    assert asked["Location"].startswith("/step-up/?next=%2Fnumbers%2Fkeeping%2F&")

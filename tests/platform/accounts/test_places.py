"""番号を扱う場所: outside the registered networks and terminals no number page opens, even with both factors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import client_of, sign_in


def terminal_of(user: Any) -> str:
    return str(user.session_records.get(ended_at=None).terminal)


def test_outside_the_network_numbers_stay_closed_and_the_rest_opens(browser: Any, handler: Any, events: Any) -> None:
    from accounts.services.places import add_network, remove

    sign_in(browser, handler)
    assert browser.get("/numbers/").status_code == 200, "nothing is outside while nothing is registered"
    network = add_network("10.20.0.0/16", "本庁")
    refused = browser.get("/numbers/")
    assert refused.status_code == 403
    assert "登録した庁内の回線" in refused.content.decode()
    assert browser.get("/").status_code == 200
    assert browser.get("/numbers/", headers={"x-forwarded-for": "10.20.1.1"}).status_code == 403, "a header is no place"
    assert browser.get("/numbers/", REMOTE_ADDR="10.20.1.1").status_code == 200
    assert [one.detail["reason"] for one in events("number:individual:refused")] == ["network", "network"]
    remove(network)
    assert browser.get("/numbers/").status_code == 200


def test_behind_our_proxy_its_header_counts(browser: Any, handler: Any, settings: Any) -> None:
    from accounts.services.places import add_network

    settings.TRUSTED_PROXY = "127.0.0.1"
    sign_in(browser, handler)
    add_network("10.20.0.0/16", "本庁")
    assert browser.get("/numbers/", headers={"x-forwarded-for": "10.20.1.1"}).status_code == 200
    assert browser.get("/numbers/", headers={"x-forwarded-for": "10.20.1.1, 192.0.2.9"}).status_code == 403


def test_numbers_open_on_registered_terminals_alone(browser: Any, handler: Any) -> None:
    from accounts.services.places import add_terminal

    add_terminal("t-aaaa-bbbb", "金庫室")
    sign_in(browser, handler)
    assert "登録した端末でだけ" in browser.get("/numbers/").content.decode()
    add_terminal(terminal_of(handler), "事務室")
    assert browser.get("/numbers/").status_code == 200
    other = client_of("kou.localhost")
    sign_in(other, handler)
    assert other.get("/numbers/").status_code == 403


@pytest.mark.parametrize("typed", ["10.20.0.1/16", "everywhere", "", "10.20.0.0/99"])
def test_what_is_no_network_is_refused(in_a: Any, typed: str) -> None:
    from accounts.services.places import PlaceRefused, add_network, add_terminal

    with pytest.raises(PlaceRefused, match="アドレスの範囲"):
        add_network(typed, "本庁")
    with pytest.raises(PlaceRefused, match="端末ID"):
        add_terminal(typed, "本庁")


def test_the_page_registers_and_takes_back(browser: Any, manager: Any, events: Any) -> None:
    from accounts.models import TenantNetwork

    sign_in(browser, manager)
    assert "まだ限っていません" in browser.get("/users/places/").content.decode()
    sent = {"kind": "network", "value": "10.20.0.0/16", "name": "本庁"}
    assert browser.post("/users/places/", sent).status_code == 302
    assert "既に登録" in browser.post("/users/places/", sent).content.decode()
    network = TenantNetwork.objects.get()
    assert network.added_by == manager.display_name
    assert browser.post(f"/users/places/nothing/{network.pk}/remove/").status_code == 404
    assert browser.post(f"/users/places/network/{network.pk}/remove/").status_code == 302
    assert not TenantNetwork.objects.exists()
    assert len(events("account:place:changed")) == 2

"""番号を扱う場所: outside the registered networks and terminals no number page opens, even with both factors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.platform.accounts.test_services import as_person


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
    remove(network, as_the_last=True)
    assert browser.get("/numbers/").status_code == 200


def test_behind_our_proxy_its_header_counts(browser: Any, handler: Any, settings: Any) -> None:
    from accounts.services.places import add_network

    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
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


@pytest.mark.parametrize("typed", ["0.0.0.0/0", "10.0.0.0/8", "10.2.0.0/15", "::/0", "2001:db8::/32"])
def test_a_range_wider_than_an_office_is_refused_with_the_limit(in_a: Any, typed: str) -> None:
    from accounts.services.places import PlaceRefused, add_network

    with pytest.raises(PlaceRefused, match=r"広すぎます。登録できるのは、IPv4は/16まで、IPv6は/48まで"):
        add_network(typed, "本庁")


@pytest.mark.parametrize("value", ["10.20.0.0/16", "2001:db8:1::/48"])
def test_the_widest_range_is_taken(in_a: Any, value: str) -> None:
    from accounts.services.places import add_network

    assert add_network(value, "本庁").cidr == value


# --- the second person ------------------------------------------------------------------------------------------------

WANTED = {"kind": "network", "value": "10.20.0.0/16", "name": "本庁"}


@pytest.fixture
def asking(browser: Any, manager: Any, second: Any) -> Any:
    sign_in(browser, manager)
    return browser


def ask(asking: Any, **more: str) -> Any:
    """The waiting request of the form, sent by the manager."""
    from accounts.models import AccountRequest

    page = asking.post("/users/places/", WANTED | more, follow=True).content.decode()
    assert "承認すると有効になります" in page
    assert "承認を待っている申請" in page
    return AccountRequest.objects.get(state="waiting")


def ask_to_remove(asking: Any, place: Any) -> Any:
    from accounts.models import AccountRequest

    asking.post(f"/users/places/network/{place.pk}/remove/")
    return AccountRequest.objects.get(state="waiting")


def test_a_place_begins_and_ends_with_a_second_person_alone(
    asking: Any, approving: Any, manager: Any, second: Any, events: Any
) -> None:
    from accounts.models import FactorNotice, TenantNetwork

    row = ask(asking)
    assert not TenantNetwork.objects.exists()
    assert "起案した本人は" in asking.post(f"/users/requests/{row.pk}/approve/", follow=True).content.decode()
    assert (
        "本庁（10.20.0.0/16）を、番号を扱う場所として登録します" in approving.get("/users/requests/").content.decode()
    )
    approving.post(f"/users/requests/{row.pk}/approve/")
    network = TenantNetwork.objects.get()
    row = ask_to_remove(asking, network)
    assert TenantNetwork.objects.exists(), "asking takes nothing away"
    page = approving.get("/users/requests/").content.decode()
    assert "これが最後の庁内の回線です" in page
    assert 'name="as_the_last"' in page
    approving.post(f"/users/requests/{row.pk}/approve/", {"as_the_last": "1"})
    assert not TenantNetwork.objects.exists()
    assert [one.detail["last"] for one in events("account:place:changed") if "removed" in one.detail] == [True]
    told = FactorNotice.objects.filter(what="last_network").values_list("reader__username", flat=True)
    assert set(told) >= {"manager", "second"}
    assert "最後の回線が外されました" in asking.get("/account/").content.decode()


def test_an_approver_who_was_not_told_that_it_is_the_last_takes_nothing_away(asking: Any, second: Any) -> None:
    """Two wait at once: when the first has gone, the other has become the last, and the page said nothing of it."""
    from accounts.models import TenantNetwork
    from accounts.services import places, requests

    kept = [places.add_network(f"10.{n}.0.0/16", f"{n}階") for n in (1, 2)]
    first, later = (ask_to_remove_one(asking, network) for network in kept)
    requests.approve(first, second)
    with pytest.raises(places.PlaceRefused, match="最後の登録になりました"):
        requests.approve(later, second)
    assert TenantNetwork.objects.count() == 1
    requests.approve(later, second, as_the_last=True)
    assert not TenantNetwork.objects.exists()


def ask_to_remove_one(asking: Any, network: Any) -> int:
    from accounts.models import AccountRequest

    asking.post(f"/users/places/network/{network.pk}/remove/")
    return AccountRequest.objects.get(content__place=network.pk, state="waiting").pk


def test_services_refuse_one_person_alone(manager: Any, second: Any) -> None:
    from accounts.errors import NeedsSecondPerson
    from accounts.services import places

    network = places.add_network("10.20.0.0/16", "本庁")
    acts: list[Any] = [
        lambda: places.add_network("10.21.0.0/16", "分庁"),
        lambda: places.add_terminal("T-AAAA-BBBB", "金庫室"),
        lambda: places.remove(network, as_the_last=True),
    ]
    for act in acts:
        with as_person(manager), pytest.raises(NeedsSecondPerson):
            act()


def test_a_deputy_of_who_asked_approves_nothing(asking: Any, manager: Any) -> None:
    from accounts.errors import SamePerson
    from accounts.roles import Role
    from accounts.services import assign_role, requests

    row = ask(asking)
    deputy = make_person("deputy")
    day = timezone.localdate() + timedelta(days=5)
    assign_role(deputy, Role.TENANT_ADMIN, ends_on=day, acting_for=manager)
    with pytest.raises(SamePerson, match="代決・代理"):
        requests.approve(row.pk, type(deputy).objects.get(pk=deputy.pk))


def test_the_same_is_not_asked_twice_and_a_wide_range_is_never_asked(asking: Any) -> None:
    ask(asking)
    assert "承認を待っています" in asking.post("/users/places/", WANTED).content.decode()
    wide = asking.post("/users/places/", WANTED | {"value": "0.0.0.0/0"})
    assert (wide.status_code, "広すぎます" in wide.content.decode()) == (422, True)


def test_the_first_manager_begins_alone(browser: Any, manager: Any, events: Any) -> None:
    """Before a second person ever came in; the events say so."""
    from accounts.models import TenantNetwork

    sign_in(browser, manager)
    assert "まだ限っていません" in browser.get("/users/places/").content.decode()
    assert browser.post("/users/places/", WANTED).status_code == 302
    assert "既に登録" in browser.post("/users/places/", WANTED).content.decode()
    network = TenantNetwork.objects.get()
    assert network.added_by == manager.display_name
    assert browser.post(f"/users/places/nothing/{network.pk}/remove/").status_code == 404
    browser.post(f"/users/places/network/{network.pk}/remove/")
    assert TenantNetwork.objects.exists(), "the page says what follows before the last one goes"
    assert "これが最後の庁内の回線です" in browser.get("/users/places/").content.decode()
    browser.post(f"/users/places/network/{network.pk}/remove/", {"as_the_last": "1"})
    assert not TenantNetwork.objects.exists()
    assert [one.detail["direct"] for one in events("account:request:made")] == [True, True]
    assert len(events("account:place:changed")) == 2

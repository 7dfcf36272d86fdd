"""Every URL of both kinds of host, with every method, by everybody who has no business there.

The list comes from the resolver: a new URL is probed without writing a test (see isolation_world for new identifiers).
"""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, give_password
from tests.tenants.isolation_probe import (
    CONSOLE,
    ENDS_ONES_OWN_SESSION,
    REFUSED,
    A,
    B,
    Url,
    World,
    is_signed_in,
    not_found,
    person_at,
    probe,
    shows_mark,
    shut,
    signed_in,
    with_cookies,
    with_scope,
    without_leaving,
)  # fmt: skip
from tests.tenants.isolation_world import MARK, OTHER_SCHOOL, arguments_of

# What a person of one school may open although it was made for another: no record of a school stands there.
NOT_OF_A_SCHOOL = {
    "payments:round": "the round is the prefecture's; figures are those of the person's own schools",
    "payments:pupils": "lists the pupils of the person's own schools",
}


# --- nobody, and people half-way in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [A, CONSOLE])
def test_nobody(world: World, host: str) -> None:
    probe(world.of(host), with_cookies(host, SimpleCookie()), shut)


@pytest.mark.parametrize("host", [A, CONSOLE])
def test_the_password_alone_opens_nothing(world: World, host: str) -> None:
    client = client_of(host)
    person = person_at(world, host)
    give_password(client, person)
    assert client.get("/account/").headers["Location"] == "/login/otp/"
    probe([url for url in world.of(host) if not url.is_public], with_cookies(host, client.cookies), shut)


@pytest.mark.parametrize("host", [A, CONSOLE])
def test_an_enrolling_session_can_only_enrol(world: World, host: str) -> None:
    from accounts.services import create_user, issue_activation_code

    client = client_of(host)
    code = with_scope(world, host, lambda: issue_activation_code(create_user("atarashii", "新しい人")))
    client.post("/enrol/", {"username": "atarashii", "code": code})
    assert client.get("/account/").headers["Location"] == "/enrol/password/"
    probe([url for url in world.of(host) if not url.is_public], with_cookies(host, client.cookies), shut)


# --- the cookies of one host on another -------------------------------------------------------------------------------


@pytest.mark.parametrize(("home", "abroad"), [(A, B), (CONSOLE, A), (A, CONSOLE)])
def test_a_session_is_nothing_on_another_host(world: World, home: str, abroad: str) -> None:
    """Session, CSRF and terminal cookies of a person with every role at home."""
    client = signed_in(world, home)
    assert is_signed_in(client)
    assert {"sessionid", "terminal"} <= set(client.cookies)
    person_at(world, abroad)
    browser = with_cookies(abroad, client.cookies)
    probe(world.of(abroad), browser, shut)
    answer = browser().get("/account/")
    assert answer.cookies["sessionid"].value == ""
    assert answer.cookies["terminal"].value != client.cookies["terminal"].value
    assert is_signed_in(client), "the person at home must not suffer from it"


@pytest.mark.parametrize(("home", "abroad"), [(A, B), (CONSOLE, A), (A, CONSOLE)])
def test_not_even_with_the_very_row_of_the_session_in_the_other_scope(world: World, home: str, abroad: str) -> None:
    """As if sessions were shared, and the same person with the same number existed there: the scope in the session decides."""
    from django.contrib.sessions.models import Session

    from tests.support.outbox import outbox

    client = signed_in(world, home)
    key = client.cookies["sessionid"].value
    row = with_scope(world, home, lambda: Session.objects.filter(pk=key).values().get())

    def put() -> None:
        Session.objects.update_or_create(pk=key, defaults=row)

    def judge(url: Url, method: str, response: Any) -> str:
        left = with_scope(world, abroad, lambda: Session.objects.filter(pk=key).exists())
        with_scope(world, abroad, put)
        return "the session was not ended" if left else shut(url, method, response)

    with_scope(world, abroad, put)
    guarded = [url for url in world.of(abroad) if not url.is_public]
    probe(guarded, with_cookies(abroad, client.cookies), judge, methods=("GET", "POST"))
    events = outbox.filter(event="access:prefecture:refused")
    assert with_scope(world, abroad, events.count) > 0


def test_a_device_of_another_prefecture_verifies_nobody(world: World) -> None:
    """Ids of devices repeat between schemas; here the id of one that only A has is put into B's session."""
    from django.contrib.sessions.models import Session

    from accounts.models import TotpDevice

    for number in range(3):
        person_at(world, A, f"hito{number}")
    theirs = with_scope(world, A, lambda: TotpDevice.objects.latest("pk").persistent_id)
    client = signed_in(world, B)
    assert is_signed_in(client)
    session = client.session
    key = session.session_key

    def swap() -> None:
        store = Session.objects.get(pk=key).get_decoded()
        ours = store["otp_device_id"]
        pk = max(int(theirs.rpartition("/")[2]), int(ours.rpartition("/")[2]) + 1)
        store["otp_device_id"] = f"{theirs.rpartition('/')[0]}/{pk}"
        Session.objects.filter(pk=key).update(session_data=type(session)().encode(store))

    with_scope(world, B, swap)
    assert not is_signed_in(client)


# --- identifiers of A, held by people who are rightly signed in elsewhere -----------------------------------------------


def test_identifiers_of_a_are_unknown_at_b(world: World) -> None:
    client = signed_in(world, B)
    urls = [url for url in world.tenant if url.has_arguments]
    assert len(urls) > 20
    probe(urls, lambda: client, not_found)
    assert is_signed_in(client), "the probe would have proved nothing"


@pytest.mark.parametrize("who", ["nobody", "somebody with every role"])
def test_methods_that_no_page_takes_open_nothing(world: World, who: str) -> None:
    """PATCH and OPTIONS, on every URL of a prefecture."""
    client = client_of(B) if who == "nobody" else signed_in(world, B)
    wrong = []
    for url in without_leaving(world.tenant):
        for method in ("PATCH", "OPTIONS"):
            answer = client.generic(method, url.path)
            to_a_door = answer.status_code == 302 and answer.headers["Location"].startswith(("/login/", "/vendor/"))
            if answer.status_code not in REFUSED and not (who == "nobody" and to_a_door):
                wrong.append(f"{method} {url.path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_identifiers_of_a_in_forms_and_queries_show_nothing_at_b(world: World) -> None:
    client = signed_in(world, B)
    sent = samples_as_fields(world)
    wrong = []
    for url in without_leaving(world.tenant):
        if url.has_arguments:
            continue
        for response in (client.get(url.path, sent), client.post(url.path, sent, follow=True)):
            if response.status_code >= 500 or shows_mark(response):
                wrong.append(f"{response.request['REQUEST_METHOD']} {url.path}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert is_signed_in(client)


def samples_as_fields(world: World) -> dict[str, Any]:
    sent: dict[str, Any] = {name.rpartition(":")[2]: value for name, value in world.samples.items()}
    return sent | {name.removesuffix("_id"): value for name, value in sent.items()} | {"school": "S01", "code": "S01"}


@pytest.mark.parametrize("name", ENDS_ONES_OWN_SESSION)
@pytest.mark.parametrize("host", [A, B])
def test_an_act_that_ends_ones_own_session_shows_nothing_and_ends_no_other(world: World, host: str, name: str) -> None:
    """At B with identifiers of A, at A by a person of another school; each with somebody of the same place beside."""
    (url,) = (url for url in world.tenant if url.name == name)
    roles = of_another_school() if host == A else ()
    client, beside = signed_in(world, host, "saru", roles), signed_in(world, host, "nokoru", roles)
    response = client.post(url.path, samples_as_fields(world), follow=True)
    assert response.status_code == 200
    assert not (shows_mark(response, (MARK,)) if host == A else shows_mark(response))
    assert not is_signed_in(client), "it belongs into the walks of all the others"
    assert is_signed_in(beside)


def of_another_school() -> tuple[Any, ...]:
    from accounts.roles import LIMITED_ROLES

    return tuple((role, OTHER_SCHOOL) for role in sorted(LIMITED_ROLES))


def of_another_section(world: World) -> tuple[Any, ...]:
    """The same held to a 係・担当 of that school and one nobody knows."""
    from accounts.models import Section

    def made() -> str:
        day = timezone.localdate()
        return Section.objects.create(name="隣の係", school_codes=[OTHER_SCHOOL, "S98"], starts_on=day).code

    code = with_scope(world, A, made)
    return tuple((role, code) for role, _ in of_another_school())


def test_a_person_of_another_school_or_section_sees_nothing_of_it(world: World) -> None:
    """By every method, held to a section: each role by itself held to a school is walked by `test_isolation_limited`."""
    client = signed_in(world, A, "tonari", of_another_section(world))

    def judge(url: Url, method: str, response: Any) -> str:
        if response.status_code >= 500:
            return f"answers {response.status_code}"
        if not url.has_arguments or url.name in NOT_OF_A_SCHOOL or response.status_code in REFUSED:
            return ""
        return f"answers {response.status_code}: refuse it, or say in NOT_OF_A_SCHOOL why it is no school's"

    probe(without_leaving(world.tenant), lambda: client, judge, marks=(MARK,))
    assert is_signed_in(client), "the probe would have proved nothing"


def test_the_exceptions_are_urls_that_there_are(world: World) -> None:
    names = {url.name for url in world.tenant}
    assert {*NOT_OF_A_SCHOOL, *ENDS_ONES_OWN_SESSION} <= names


def test_a_csrf_token_of_a_is_refused_at_b(world: World) -> None:
    token = csrf_token(client_of(A).get("/login/"))
    client = signed_in(world, B)
    strict = with_cookies(B, client.cookies, enforce_csrf_checks=True)()
    own = csrf_token(strict.get("/account/"))
    # The page takes no POST: whoever is told so has passed the check.
    for given, status in ((token, 403), (own, 405)):
        assert strict.post("/users/matrix/", {"csrfmiddlewaretoken": given}).status_code == status


def csrf_token(response: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found[1]


def test_a_new_kind_of_identifier_is_asked_for() -> None:
    with pytest.raises(LookupError, match=r"URL reports:stamp takes <stamp_id>.*make one"):
        dict(arguments_of("reports:stamp", {"stamp_id": None}, {}))

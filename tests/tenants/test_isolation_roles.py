"""People who are rightly signed in, and have no business on the page: every URL, every role, with an event for each refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.urls.converters import StringConverter
from django.urls.resolvers import get_resolver

from tests.platform.accounts.sign_in import client_of
from tests.platform.accounts.test_every_url import HOSTS, patterns
from tests.tenants.isolation_probe import (
    CONSOLE,
    A,
    B,
    Url,
    World,
    is_signed_in,
    probe,
    signed_in,
    with_cookies,
    with_scope,
)
from tests.tenants.test_isolation_http import csrf_token

HOSTILE = ("../../p_aaaaaaaaaaaa/x", "' OR '1'='1", "1;SELECT pg_sleep(9)", "%00", "{{7*7}}", "０１", "x" * 300)
"""Texts instead of an identifier: a path, SQL, a null byte, a template, full-width digits, and one that is too long."""

NEEDS_A_BROKER = "console:health"
"""Asks a real broker, which this suite's other tests give it; it reads nothing from its address."""


def events_of(world: World, host: str, name: str) -> list[Any]:
    from tests.support.outbox import outbox

    found: list[Any] = with_scope(world, host, lambda: list(outbox.filter(event=name).order_by("occurred_at")))
    return found


def strangers(urls: Iterable[Url], role: Any) -> list[Url]:
    """The URLs that this role alone does not open."""
    from accounts.permissions import ROLE_PERMISSIONS

    return [url for url in urls if not url.is_public and url.permission not in ROLE_PERMISSIONS[role]]


def roles_and_hosts() -> list[Any]:
    """The operator is left out: every page of the console is the operator's."""
    from accounts.roles import CONSOLE_ROLES, Role

    roles = [role for role in Role if role is not Role.OPERATOR]
    return [pytest.param(role, CONSOLE if role in CONSOLE_ROLES else A, id=role.value) for role in roles]


@pytest.mark.parametrize(("role", "host"), roles_and_hosts())
def test_a_role_that_has_no_business_there_is_refused_with_an_event(world: World, role: Any, host: str) -> None:
    client = signed_in(world, host, "yoso", (role,))
    shut_to_it = strangers(world.of(host), role)
    assert shut_to_it

    def judge(url: Url, method: str, response: Any) -> str:
        return "" if response.status_code == 403 else f"answers {response.status_code} instead of 403"

    methods = ("GET", "POST")
    probe(shut_to_it, lambda: client, judge, methods=methods)
    told = [event.detail["permission"] for event in events_of(world, host, "access:permission:refused")]
    assert told == [url.permission for url in shut_to_it for _ in methods]
    assert is_signed_in(client), "the probe would have proved nothing"


@pytest.mark.parametrize(("home", "abroad"), [(A, B), (CONSOLE, A), (A, CONSOLE)])
def test_a_csrf_token_from_elsewhere_moves_nothing(world: World, home: str, abroad: str) -> None:
    """Every URL, by somebody who is signed in and may do all of it, with the token of a form of another host."""
    token = csrf_token(client_of(home).get("/login/"))
    client = signed_in(world, abroad)
    strict = with_cookies(abroad, client.cookies, enforce_csrf_checks=True)
    urls = [url for url in world.of(abroad) if not url.is_public]
    for given in ({}, {"csrfmiddlewaretoken": token}):
        wrong = [url.path for url in urls if strict().post(url.path, given).status_code != 403]
        assert not wrong, wrong
    refused = events_of(world, abroad, "access:form:refused")
    assert len(refused) == 2 * len(urls)
    assert is_signed_in(client)


def test_identifiers_of_a_leave_a_trace_at_b(world: World) -> None:
    """Who tries numbers in turn is seen, whichever page they try them on."""
    client = signed_in(world, B)
    urls = [url for url in world.tenant if url.has_arguments]
    silent = []
    for url in urls:
        before = len(events_of(world, B, "access:record:unknown")) + len(events_of(world, B, "access:school:refused"))
        for method in ("GET", "POST"):
            answer = client.generic(method, url.path)
            if answer.status_code == 404:
                after = len(events_of(world, B, "access:record:unknown")) + len(
                    events_of(world, B, "access:school:refused")
                )
                if after == before:
                    silent.append(f"{method} {url.path} ({url.name})")
                before = after
    assert not silent, "\n".join(["these answer 404 without an event:", *silent])


@pytest.mark.parametrize("kind", ["tenant", "console"])
def test_hostile_texts_in_place_of_an_identifier(world: World, kind: str) -> None:
    """Wherever a URL takes text: nothing is found (or one is led back to the list), nothing breaks."""
    host = A if kind == "tenant" else CONSOLE
    client = signed_in(world, host)
    known = {url.name: url for url in world.of(host)}
    wrong, tried = [], 0
    for name, pattern in patterns(get_resolver(HOSTS[kind])):
        texts = [key for key, kept in pattern.pattern.converters.items() if isinstance(kept, StringConverter)]
        for argument in texts:
            for path in hostile_paths(known[name], argument, world, kind):
                answer = client.get(path)
                tried += 1
                led_back = answer.status_code == 302 and path not in answer.headers["Location"]
                if answer.status_code not in (403, 404, 405) and not led_back:
                    wrong.append(f"{answer.status_code} {name} {path}")
    assert tried > 10
    assert not wrong, "\n".join(wrong)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x\x00'\";--", id="null"),
        pytest.param("x" * 5_000, id="long"),
        pytest.param("９" * 40, id="wide"),
        pytest.param("-1", id="minus"),
        pytest.param("' UNION SELECT 1--", id="sql"),
    ],
)
def test_hostile_texts_in_every_query_break_nothing(world: World, text: str) -> None:
    """Every page, with every name that any page reads from its address."""
    names = query_names()
    assert {"page", "stopped", "sort", "school"} <= names
    for host in (A, CONSOLE):
        client = signed_in(world, host, raise_request_exception=False)
        wrong = []
        for url in world.of(host):
            if not url.is_public and url.name != NEEDS_A_BROKER:
                answer = client.get(url.path, dict.fromkeys(names, text))
                if answer.status_code >= 500:
                    wrong.append(f"{url.path} ({url.name}): {answer.status_code}")
        assert not wrong, "\n".join(wrong)


def query_names() -> set[str]:
    """What views read from `request.GET`, found in the code: a new name is tried without writing a test."""
    root = Path(__file__).parents[2]
    sources = [path for room in ("domain", "platform", "tenants", "audit") for path in (root / room).rglob("*.py")]
    asked = re.compile(r"""GET(?:\.get|\.getlist)?[\[(]\s*"(\w+)\"""")
    return {name for path in sources for name in asked.findall(path.read_text(encoding="utf-8"))}


def hostile_paths(url: Url, argument: str, world: World, kind: str) -> list[str]:
    from urllib.parse import quote

    value = quote(str(url.arguments[argument]))
    assert value in url.path
    return [url.path.replace(value, quote(text, safe=""), 1) for text in HOSTILE]


def test_nobody_is_told_apart_from_nobody(world: World) -> None:
    """Without a session, an identifier that there is and one that there is not get the same answer."""
    browser = with_cookies(A, SimpleCookie())
    for url in world.tenant:
        if url.has_arguments and not url.is_public:
            answers = [browser().get(path) for path in (url.path, url.path.rstrip("/") + "0/")]
            if 404 not in [answer.status_code for answer in answers]:
                assert len({answer.headers["Location"].partition("?")[0] for answer in answers}) == 1, url.path

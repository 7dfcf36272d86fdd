"""How the isolation probes go about it: the URLs of both kinds of host, browsers with given cookies, people with every role."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client
from django.urls import reverse
from django.urls.resolvers import get_resolver

from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.platform.accounts.test_every_url import HOSTS, PUBLIC, patterns
from tests.tenants.isolation_world import JOB_MARK, MARK, Samples, arguments_of

A, B, CONSOLE = "kou.localhost", "otsu.localhost", "console.localhost"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
DOORS = ("/login/", "/enrol/")
REFUSED = (403, 404, 405)

ENDS_ONES_OWN_SESSION = {
    "accounts:factor_lost": "who has lost the authenticator is signed out at once",
}
"""Acts after which a walk would go on signed out, and prove nothing. They are probed by people of their own."""


@dataclass(frozen=True, slots=True)
class Url:
    """One URL, filled with identifiers of prefecture A (or of the console)."""

    name: str
    path: str
    has_arguments: bool
    permission: Any
    is_public: bool
    arguments: dict[str, object] = field(default_factory=dict)


def urls_of(kind: str, samples: Samples) -> list[Url]:
    """All URLs of a kind of host. Raises LookupError for an identifier without a sample."""
    from accounts.access import access_of

    found = []
    for name, pattern in patterns(get_resolver(HOSTS[kind])):
        arguments = dict(arguments_of(name, pattern.pattern.converters, samples))
        access = access_of(pattern.callback)
        path = reverse(name, HOSTS[kind], kwargs=arguments)
        found.append(Url(name, path, bool(arguments), access and access.permission, name in PUBLIC, arguments))
    return found


@dataclass
class World:
    """Samples of A and of the console, and all URLs filled with them."""

    prefecture_a: Any
    prefecture_b: Any
    samples: Samples
    tenant: list[Url]
    console: list[Url]

    def of(self, host: str) -> list[Url]:
        return self.console if host == CONSOLE else self.tenant


def without_leaving(urls: Iterable[Url]) -> list[Url]:
    """All but the public ones (log-out among them) and the acts that end one's own session."""
    return [url for url in urls if not url.is_public and url.name not in ENDS_ONES_OWN_SESSION]


Judge = Callable[[Url, str, Any], str]


def probe(
    urls: Iterable[Url],
    browser: Callable[[], Client],
    judge: Judge,
    *,
    methods: tuple[str, ...] = METHODS,
    marks: tuple[str, ...] = (MARK, JOB_MARK),
) -> None:
    """Try every URL with every method; all that is wrong is told at once."""
    wrong = []
    for url in urls:
        for method in methods:
            response = browser().generic(method, url.path)
            complaint = judge(url, method, response) or shows_mark(response, marks)
            if complaint:
                wrong.append(f"{method} {url.path} ({url.name}): {complaint}")
    assert not wrong, "\n".join(["", *wrong])


def shows_mark(response: Any, marks: tuple[str, ...] = (MARK, JOB_MARK)) -> str:
    shown = (b"".join(response.streaming_content) if response.streaming else response.content).decode(errors="replace")
    return "shows what it must not" if any(mark in shown for mark in marks) else ""


def shut(url: Url, method: str, response: Any) -> str:
    """Only the listed pages are open; everything else leads to log-in or is refused."""
    location = response.headers.get("Location", "")
    if url.is_public:
        return "" if response.status_code < 500 else f"answers {response.status_code}"
    if response.status_code in REFUSED or (response.status_code == 302 and location.startswith(DOORS)):
        return ""
    return f"answers {response.status_code} {location}"


def not_found(url: Url, method: str, response: Any) -> str:
    return "" if response.status_code in (404, 405) else f"answers {response.status_code} instead of 404"


def with_cookies(host: str, cookies: SimpleCookie, **options: Any) -> Callable[[], Client]:
    """A browser that begins each request with the same cookies: no answer can take them away or add any."""
    kept = {name: morsel.value for name, morsel in cookies.items()}
    client: Client = client_of(host, **options)

    def browser() -> Client:
        client.cookies = SimpleCookie(kept)
        return client

    return browser


def everybody() -> tuple[Any, ...]:
    """All roles of a prefecture in one person, so that no permission stands in for isolation."""
    from accounts.roles import Role

    return tuple(role for role in Role if role not in (Role.OPERATOR, Role.PLATFORM_MONITOR))


def person_at(world: World, host: str, username: str = "subete", roles: tuple[Any, ...] = ()) -> Any:
    """An enrolled person of the host's scope with every role there is (or those given)."""
    from accounts.roles import Role
    from tenants.core.context import console_context, prefecture_context

    if host == CONSOLE:
        with console_context():
            return make_person(username, *(roles or (Role.OPERATOR, Role.PLATFORM_MONITOR)))
    with prefecture_context(world.prefecture_a if host == A else world.prefecture_b):
        return make_person(username, *(roles or everybody()))


def signed_in(world: World, host: str, username: str = "subete", roles: tuple[Any, ...] = (), **options: Any) -> Client:
    client: Client = client_of(host, **options)
    person = person_at(world, host, username, roles)
    with_scope(world, host, lambda: sign_in(client, person))
    return client


def with_scope(world: World, host: str, act: Callable[[], Any]) -> Any:
    """Reading a one-time password needs the person's scope."""
    from tenants.core.context import console_context, prefecture_context

    if host == CONSOLE:
        with console_context():
            return act()
    with prefecture_context(world.prefecture_a if host == A else world.prefecture_b):
        return act()


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200

"""People, browsers, and a clock that tests can move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still until the test moves it."""
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def try_views(settings: Any) -> None:
    """Our URLs plus the views of `urls.py`, on both kinds of host."""
    settings.ROOT_URLCONF = settings.URLCONF_CONSOLE = "tests.platform.accounts.urls"


@pytest.fixture
def browser(try_views: None) -> Any:
    return client_of("kou.localhost")


@pytest.fixture
def clerk(in_a: Any) -> Any:
    from accounts.roles import Role

    return make_person("clerk", (Role.SCHOOL_CLERK, "S01"))


@pytest.fixture
def handler(in_a: Any) -> Any:
    from accounts.roles import Role

    return make_person("handler", Role.NUMBER_HANDLER)


@pytest.fixture
def manager(in_a: Any) -> Any:
    from accounts.roles import Role

    return make_person("manager", Role.TENANT_ADMIN)


@pytest.fixture
def second(in_a: Any) -> Any:
    """A second person who has come in before: from then on nobody manages alone."""
    from accounts.roles import Role
    from accounts.services import complete_login
    from accounts.services.login import Origin

    person = make_person("second", Role.SECURITY_MANAGER)
    complete_login(person, "totp", Origin("T-SECO-SECO"))
    return person


@pytest.fixture
def operator(rollback: None) -> Any:
    from accounts.roles import Role
    from tenants.core.context import console_context

    with console_context():
        return make_person("unyou", Role.OPERATOR, name="サンプル 運用")


@pytest.fixture
def chief(in_a: Any) -> Any:
    from accounts.roles import Role

    return make_person("chief", Role.TENANT_ADMIN)


@pytest.fixture
def approving(try_views: None, second: Any) -> Any:
    client = client_of("kou.localhost")
    sign_in(client, second)
    return client


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Everything the hooks announce during the test."""
    from accounts import hooks

    happenings: list[Any] = []
    listened: list[Any] = [hooks.on_login, hooks.on_not_me, hooks.on_factor_change]
    for hook in listened:
        hook(happenings.append)
    yield happenings
    for hook in listened:
        hook.remove(happenings.append)


@pytest.fixture
def events(in_a: Any) -> Any:
    """`events()`: what the test recorded so far in サンプル甲県; `events("session:otp:failed")`: those alone."""
    from tests.support.outbox import outbox

    older = set(outbox.values_list("id", flat=True))

    def recorded(name: str = "") -> list[Any]:
        found = outbox.exclude(id__in=older).order_by("occurred_at", "id")
        return list(found.filter(event=name) if name else found)

    return recorded

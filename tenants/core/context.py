"""Whose data the running code works on: a prefecture's, the console's, or (between requests) nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenants.core.credentials import CONSOLE, is_schema_name
from tenants.core.db.base import PUBLIC, current

if TYPE_CHECKING:
    from tenants.core.models import Prefecture


class NoScope(RuntimeError):
    """Code that needs a prefecture or the console ran outside of both."""


@dataclass(frozen=True, slots=True)
class ConsoleTenant:
    """What the database backend is told when the console takes over: schema public, the console's own login."""

    schema_name: str = PUBLIC
    login: str = CONSOLE


def current_prefecture() -> Prefecture | None:
    from tenants.core.models import Prefecture

    tenant = current().tenant
    return tenant if isinstance(tenant, Prefecture) else None


def require_prefecture() -> Prefecture:
    prefecture = current_prefecture()
    if prefecture is None:
        raise NoScope("都道府県が決まっていない場所から呼ばれました。")
    return prefecture


def scope() -> str:
    """The schema name of the prefecture, or "console". Raises NoScope between requests."""
    name = current().tenant.schema_name
    if is_schema_name(name):
        return str(name)
    if getattr(current().tenant, "login", None) == CONSOLE:
        return CONSOLE
    raise NoScope("都道府県もコンソールも決まっていない場所から呼ばれました。")


def enter_prefecture(prefecture: Prefecture) -> None:
    """Stay in a prefecture until the next switch (requests); elsewhere use `prefecture_context`."""
    current().set_tenant(prefecture)


def enter_console() -> None:
    current().set_tenant(ConsoleTenant())


def leave() -> None:
    """Back to the gateway, which can read the registry and nothing else."""
    current().set_schema_to_public()


@contextmanager
def prefecture_context(prefecture: Prefecture) -> Iterator[Prefecture]:
    before = current().tenant
    current().set_tenant(prefecture)
    try:
        yield prefecture
    finally:
        current().set_tenant(before)


@contextmanager
def console_context() -> Iterator[None]:
    before = current().tenant
    current().set_tenant(ConsoleTenant())
    try:
        yield
    finally:
        current().set_tenant(before)


@contextmanager
def gateway_context() -> Iterator[None]:
    before = current().tenant
    current().set_schema_to_public()
    try:
        yield
    finally:
        current().set_tenant(before)


def each_live_prefecture() -> Iterator[Prefecture]:
    """Enter each prefecture that may take business traffic, one after the other."""
    from tenants.core.models import Prefecture

    with gateway_context():
        prefectures = list(Prefecture.objects.filter(state__in=Prefecture.OPEN_STATES).order_by("code"))
    for prefecture in prefectures:
        with prefecture_context(prefecture):
            yield prefecture

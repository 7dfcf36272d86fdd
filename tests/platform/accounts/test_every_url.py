"""No page is open by accident: walks the resolver of both kinds of host."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import get_resolver

HOSTS = {"tenant": "config.urls_tenant", "console": "config.urls_console"}
PUBLIC = {
    "health",
    "accounts:login",
    "accounts:otp",
    "accounts:backup_code",
    "accounts:vendor_enter",
    "accounts:enrol_key_begin",
    "accounts:enrol_key_finish",
    "accounts:login_key_begin",
    "accounts:login_key_finish",
    "accounts:logout",
    "accounts:logged_out",
    "accounts:activate",
    "accounts:enrol_password",
    "accounts:enrol_device",
    "accounts:enrol_qr",
    "accounts:enrol_codes",
    "accounts:enrol_finish",
}
SETTINGS = Path(__file__).parents[3] / "platform" / "config" / "settings"


def patterns(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield ":".join((*spaces, entry.name or f"unnamed {entry.pattern}")), entry


def all_urls() -> list[Any]:
    return [
        pytest.param(kind, name, pattern.callback, id=f"{kind} {name}")
        for kind, module in HOSTS.items()
        for name, pattern in patterns(get_resolver(module))
    ]


@pytest.mark.parametrize(("kind", "name", "view"), all_urls())
def test_a_url_is_marked_and_public_only_when_listed(kind: str, name: str, view: Any) -> None:
    from accounts.access import access_of

    access = access_of(view)
    assert access is not None, f"{name}: mark the view with accounts.access.page or public_page"
    assert access.is_public is (name in PUBLIC), f"{name}: only log-in, enrolment, log-out and health may be public"


@pytest.mark.parametrize(("kind", "name", "view"), all_urls())
def test_a_url_is_for_the_host_it_is_on(kind: str, name: str, view: Any) -> None:
    from accounts.access import access_of

    access = access_of(view)
    assert access is not None
    assert access.is_for("console" if kind == "console" else "p_any"), f"{name} can never open on this kind of host"


def test_the_list_of_public_pages_holds_nothing_that_is_gone() -> None:
    names = {name for module in HOSTS.values() for name, _ in patterns(get_resolver(module))}
    assert names >= PUBLIC


def test_no_settings_take_the_guard_away() -> None:
    middleware = import_module("config.settings.base").MIDDLEWARE
    assert middleware[-1] == "accounts.middleware.GuardMiddleware"
    assert middleware.index("django_otp.middleware.OTPMiddleware") < len(middleware) - 1
    changed = {
        path.name for path in SETTINGS.glob("*.py") if {"MIDDLEWARE", "AUTHENTICATION_BACKENDS"} & _assigned(path)
    }
    assert changed == {"base.py"}


def _assigned(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


def test_a_foreign_backend_or_a_wide_tolerance_stops_the_start(settings: Any) -> None:
    from accounts.checks import only_our_backend, tolerance_fits_budget

    assert only_our_backend() == []
    assert tolerance_fits_budget() == []
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert [error.id for error in only_our_backend()] == ["accounts.E001"]
    for tolerance in (-1, 3):
        settings.OTP_TOLERANCE_STEPS = tolerance
        assert [error.id for error in tolerance_fits_budget()] == ["accounts.E002"]

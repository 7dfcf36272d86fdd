"""System checks: what must hold before a process starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


def register_all() -> None:
    register(middleware_in_order, Tags.security)
    register(no_embedded_servers_in_production, Tags.security, deploy=True)


def middleware_in_order(**_: Any) -> list[Error]:
    """The host decides before sessions are read, and the guard stands last."""
    order = list(settings.MIDDLEWARE)
    needed = [
        "tenants.core.middleware.HostMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django_otp.middleware.OTPMiddleware",
        "accounts.middleware.GuardMiddleware",
    ]
    missing = [name for name in needed if name not in order]
    if missing:
        return [Error(f"middleware {missing[0]} is missing", id="tenants.E001")]
    if [order.index(name) for name in needed] != sorted(order.index(name) for name in needed):
        return [Error("host, session, OTP and guard middleware are out of order", id="tenants.E002")]
    return []


def no_embedded_servers_in_production(**_: Any) -> list[Error]:
    if settings.EMBEDDED_SERVERS or settings.DEVELOPMENT_TOOLS:
        return [Error("embedded servers and development tools must be off in production", id="tenants.E003")]
    return []

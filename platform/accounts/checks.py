"""System checks of this room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from accounts.throttle import GUESS_BUDGET, accepted_codes


def register_all() -> None:
    register(only_our_backend, Tags.security)
    register(tolerance_fits_budget, Tags.security)


def only_our_backend(**_: Any) -> list[Error]:
    """Any other backend would accept a password without our throttles and without the one-time password."""
    if list(settings.AUTHENTICATION_BACKENDS) != ["accounts.backends.StaffBackend"]:
        return [Error("AUTHENTICATION_BACKENDS must be accounts.backends.StaffBackend alone", id="accounts.E001")]
    return []


def tolerance_fits_budget(**_: Any) -> list[Error]:
    tolerance = settings.OTP_TOLERANCE_STEPS
    if tolerance < 0 or accepted_codes(tolerance) > GUESS_BUDGET // 3:
        return [Error("OTP_TOLERANCE_STEPS must leave at least three tries a day (0 to 2)", id="accounts.E002")]
    return []

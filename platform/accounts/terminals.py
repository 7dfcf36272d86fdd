"""The terminal id (端末ID): a long-lived signed cookie that names the machine in events, sessions and throttles.

It identifies, it does not authenticate. The cookie carries a mark of the scope it was made in, so one that turns up on
another prefecture's host shows that somebody moved cookies by hand.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.codes import ALPHABET

SALT: Final = "accounts.terminal"
KEPT_SECONDS: Final = 400 * 24 * 60 * 60
"""The longest that browsers keep a cookie; it is renewed at each log-in."""


@dataclass(frozen=True, slots=True)
class Terminal:
    id: str
    is_new: bool
    is_foreign: bool = False
    """The cookie was made for another prefecture (or the console); a new id was given."""


def cookie_name() -> str:
    return "__Host-terminal" if settings.SESSION_COOKIE_SECURE else "terminal"


def terminal_of(request: HttpRequest, scope: str) -> Terminal:
    """The terminal named by the cookie; a new one when there is none, or a forged or foreign one."""
    try:
        content = signing.loads(request.COOKIES[cookie_name()], salt=SALT)
        known, mark = str(content["id"]), content["scope"]
    except (KeyError, TypeError, signing.BadSignature):
        return Terminal(_new_id(), is_new=True)
    if mark != _mark(scope):
        return Terminal(_new_id(), is_new=True, is_foreign=True)
    return Terminal(known, is_new=False)


def is_withheld(request: HttpRequest) -> bool:
    """Whether the browser came over a link of another site and so kept its cookies (SameSite=Strict) to itself.

    It may well have a terminal id: a new one would take its place, end the session begun with it, and look like a second
    terminal of the same person.
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site" and cookie_name() not in request.COOKIES


def keep(response: HttpResponse, terminal: Terminal, scope: str) -> None:
    response.set_cookie(
        cookie_name(),
        signing.dumps({"id": terminal.id, "scope": _mark(scope)}, salt=SALT),
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def _mark(scope: str) -> str:
    return salted_hmac(SALT, scope, algorithm="sha256").hexdigest()[:16]


def _new_id() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"T-{signs[:4]}-{signs[4:]}"

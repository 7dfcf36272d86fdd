"""Where to send people: paths of this very host alone."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_path(request: HttpRequest, target: str) -> str:
    """The path of a target on this very host; "" for anything else, so that no link can lead people away."""
    secure = request.is_secure()
    if not target or not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure):
        return ""
    parts = urlsplit(target)
    within = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    # Once more without the host: what is left must not read as the name of another one ("//…", "/\\…").
    return within if within.startswith("/") and url_has_allowed_host_and_scheme(within, set()) else ""

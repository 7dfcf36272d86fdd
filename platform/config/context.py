"""What every page of ours shows around its content: whose system, which year, who, and where one may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import drafts
from config.navigation import places


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Tolerates requests that were refused before the host or the person was known.

    The console belongs to no prefecture: it is marked サンプル where sample accounts may exist at all.
    """
    prefecture = getattr(request, "prefecture", None)
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "prefecture": prefecture,
        "is_sample": prefecture.sample if prefecture else settings.DEVELOPMENT_TOOLS,
        "fiscal_year": prefecture.working_year if prefecture else None,
        "nav": places(request) if signed_in else [],
        "last_login": getattr(request, "last_login", None),
        "leaving": drafts.script_of(request),
    }

"""The first thing about a request: which host it came to, and so whose data it may touch."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.template.loader import render_to_string

from tenants.core.context import enter_console, enter_prefecture, leave
from tenants.core.models import Prefecture
from tenants.core.presence import require_schema

HEALTH_PATH = "/health"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
"""What views may decide on. TRACE and CONNECT end here: an answer that repeats the request would repeat its cookies."""


class HostMiddleware:
    """Finds the prefecture (or the console) of the host and takes a connection of its login.

    A database that is away is told by the handler of errors (config.handlers), as when a view notices it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS, render_to_string("web/errors/405.html"))
        if request.path == HEALTH_PATH:
            return self.get_response(request)
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        host = request.get_host().partition(":")[0].lower()
        leave()
        if host == settings.CONSOLE_HOST:
            request.urlconf = settings.URLCONF_CONSOLE
            request.prefecture = None  # type: ignore[attr-defined]
            enter_console()
            return self.get_response(request)
        prefecture = prefecture_of(host)
        if prefecture is None:
            return HttpResponseNotFound("このホスト名の団体はありません。", content_type="text/plain; charset=utf-8")
        if not prefecture.is_open:
            return HttpResponse("ただいま準備中です。", status=503, content_type="text/plain; charset=utf-8")
        request.prefecture = prefecture  # type: ignore[attr-defined]
        enter_prefecture(prefecture)
        require_schema()
        return self.get_response(request)


def prefecture_of(host: str) -> Prefecture | None:
    """Asked for every request; written out, because putting the question together took five times as long as its answer."""
    return next(iter(Prefecture.objects.raw(_AT_HOST, [host])), None)


_AT_HOST = (
    "SELECT prefecture.* FROM core_prefecture prefecture"
    " JOIN core_host host ON host.tenant_id = prefecture.id WHERE host.domain = %s"
)

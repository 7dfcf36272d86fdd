"""When an access cannot be recorded, nothing is shown: the answer is a page that says so (503)."""

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.trail.recorder import TrailUnavailable

logger = logging.getLogger(__name__)


class TrailMiddleware:
    """Stands anywhere after the host was found. Its whole work is to turn TrailUnavailable into a 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TrailUnavailable):
            return None
        incident = secrets.token_hex(4)
        logger.error("trail: a page stayed closed, incident %s", incident)
        return render(request, "web/errors/trail_unavailable.html", {"incident_id": incident}, status=503)

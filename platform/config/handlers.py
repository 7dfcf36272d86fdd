"""What both kinds of host answer when a request ended in an exception.

Django calls this for errors of views and of every middleware below the host's, so that a dead database is told as what it is
wherever it is first noticed (session, guard, view or template). Nothing here may need the database, a request's person
included: the page is rendered without the request.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from secrets import token_hex

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from audit.trail.absence import note_missing_schema
from audit.trail.recorder import TrailUnavailable
from tenants.core.presence import SchemaMissing

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
DATABASE_AWAY = "データベースにつながらないため、いま処理できません。保存していない入力は、登録されていません。"


def server_error(request: HttpRequest) -> HttpResponse:
    """503 in Japanese when the database or the trail is away, 500 for anything else."""
    chain = list(_chain(sys.exc_info()[1]))
    incident = token_hex(4)
    logger.error("incident %s: %s", incident, ", ".join(type(error).__name__ for error in chain) or "no exception")
    if any(isinstance(error, TrailUnavailable) for error in chain):
        return _page("web/errors/trail_unavailable.html", 503, incident)
    missing = next((error for error in chain if isinstance(error, SchemaMissing)), None)
    if missing is not None:
        note_missing_schema(missing.schema, "request")
        return _page("web/errors/503.html", 503, incident, reason=str(missing))
    if any(isinstance(error, OperationalError | InterfaceError) for error in chain):
        return _page("web/errors/503.html", 503, incident, reason=DATABASE_AWAY)
    return _page("web/errors/500.html", 500, incident)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from, or while handling."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _page(template: str, status: int, incident: str, **values: str) -> HttpResponse:
    """The number leads to the line of the log; what the exception says is shown nowhere."""
    response = HttpResponse(render_to_string(template, {"incident_id": incident, **values}), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response

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

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.paths import safe_path
from audit.trail.absence import note_missing_schema
from audit.trail.recorder import TrailUnavailable
from tenants.core.files import NO_ROOM
from tenants.core.presence import SchemaMissing

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
CLASSES_OF_AWAY = ("08", "57P")
"""SQLSTATE of a connection that broke, and of a server that ends or does not accept yet."""
DISK_FULL = "53100"
DATABASE_AWAY = "データベースにつながらないため、処理できませんでした。"
DATABASE_FULL = "データベースの保存先に空き容量がないため、処理できませんでした。運用の担当者に知らせてください。"
STORAGE_FULL = "ファイルの保存先に空き容量がないため、処理できませんでした。運用の担当者に知らせてください。"
DATABASE_BUSY = "データベースが混み合っているため、処理できませんでした。"


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
    database = next((error for error in chain if isinstance(error, OperationalError | InterfaceError)), None)
    if database is not None:
        return _not_now(request, incident, _reason(database))
    if any(isinstance(error, OSError) and error.errno in NO_ROOM for error in chain):
        return _not_now(request, incident, STORAGE_FULL)
    return _page("web/errors/500.html", 500, incident)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from, or while handling."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _reason(error: Error) -> str:
    """By the SQLSTATE that the server gave before it refused; without one nobody was there to give it."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state == DISK_FULL:
        return DATABASE_FULL
    return DATABASE_BUSY if state and not state.startswith(CLASSES_OF_AWAY) else DATABASE_AWAY


def _not_now(request: HttpRequest, incident: str, reason: str) -> HttpResponse:
    """What happened, what became of what was sent, and when to try again: in the same words wherever it was noticed.

    An act is undone with its transaction, so that nothing of what was sent is registered.
    """
    sent = request.method not in ("GET", "HEAD", "OPTIONS")
    page = safe_path(request, request.headers.get("Referer", "")) if sent else ""
    return _page("web/errors/not_now.html", 503, incident, reason=reason, sent=sent, page=page)


def _page(template: str, status: int, incident: str, **values: str | bool) -> HttpResponse:
    """The number leads to the line of the log; what the exception says is shown nowhere."""
    values = {"incident_id": incident, "retry_after": str(RETRY_AFTER_SECONDS), **values}
    response = HttpResponse(render_to_string(template, values), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response

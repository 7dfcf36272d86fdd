"""The guard in front of every page: deny by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.exceptions import BadRequest
from django.db import ProgrammingError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from psycopg.errors import InsufficientPrivilege

from accounts import drafts, reading, refusals, reopening, terminals, vendor
from accounts.access import Access, access_of, stands_in_for
from accounts.errors import OutsideSchool, PermissionRefused, RequestStale, SamePerson, StepUpRequired
from accounts.guard import Stage, Visit, look
from audit.trail.actors import acting_as, go_on_as
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import NoScope, scope

POLLING_ELEMENT = "job-"


class GuardMiddleware:
    """Stands last: after host, session, authentication and django-otp's middleware.

    Sets `request.visit`, `request.role_labels`, `request.permissions`, `request.last_login`, and the actor of the trail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            place = scope()
        except NoScope:
            _describe(request, None)
            return self.get_response(request)
        visit = look(request, place)
        _describe(request, visit)
        with acting_as(visit.actor):
            response = refusals.outside_console(request, place) or self.get_response(request)
            response = reopening.settle(request, visit, response)
            if visit.is_vendor and visit.session is not None:
                reading.show_only(visit.session.user, request, response)
            if visit.stage is Stage.SIGNED_IN:
                drafts.settle(request, response)
                drafts.say_what_is_unkept(response)
        if (visit.terminal.is_new or visit.stage is not Stage.SIGNED_IN) and not terminals.is_withheld(request):
            terminals.keep(response, visit.terminal, place)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: Any, _named: Any
    ) -> HttpResponseBase | None:
        if _holds_null(request):
            raise BadRequest
        access = access_of(view)
        visit: Visit | None = getattr(request, "visit", None)
        if access is None:
            return refusals.forbidden(request, None)
        if access.is_public:
            return None
        if visit is None or not access.is_for(visit.scope):
            raise Http404
        if visit.stage is not Stage.SIGNED_IN:
            return refusals.to_log_in(request, visit)
        over = refusals.to_new_password(request)
        if over is not None:
            return over
        if not (access.passive or _is_poll(request)):
            visit.note_seen()
        if visit.is_vendor:
            return _inside_window(request, visit, access)
        if access.permission not in visit.permissions:
            return refusals.forbidden(request, access.permission)
        _name_deputy(visit, access)
        return refusals.numbers_closed(request, visit, access.permission) or refusals.files(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        match exception:
            case StepUpRequired():
                return refusals.to_step_up(request)
            case PermissionRefused():
                return refusals.forbidden(request, exception.permission)
            case SamePerson() | RequestStale():
                return refusals.second_half(request, exception)
            case OutsideSchool():
                with transaction.atomic():
                    record(Event.ACCESS_SCHOOL_REFUSED, subjects=[Subject("school", exception.school_code)])
            case Http404():
                _note_unknown(request)
            case ProgrammingError() if isinstance(exception.__cause__, InsufficientPrivilege):
                # The login refused: a mistake of ours, or somebody else's SQL.
                with transaction.atomic():
                    record(Event.ACCESS_PREFECTURE_REFUSED, detail={"what": "database"})
        return None


def _holds_null(request: HttpRequest) -> bool:
    """A null byte is in nothing that people type, and PostgreSQL takes no text that has one."""
    return any("\0" in text for given in (request.GET, request.POST) for values in given.lists() for text in values[1])


def _note_unknown(request: HttpRequest) -> None:
    """A page was asked for something that this scope does not have: a link grown old, or numbers tried in turn."""
    asked = request.resolver_match
    if asked is not None and request.visit.stage is Stage.SIGNED_IN:  # type: ignore[attr-defined]
        with transaction.atomic():
            record(Event.ACCESS_RECORD_UNKNOWN, detail={"page": asked.view_name, "method": request.method or ""})


def _inside_window(request: HttpRequest, visit: Visit, access: Access) -> HttpResponseBase | None:
    """A visitor of the vendor: the window's pages, read only; each one opened stands in the prefecture's trail."""
    asked = request.resolver_match
    page = asked.view_name if asked is not None else ""
    if visit.session is None or not vendor.may_open(visit.session.user, page, request.method or ""):
        return refusals.forbidden(request, access.permission)
    with transaction.atomic():
        record(Event.VENDOR_PAGE_OPENED, detail={"page": page, "window": visit.session.user.vendor_window_id})
    return None


def _name_deputy(visit: Visit, access: Access) -> None:
    """What is done in another's place says so: 佐藤 花子（山田 太郎 代決・代理）."""
    principal = stands_in_for(visit.roles, access.permission) if access.permission else None
    if principal is not None:
        go_on_as(replace(visit.actor, name=f"{visit.actor.name}（{principal.display_name} 代決・代理）"))


def _is_poll(request: HttpRequest) -> bool:
    """Whether the page asks for its own progress by itself: the progress bar (`job-…`) names itself as what asked.

    A browser that lies here is taken for idle earlier, never later.
    """
    headers = request.headers
    asked_by_bar = headers.get("HX-Request") == "true" and headers.get("HX-Trigger", "").startswith(POLLING_ELEMENT)
    return request.method == "GET" and asked_by_bar


def _describe(request: HttpRequest, visit: Visit | None) -> None:
    """What views, templates and the frame of the page read from the request."""
    values = {
        "visit": visit,
        "role_labels": visit.role_labels if visit else [],
        "permissions": visit.permissions if visit else frozenset(),
        "last_login": visit.last_login if visit else None,
    }
    for name, value in values.items():
        setattr(request, name, value)

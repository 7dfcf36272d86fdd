"""An address that only acts (POST), opened like a page: the reload of a refused form, Enter in the address line, an old bookmark.

Who was just shown a page at such an address (the refused form, a result) is led to the page on which the form stood. Everybody
else gets 405 with a page that says why, and the way to the nearest page above. So does who sends something to an address that only opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve

from accounts import session_state
from accounts.access import access_of
from accounts.guard import Stage, Visit
from accounts.paths import safe_path
from web.methods import opens

NOT_ALLOWED = 405
SHOWN = frozenset({200, 400, 409, 422})
"""A result, or a form that was refused: a page that a reload asks for again. Refusals of the address itself are not."""


def settle(request: HttpRequest, visit: Visit, response: HttpResponse) -> HttpResponse:
    """After the view: remember where a form stood that was answered with a page; answer a wrong method in our words."""
    if response.status_code == NOT_ALLOWED and not response.streaming and not response.content:
        return _led_back(request) or _told(request, visit, response)
    asked = request.resolver_match
    if visit.stage is Stage.SIGNED_IN and request.method == "POST" and asked is not None and not opens(asked.func):
        page = form_page(request)
        if _is_shown(response) and page and page != request.path:
            session_state.note_form_page(request.session, request.path, page)
    return response


def form_page(request: HttpRequest) -> str:
    """The page on which the form stood that was sent, also when it was a refused form's; "" when the browser does not say."""
    page = safe_path(request, request.headers.get("Referer", ""))
    return session_state.form_page(request.session, urlsplit(page).path) or page


def _is_shown(response: HttpResponse) -> bool:
    return response.status_code in SHOWN and response.headers.get("Content-Type", "").startswith("text/html")


def _led_back(request: HttpRequest) -> HttpResponse | None:
    page = session_state.form_page(request.session, request.path) if request.method == "GET" else ""
    return HttpResponseRedirect(page) if page else None


def _told(request: HttpRequest, visit: Visit, response: HttpResponse) -> HttpResponse:
    only_acts = request.method in ("GET", "HEAD")
    page = next(_pages_above(request, visit), "") or ("" if only_acts else _itself(request, visit))
    told = render(request, "web/errors/405.html", {"only_acts": only_acts, "page": page}, status=NOT_ALLOWED)
    told["Allow"] = response.headers.get("Allow", "")
    return told


def _itself(request: HttpRequest, visit: Visit) -> str:
    """What was sent to a page: the page, for whoever may open it."""
    here = request.resolver_match
    return request.path if here is not None and _may_open(here, visit) else ""


def _pages_above(request: HttpRequest, visit: Visit) -> Iterator[str]:
    """Addresses above this one which this visitor may open, the nearest first; the home page is offered anyway."""
    here = request.resolver_match
    parts = request.path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        path = f"/{'/'.join(parts[:length])}/"
        found = _resolved(request, path)
        if found is None or here is None or not found.kwargs.items() <= here.kwargs.items():
            continue  # an identifier of something else: the word "exceptions" is no rule
        if _may_open(found, visit):
            yield path


def _may_open(found: ResolverMatch, visit: Visit) -> bool:
    access = access_of(found.func)
    return access is not None and opens(found.func) and (access.is_public or access.permission in visit.permissions)


def _resolved(request: HttpRequest, path: str) -> ResolverMatch | None:
    try:
        return resolve(path, getattr(request, "urlconf", None))
    except Resolver404:
        return None

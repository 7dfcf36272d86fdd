"""What the guard answers instead of a page."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts import drafts, numbers, queries, reopening, session_state, uploads
from accounts.address import client_address, is_within
from accounts.errors import RequestStale, SamePerson
from accounts.guard import Stage, Visit
from accounts.permissions import NUMBER_PERMISSIONS, Permission, roles_with
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

DOORS = {Stage.PENDING: "accounts:otp", Stage.ENROLLING: "accounts:enrol_password"}


def to_log_in(request: HttpRequest, visit: Visit) -> HttpResponse:
    """To the page where this visitor has to go on: log-in, one-time password, or enrolment."""
    if visit.stage is not Stage.NOBODY:
        with transaction.atomic():
            record(Event.ACCESS_UNVERIFIED_REFUSED, detail={"stage": visit.stage.value})
        return HttpResponseRedirect(reverse(DOORS[visit.stage]))
    asked = {"next": return_path(request)} | ({"ended": visit.ended} if visit.ended else {})
    if request.method not in ("GET", "HEAD"):
        asked["sent"] = "kept" if drafts.keep_of_ended(request, visit, form_page(request)) else "1"
    return HttpResponseRedirect(f"{reverse('accounts:login')}?{urlencode(asked)}")


def to_step_up(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time password again, then come back to the page, its form filled again. The act is the person's to repeat."""
    asked = {"next": return_path(request)}
    if request.method not in ("GET", "HEAD"):
        asked["sent"] = "1"
        drafts.keep_over_step_up(request, form_page(request))
    return HttpResponseRedirect(f"{reverse('accounts:step_up')}?{urlencode(asked)}")


OPEN_WITHOUT_PASSWORD = (
    "accounts:password",
    "accounts:step_up",
    "accounts:step_up_key_begin",
    "accounts:step_up_key_finish",
    "accounts:factor_lost",
)
"""What a session whose password is over may open: the change, the one-time password that it asks for, and 認証器をなくした."""


def to_new_password(request: HttpRequest) -> HttpResponse | None:
    """To the change of the password, where it is over and this page is another; None otherwise."""
    asked = request.resolver_match
    if not session_state.is_password_over(request.session) or (asked and asked.view_name in OPEN_WITHOUT_PASSWORD):
        return None
    return HttpResponseRedirect(f"{reverse('accounts:password')}?{urlencode({'next': return_path(request)})}")


def forbidden(request: HttpRequest, permission: Permission | None) -> HttpResponse:
    """403, with an event: who may, and whom to ask. A view without a mark is refused to everybody (permission None)."""
    if getattr(request, "visit", None) is None:
        return HttpResponse(status=403)
    with transaction.atomic():
        record(
            Event.ACCESS_PERMISSION_REFUSED,
            detail={"permission": permission.value if permission else "unmarked", "method": request.method or ""},
        )
    if request.visit.is_vendor:  # type: ignore[attr-defined]  # set by our middleware
        return render(request, "accounts/vendor_refused.html", status=403)
    context = {
        "refusal": f"「{permission.label}」は、あなたの役割ではできません。" if permission else "",
        "who_may": "、".join(role.label for role in roles_with(permission)) if permission else "",
        "ask": "、".join(queries.managers()),
        "on_console": request.visit.scope == "console",  # type: ignore[attr-defined]  # set by our middleware
    }
    return render(request, "accounts/refused.html", context, status=403)


def numbers_closed(request: HttpRequest, visit: Visit, permission: Permission | None) -> HttpResponse | None:
    """What a number page answers to somebody who holds the permission and lacks more; None when it is open."""
    if permission not in NUMBER_PERMISSIONS or not request.user.is_authenticated:
        return None
    closed = numbers.why_closed(request.user, permission, visit.terminal.id, client_address(request))
    if closed is None:
        return None
    with transaction.atomic():
        record(Event.NUMBER_INDIVIDUAL_REFUSED, detail={"reason": closed.value, "method": request.method or ""})
    if closed in numbers.CLOSED_WORDS:
        context = {"refusal": numbers.CLOSED_WORDS[closed], "ask": "、".join(queries.managers())}
        return render(request, "accounts/refused.html", context, status=403)
    return HttpResponseRedirect(f"{reverse('accounts:duties')}?{urlencode({'next': return_path(request)})}")


def files(request: HttpRequest) -> HttpResponse | None:
    """A page with the reason, when what was handed in is not taken (`accounts.uploads`); None otherwise."""
    handed = [one for _, several in request.FILES.lists() for one in several]
    words = uploads.refusal_of(request.user, handed) if request.user.is_authenticated else ""
    if not words:
        return None
    context = {"refusal": words}
    return render(request, "accounts/file_refused.html", context, status=422)


def outside_console(request: HttpRequest, place: str) -> HttpResponse | None:
    """403 with an event for whoever asks for the console from outside `settings.CONSOLE_NETWORKS`; None where it is open."""
    return _outside_lines(request, "運用コンソール") if place == "console" else None


def outside_vendors_door(request: HttpRequest) -> HttpResponse | None:
    """The same for the door of a vendor's operator, who comes from the console's lines: passwords of the console are typed there."""
    return _outside_lines(request, "運用事業者の入口")


def _outside_lines(request: HttpRequest, place: str) -> HttpResponse | None:
    networks = settings.CONSOLE_NETWORKS
    if not networks or is_within(client_address(request), networks):
        return None
    with transaction.atomic():
        record(Event.ACCESS_NETWORK_REFUSED, detail={"method": request.method or ""})
    words = f"{place}は、登録した回線からだけ開けます。\n"
    return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")


def second_half(request: HttpRequest, refusal: SamePerson | RequestStale) -> HttpResponse:
    """Back to the page, with the reason: who may not be an act's second person, or nobody may any more."""
    messages.error(request, str(refusal))
    return HttpResponseRedirect(return_path(request))


def return_path(request: HttpRequest) -> str:
    """Where to come back to: the page itself, or for a form the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return reopening.form_page(request) or settings.LOGIN_REDIRECT_URL


def form_page(request: HttpRequest) -> str:
    """The page on which a form that was sent stood; its own address when the browser does not say."""
    return reopening.form_page(request) or request.path

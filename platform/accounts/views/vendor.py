"""運用事業者の立入り: the prefecture opens and closes windows; the operator enters, reads, and leaves."""

from __future__ import annotations

from django.contrib import auth, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import backends, queries, refusals, session_state
from accounts.access import page, person_of, public_page, require_step_up
from accounts.errors import AccountError, StoppedMeanwhile
from accounts.field_matrix import title_of
from accounts.forms_vendor import VendorEntryForm, WindowForm
from accounts.models import EndReason, VendorPass, VendorWindow
from accounts.permissions import Permission
from accounts.services import complete_login, end_live_session, requests
from accounts.services import vendor as services
from accounts.vendor import pages_offered
from accounts.views.login import refusal, stopped
from accounts.views.shared import WAITS, origin_of, show, visit_of

WRONG = "職員ID・パスワード・番号のどれかが違うか、この団体が立入りを開けていません。"
PER_PAGE = 50


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def windows(request: HttpRequest) -> HttpResponse:
    """All windows there were, and the form that opens one."""
    form = WindowForm(request.POST or None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid():
            given = form.cleaned_data
            try:
                row = requests.ask_for_window(
                    given["operator"], given["purpose"], given["pages"], given["hours"], person_of(request)
                )
            except AccountError as error:
                form.add_error(None, str(error))
            else:
                opened = "立入りを開けました。運用者に伝えてください。いつでも閉じられます。"
                waits = f"立入りを申請しました。{WAITS}"
                messages.success(request, waits if row.state == row.State.WAITING else opened)
                return redirect("accounts:vendor_windows")
    found = Paginator(VendorWindow.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "page": found,
        "form": form,
        "waiting": [(row, queries.described(row)) for row in queries.waiting_window_requests()],
        "lines": [(row, row.is_open(now), [title_of(name) for name in row.pages]) for row in found],
    }
    return show(request, "accounts/vendor_windows.html", context)


@page(Permission.MANAGE_USERS)
@require_POST
def close(request: HttpRequest, window_id: int) -> HttpResponse:
    """At once, and without a fresh one-time password: closing must never wait."""
    services.close_window(get_object_or_404(VendorWindow, pk=window_id), person_of(request).display_name)
    messages.success(request, "立入りを閉じました。運用者の画面は直ちに使えなくなります。")
    return redirect("accounts:vendor_windows")


@public_page
@sensitive_post_parameters("password", "token")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """An operator of the vendor comes in: their own password and one-time password of the console, and an open window."""
    visit = visit_of(request)
    if visit.scope == "console":
        raise Http404
    refused = refusals.outside_vendors_door(request)
    if refused is not None:
        return refused
    form = VendorEntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operator, blocked_until = services.identify_operator(
            given["username"], given["password"], given["token"], visit.terminal.id
        )
        user = services.visitor_of(operator) if operator else None
        if user is not None:
            if user.vendor_window is not None:
                services.note_visit(user.vendor_window)
            try:
                record = complete_login(user, "vendor", origin_of(request))
            except StoppedMeanwhile as error:  # the window was closed at this moment
                return stopped(request, user, error)
            user.otp_device = VendorPass.objects.get(user=user)  # type: ignore[attr-defined]  # kept in the session by django_otp
            auth.login(request, user, backend=backends.PATH)
            session_state.become_signed_in(request.session, visit.scope, record.pk, otp_is_fresh=False)
            return redirect("accounts:vendor_home")
        form.add_error(None, refusal(WRONG, blocked_until))
    return show(request, "accounts/vendor_enter.html", {"form": form})


@page(Permission.VIEW_HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this visit may open, and until when."""
    window = person_of(request).vendor_window
    if window is None:
        raise Http404
    links = [(title_of(row.name), _address(row.name)) for row in pages_offered() if row.name in window.pages]
    return show(request, "accounts/vendor_home.html", {"window": window, "links": links})


@page(Permission.VIEW_HOME)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The operator's side ends the window, for good."""
    user = person_of(request)
    if user.vendor_window is None:
        raise Http404
    services.close_window(user.vendor_window, user.display_name)
    end_live_session(user, EndReason.WINDOW)
    auth.logout(request)
    return redirect("accounts:logged_out")


def _address(name: str) -> str:
    """ "" for a page of one record, which is reached from its list."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

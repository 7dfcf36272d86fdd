"""A person's own account: last log-ins, password, backup codes."""

from __future__ import annotations

import uuid

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import duties, queries, services, session_state
from accounts.access import page, person_of, require_step_up
from accounts.errors import PasswordUnfit, StoppedMeanwhile
from accounts.forms import ChangePasswordForm, DutiesForm
from accounts.models import BackupCode, SessionRecord
from accounts.paths import safe_path
from accounts.permissions import Permission
from accounts.services import notices, password_term
from accounts.views.login import refusal
from accounts.views.shared import origin_of, show, visit_of

ID_DIGITS = 19
"""A bigint has so many digits at most."""


@page(Permission.VIEW_HOME, "both")
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    context = {
        "sessions": queries.recent_sessions(user),
        "this_session": visit_of(request).session,
        "failures": session_state.failures_before(request.session),
        "duties_until": duties.confirmed_until(user),
        "codes_left": BackupCode.objects.filter(device__user=user, used_at=None).count(),
    }
    return show(request, "accounts/account.html", context)


@page(Permission.VIEW_HOME, "both")
@require_POST
def not_me(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """これは私ではない."""
    user = person_of(request)
    services.disown_session(user, get_object_or_404(SessionRecord, pk=session_id, user=user))
    messages.warning(
        request,
        "申出を受け付けました。すぐにパスワードを変更し、情報セキュリティ管理者に連絡してください。",
    )
    return redirect("accounts:account")


@page(Permission.VIEW_HOME, "both")
@require_POST
def notices_seen(request: HttpRequest) -> HttpResponse:
    """お知らせを確認した: the notices this page showed, one's own alone."""
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) < ID_DIGITS:
        notices.mark_seen(person_of(request), int(up_to))
    return redirect("accounts:account")


@page(Permission.VIEW_HOME, "both")
@require_POST
def factor_lost(request: HttpRequest) -> HttpResponse:
    """認証器をなくした: at once, and without a one-time password, which its owner cannot give any more."""
    services.declare_lost(person_of(request))
    auth.logout(request)
    return redirect("accounts:logged_out")


@page(Permission.VIEW_HOME, "both")
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """The current password is tried like that of a log-in: counted, slowed down, and in the trail."""
    if not _came_by_backup_code_with_an_expired_one(request):
        require_step_up(request)
    user = person_of(request)

    def refusal_of(current: str) -> str:
        origin = origin_of(request)
        outcome = services.check_password_login(user.username, current, origin.terminal, origin.network)
        return "" if outcome.user else refusal("今のパスワードが違います。", outcome.blocked_until)

    form = ChangePasswordForm(refusal_of, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(user, form.cleaned_data["password"])
        except PasswordUnfit as error:
            form.add_error("password", error.reasons)
        else:
            auth.update_session_auth_hash(request, user)
            session_state.password_renewed(request.session)
            messages.success(request, "パスワードを変更しました。")
            return redirect(safe_path(request, request.GET.get("next", "")) or "accounts:account")
    context = {"form": form, "over": session_state.is_password_over(request.session), "days": password_term.days()}
    return show(request, "accounts/password.html", context)


def _came_by_backup_code_with_an_expired_one(request: HttpRequest) -> bool:
    """Then no one-time password is asked for: who has no authenticator at hand could give none, and the session opens nothing else.

    Both factors were given to begin it, and the form asks for the password once more.
    """
    live = visit_of(request).session
    return session_state.is_password_over(request.session) and live is not None and live.method == "backup"


@page(Permission.VIEW_HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_duties(request: HttpRequest) -> HttpResponse:
    """義務と罰則の確認, once a year; number pages are closed without it."""
    user = person_of(request)
    form = DutiesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        duties.acknowledge(user)
        messages.success(request, "義務と罰則の確認を記録しました。1年間有効です。")
        return redirect(safe_path(request, request.GET.get("next", "")) or "accounts:account")
    context = {"form": form, "text": duties.text(), "until": duties.confirmed_until(user)}
    return show(request, "accounts/duties.html", context)


@page(Permission.VIEW_HOME, "both")
@require_POST
def renew_backup_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes, shown on this answer only; the old ones stop working."""
    require_step_up(request)
    try:
        codes = services.issue_backup_codes(person_of(request))
    except StoppedMeanwhile as error:
        messages.error(request, str(error))
        return redirect("accounts:login")
    return show(request, "accounts/new_codes.html", {"codes": codes})

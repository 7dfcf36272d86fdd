"""Log-in: password, then one-time password (or a backup code); and log-out."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actors, backends, drafts, queries, security_keys, services, session_state
from accounts.access import public_page
from accounts.errors import StoppedMeanwhile
from accounts.forms import BackupCodeForm, LoginForm, TotpForm
from accounts.guard import Stage
from accounts.models import EndReason, User
from accounts.paths import safe_path
from accounts.services import password_term
from accounts.services.login import Method
from accounts.services.otp import OtpOutcome, note_failure
from accounts.views.shared import origin_of, visit_of, wait_words
from audit.trail.actors import acting_as

WRONG = "職員IDまたはパスワードが違います。"
ENDED = {
    EndReason.IDLE: "操作がなかったため、安全のためログアウトしました。",
    EndReason.ABSOLUTE: "ログインから12時間がたったため、ログアウトしました。",
    EndReason.REPLACED: "別の端末でログインしたか、管理者の操作により、この画面の利用を終了しました。"
    "心当たりがないときは、情報セキュリティ管理者に連絡してください。",
    EndReason.TERMINAL: "端末の情報が変わったため、ログアウトしました。"
    "心当たりがないときは、情報セキュリティ管理者に連絡してください。",
    EndReason.SCOPE: "この団体のログインではありません。",
    EndReason.DISABLED: "利用期間が終わったか、利用が停止されています。",
    EndReason.WINDOW: "立入りが終わりました。",
    EndReason.LOGOUT: "ログアウトしました。",
    EndReason.ROLE: "役割が変わったため、ログアウトしました。",
    EndReason.ADMIN: "管理者の操作により、この画面の利用を終了しました。",
    EndReason.FACTOR: "認証器が変更されたため、ログアウトしました。",
}
EXPIRED = "ログインの期限が切れています。"
NOT_SAVED = {
    "1": "いま送った内容は保存されていません。ログインすると元の画面に戻りますので、もう一度入力してください。",
    "kept": "いま送った内容は保存されていませんが、入力は残しました。この端末でログインすると、元の画面で入力を戻せます。",
}
LEFT = "保存前の入力が残っています。入力していた画面を開くと、戻せます。"


@public_page
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if visit_of(request).stage is Stage.SIGNED_IN:
        return redirect(settings.LOGIN_REDIRECT_URL)
    next_path = safe_path(request, request.GET.get("next", ""))
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        origin = origin_of(request)
        outcome = services.check_password_login(
            form.cleaned_data["username"], form.cleaned_data["password"], origin.terminal, origin.network
        )
        if outcome.user is not None:
            return _after_password(request, outcome.user, next_path)
        form.add_error(None, refusal(WRONG, outcome.blocked_until))
    return render(request, "accounts/login.html", {"form": form, "ended": _ended(request)})


def _after_password(request: HttpRequest, user: User, next_path: str) -> HttpResponse:
    if not queries.has_factor(user):
        messages.info(request, "認証器の登録が必要です。利用開始コードを入力してください。")
        return redirect("accounts:activate")
    password = user.get_session_auth_hash()
    session_state.start_pending(request.session, visit_of(request).scope, user.pk, next_path, password)
    return redirect("accounts:otp")


@public_page
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def one_time_password(request: HttpRequest) -> HttpResponse:
    user = pending_user(request)
    if user is None:
        return redirect("accounts:login")
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting_as(actors.claimed(user, visit_of(request).terminal.id)):
            outcome = services.verify_totp(user, form.cleaned_data["token"], "login")
        if outcome.is_accepted:
            return finish_login(request, user, outcome, "totp")
        form.add_error("token", refusal(WRONG_TOKEN, outcome.blocked_until))
    return render(request, "accounts/otp.html", {"form": form, "has_key": security_keys.has_key(user)})


WRONG_TOKEN = "番号が違うか、既に使われています。次の番号が表示されてから入力してください。"  # noqa: S105 - a sentence


@public_page
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def backup_code(request: HttpRequest) -> HttpResponse:
    user = pending_user(request)
    if user is None:
        return redirect("accounts:login")
    form = BackupCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting_as(actors.claimed(user, visit_of(request).terminal.id)):
            outcome = services.verify_backup_code(user, form.cleaned_data["code"], "login")
        if outcome.is_accepted:
            return finish_login(request, user, outcome, "backup")
        form.add_error("code", refusal("予備コードが違うか、既に使われています。", outcome.blocked_until))
    return render(request, "accounts/backup_code.html", {"form": form})


def pending_user(request: HttpRequest) -> User | None:
    """Who gave their password here; nobody once it was changed, or the account may not be used any more."""
    user_id = session_state.pending_user_id(request.session)
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    if user is None or not user.is_current(timezone.localdate()):
        return None
    return user if session_state.is_pending_with(request.session, user.get_session_auth_hash()) else None


def finish_login(request: HttpRequest, user: User, outcome: OtpOutcome, method: Method) -> HttpResponse:
    """Both factors are right: a new session key, a live session, and the log-in before this one for the panel."""
    next_path = session_state.pending_next(request.session)
    try:
        record = services.complete_login(user, method, origin_of(request))
    except StoppedMeanwhile as error:
        return stopped(request, user, error)
    user.otp_device = outcome.device  # type: ignore[attr-defined]  # django_otp keeps it in the session on log-in
    auth.login(request, user, backend=backends.PATH)
    # A backup code opens the door, but important acts want the authenticator itself (see step_up).
    fresh = method in ("totp", "webauthn")
    session_state.become_signed_in(request.session, visit_of(request).scope, record.pk, otp_is_fresh=fresh)
    if password_term.has_expired(user, timezone.now()):
        session_state.note_password_over(request.session)
    _tell_of_drafts(request, user, next_path)
    before = queries.session_before(record)
    session_state.keep_last_login(
        request.session,
        before.started_at if before else None,
        before.terminal if before else "",
        record.failures_before,
    )
    return redirect(next_path or settings.LOGIN_REDIRECT_URL)


def stopped(request: HttpRequest, user: User, error: StoppedMeanwhile) -> HttpResponse:
    """Nothing of the log-in is left, and the trail has a failure."""
    with transaction.atomic(), acting_as(actors.claimed(user, visit_of(request).terminal.id)):
        note_failure(user, "login", "session", "not_current")
    request.session.flush()
    messages.error(request, str(error))
    return redirect("accounts:login")


def _tell_of_drafts(request: HttpRequest, user: User, next_path: str) -> None:
    """The page itself offers what was typed on it; whoever comes out elsewhere is told."""
    pages = drafts.note_at_login(request, user, visit_of(request).terminal.id)
    if pages and next_path.partition("?")[0] not in pages:
        messages.info(request, LEFT)


def refusal(wrong: str, blocked_until: datetime | None) -> str:
    """The same words whether the account exists or not."""
    if blocked_until is None:
        return wrong
    return f"続けて誤ったため、一時的に受け付けを止めています（{wait_words(blocked_until)}）。時間をおいて入力してください。"


def _ended(request: HttpRequest) -> str:
    """Why the person landed here, from closed lists: the address bar cannot put words on the page."""
    reason = request.GET.get("ended", "")
    why = ENDED.get(EndReason(reason), "") if reason in EndReason.values else ""
    lost = NOT_SAVED.get(request.GET.get("sent", ""), "")
    return (why or EXPIRED) + lost if lost else why


@public_page
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    live = visit_of(request).session
    if live is not None:
        services.end_session(live, EndReason.LOGOUT)
    auth.logout(request)
    response = redirect("accounts:logged_out")
    # Not "cookies": that would reach every host below the same registered domain, and the terminal's own name.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public_page
@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/logged_out.html")

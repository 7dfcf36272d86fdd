"""Enrolment in three steps, in a session that can do nothing else and ends with them."""

from __future__ import annotations

import io
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actors, services, session_state
from accounts.access import public_page
from accounts.errors import PasswordUnfit
from accounts.forms import ActivationForm, NewPasswordForm, TotpForm
from accounts.models import TotpDevice, User
from accounts.models.devices import DIGITS, STEP_SECONDS
from accounts.views.login import WRONG_TOKEN, refusal
from accounts.views.shared import origin_of, visit_of
from audit.trail.actors import acting_as
from tenants.core.context import current_prefecture

WRONG_CODE = "職員IDまたは利用開始コードが違うか、期限が過ぎています。"


@public_page
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """The door: 職員ID and activation code."""
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        visit = visit_of(request)
        outcome = services.redeem_activation_code(
            form.cleaned_data["username"], form.cleaned_data["code"], visit.terminal.id, origin_of(request).network
        )
        if outcome.user is not None and outcome.code_id is not None:
            session_state.start_enrolling(request.session, visit.scope, outcome.user.pk, outcome.code_id)
            return redirect("accounts:enrol_password")
        form.add_error(None, refusal(WRONG_CODE, outcome.blocked_until))
    return render(request, "accounts/activate.html", {"form": form})


@public_page
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Step 1."""
    user = enrolling_user(request)
    if user is None:
        return redirect("accounts:activate")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with step_of(request) as user:
                services.set_first_password(user, form.cleaned_data["password"])
        except PasswordUnfit as error:
            form.add_error("password", error.reasons)
        else:
            session_state.enrolled_step(request.session, "password")
            return redirect("accounts:enrol_device")
    return render(request, "accounts/enrol_password.html", {"form": form, "username": user.username})


@public_page
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def add_device(request: HttpRequest) -> HttpResponse:
    """Step 2: the QR code, and a code of the new device as proof."""
    user = enrolling_user(request)
    if user is None or not session_state.has_enrolled_step(request.session, "password"):
        return redirect("accounts:enrol_password")
    if session_state.has_enrolled_step(request.session, "device"):
        return redirect("accounts:enrol_codes")
    device = services.enrol_totp(user, to_be_shown=request.method == "GET")
    form = TotpForm(request.POST or None, focus=False)
    if request.method == "POST" and form.is_valid():
        with step_of(request) as user:
            outcome = services.confirm_totp(user, device, form.cleaned_data["token"])
        if outcome.is_accepted:
            session_state.enrolled_step(request.session, "device")
            return redirect("accounts:enrol_codes")
        form.add_error("token", refusal(WRONG_TOKEN, outcome.blocked_until))
    if device.token is not None:
        return render(request, "accounts/enrol_token.html", {"form": form, "serial": device.token.serial})
    if request.method != "GET":
        return render(request, "accounts/enrol_device.html", {"form": form})
    session_state.note_picture(request.session, device.pk)
    key = b32encode(device.seed()).decode()
    spoken = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    return render(request, "accounts/enrol_device.html", {"form": form, "key": spoken})


@public_page
@require_GET
def qr_code(request: HttpRequest) -> HttpResponse:
    """The picture of step 2: to this enrolment session alone, once, and only until the device is confirmed."""
    with step_of(request) as user:
        waiting = TotpDevice.objects.filter(user=user, confirmed=False, token=None)
        device = waiting.filter(pk=session_state.take_picture(request.session)).first()
    if device is None:
        raise Http404
    picture = io.BytesIO()
    segno.make(_otpauth(user, device), error="l").save(picture, kind="svg", scale=6, dark="#000", light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def backup_codes(request: HttpRequest) -> HttpResponse:
    """Step 3: ten backup codes, shown on this answer only. With them the enrolment is over, and so is its session."""
    user = enrolling_user(request)
    if user is None and session_state.has_enrolled(request.session):
        messages.info(
            request,
            "利用開始の手続は終わっています。予備コードは一度だけ表示しました。保管していなければ、ログインした後、"
            "「自分のアカウント」で作り直してください。",
        )
        return redirect("accounts:login")
    if user is None or not session_state.has_enrolled_step(request.session, "device"):
        return redirect("accounts:enrol_device")
    codes: list[str] = []
    if request.method == "POST":
        with step_of(request) as user:
            codes = services.issue_backup_codes(user)
        session_state.enrolment_over(request.session)
    return render(request, "accounts/enrol_codes.html", {"codes": codes, "username": user.username})


@public_page
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """Nothing is left to end but the page; what follows is an ordinary log-in."""
    request.session.flush()
    messages.success(request, "手続が終わりました。職員IDと新しいパスワードでログインしてください。")
    return redirect("accounts:login")


def enrolling_user(request: HttpRequest) -> User | None:
    """Asked at every step: a newer code, a stop, or the end of the enrolment closes this session."""
    code_id = session_state.enrolling_code_id(request.session)
    if code_id is None:
        return None
    with transaction.atomic():
        return services.person_enrolling(code_id)


@contextmanager
def step_of(request: HttpRequest) -> Iterator[User]:
    """One act of the enrolment: asked again in its transaction. Raises Http404 when a newer code came in between."""
    code_id = session_state.enrolling_code_id(request.session)
    with transaction.atomic():
        user = services.person_enrolling(code_id) if code_id is not None else None
        if user is None:
            raise Http404
        with acting_as(actors.claimed(user, visit_of(request).terminal.id)):
            yield user


def _otpauth(user: User, device: TotpDevice) -> str:
    """The key URI that authenticator apps read."""
    prefecture = current_prefecture()
    issuer = f"就学奨励費 {prefecture.name}" if prefecture else "就学奨励費 運用コンソール"
    secret = b32encode(device.seed()).decode()
    parameters = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(issuer)}:{quote(user.username)}?{urlencode(parameters, quote_via=quote)}"

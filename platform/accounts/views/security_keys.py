"""The two questions of a security key (begin, finish) at enrolment, log-in and step-up. JSON: a script asks, never a form."""

from __future__ import annotations

import json
from typing import Any

import django_otp
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import actors, security_keys, services, session_state
from accounts.access import page, person_of, public_page
from accounts.models import User
from accounts.paths import safe_path
from accounts.permissions import Permission
from accounts.security_keys import KeyRefused
from accounts.services.otp import OtpOutcome
from accounts.views.enrolment import enrolling_user, step_of
from accounts.views.login import finish_login, pending_user
from accounts.views.shared import visit_of
from accounts.views.step_up import say_to_repeat
from audit.trail.actors import acting_as
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

GONE = "手続の時間が過ぎました。はじめからやり直してください。"


@public_page
@require_POST
def enrol_begin(request: HttpRequest) -> HttpResponse:
    user = _at_device_step(request)
    return JsonResponse(security_keys.begin_registration(request, user)) if user else _refused(GONE)


@public_page
@require_POST
def enrol_finish(request: HttpRequest) -> HttpResponse:
    if _at_device_step(request) is None:
        return _refused(GONE)
    with step_of(request) as user:
        try:
            security_keys.finish_registration(request, user, _answer(request))
        except KeyRefused as error:
            return _refused(str(error))
    session_state.enrolled_step(request.session, "device")
    return JsonResponse({"next": reverse("accounts:enrol_codes")})


def _at_device_step(request: HttpRequest) -> User | None:
    user = enrolling_user(request)
    done = session_state.has_enrolled_step
    ready = done(request.session, "password") and not done(request.session, "device")
    return user if user is not None and ready else None


@public_page
@require_POST
def login_begin(request: HttpRequest) -> HttpResponse:
    user = pending_user(request)
    if user is None or not security_keys.has_key(user):
        return _refused(GONE if user is None else "セキュリティキーの登録がありません。番号を入力してください。")
    return JsonResponse(security_keys.begin_check(request, user))


@public_page
@require_POST
def login_finish(request: HttpRequest) -> HttpResponse:
    user = pending_user(request)
    if user is None:
        return _refused(GONE)
    with acting_as(actors.claimed(user, visit_of(request).terminal.id)):
        try:
            device = security_keys.finish_check(request, user, _answer(request), "login")
        except KeyRefused as error:
            return _refused(str(error))
    answer = finish_login(request, user, OtpOutcome(device), "webauthn")
    return JsonResponse({"next": answer.headers["Location"]})


@page(Permission.VIEW_HOME, "both")
@require_POST
def step_up_begin(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    if not security_keys.has_key(user):
        return _refused("セキュリティキーの登録がありません。番号を入力してください。")
    return JsonResponse(security_keys.begin_check(request, user))


@page(Permission.VIEW_HOME, "both")
@require_POST
def step_up_finish(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    try:
        device = security_keys.finish_check(request, user, _answer(request), "step_up")
    except KeyRefused as error:
        return _refused(str(error))
    with transaction.atomic():
        record(Event.SESSION_OTP_VERIFIED, subjects=[actors.subject(user)], detail={"method": "webauthn"})
        live = visit_of(request).session
        if live is not None:
            services.begin_revealing_anew(live)
    django_otp.login(request, device)
    session_state.note_otp(request.session)
    request.session.cycle_key()
    say_to_repeat(request)
    return JsonResponse({"next": safe_path(request, request.GET.get("next", "")) or "/"})


def _answer(request: HttpRequest) -> Any:
    """What the browser sent, or None (which no ceremony takes)."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):  # no JSON, far too deep, or a form
        return None


def _refused(words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=400)

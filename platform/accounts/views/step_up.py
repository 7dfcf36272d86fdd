"""Step-up (再認証): the one-time password again, before an act that needs a fresh one."""

from __future__ import annotations

import django_otp
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actors, security_keys, services, session_state
from accounts.access import page, person_of
from accounts.forms import TotpForm
from accounts.paths import safe_path
from accounts.permissions import Permission
from accounts.views.login import WRONG_TOKEN, refusal
from accounts.views.shared import show, visit_of
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

TO_REPEAT = "本人であることを確かめました。操作はまだ行われていません。もう一度ボタンを押してください。"


@page(Permission.VIEW_HOME, "both")
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """A backup code does not do here: whoever has lost the device enrols a new one first."""
    user = person_of(request)
    next_path = safe_path(request, request.GET.get("next", "")) or settings.LOGIN_REDIRECT_URL
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            outcome = services.verify_totp(user, form.cleaned_data["token"], "step_up")
            if outcome.is_accepted:
                record(Event.SESSION_OTP_VERIFIED, subjects=[actors.subject(user)])
                live = visit_of(request).session
                if live is not None:
                    services.begin_revealing_anew(live)
        if outcome.is_accepted:
            django_otp.login(request, outcome.device)
            session_state.note_otp(request.session)
            request.session.cycle_key()
            say_to_repeat(request)
            return redirect(next_path)
        form.add_error("token", refusal(WRONG_TOKEN, outcome.blocked_until))
    was_sent = request.GET.get("sent") == "1"
    asked = {"next": next_path} | ({"sent": "1"} if was_sent else {})
    finish = f"{reverse('accounts:step_up_key_finish')}?{urlencode(asked)}"
    key = {"has_key": security_keys.has_key(user), "key_finish": finish}
    return show(request, "accounts/step_up.html", {"form": form, "was_sent": was_sent, **key})


def say_to_repeat(request: HttpRequest) -> None:
    """After the check: an act that it interrupted was not done, and its button is pressed again."""
    if request.GET.get("sent") == "1":
        messages.warning(request, TO_REPEAT)

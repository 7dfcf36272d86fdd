"""Changing a prefecture's state, on a page of its own that says what will follow and asks for a fresh one-time password."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import show
from tenants.console import state_changes
from tenants.console.errors import RequestRefused
from tenants.console.views.shared import prefecture_of
from tenants.core.models import Prefecture
from web.text import normalise_digits


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_http_methods(["GET", "HEAD", "POST"])
def prefecture_state(request: HttpRequest, prefecture_code: str, state: str) -> HttpResponse:
    prefecture = prefecture_of(prefecture_code)
    if state not in Prefecture.State:
        raise Http404
    require_step_up(request)
    try:
        change = state_changes.ask(prefecture, state)
        typed = normalise_digits(request.POST.get("confirmation", ""))
        if request.method == "POST" and (typed == prefecture.code or not change.is_dangerous):
            state_changes.move(prefecture, state)
            prefecture.refresh_from_db()
            messages.success(request, f"{prefecture.name}の状態を「{prefecture.get_state_display()}」にしました。")
            return redirect("console:onboarding_detail", prefecture.code)
    except RequestRefused as error:
        messages.error(request, str(error))
        return redirect("console:onboarding_detail", prefecture.code)
    context = {"target": prefecture, "change": change, "mistyped": request.method == "POST"}
    return show(request, "console/state.html", context, 400 if request.method == "POST" else 200)

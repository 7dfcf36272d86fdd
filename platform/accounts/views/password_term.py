"""パスワードの有効日数: whether passwords end in this prefecture, and after how many days."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.forms import PasswordTermForm
from accounts.models import PasswordTerm
from accounts.permissions import Permission
from accounts.services import password_term as service
from accounts.views.shared import show


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def password_term(request: HttpRequest) -> HttpResponse:
    form = PasswordTermForm(request.POST or None, initial={"days": service.days()})
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid():
            service.decide(form.cleaned_data["days"])
            messages.success(request, "有効日数を決めました。次のログインから有効です。")
            return redirect("accounts:password_term")
    context = {"form": form, "days": service.days(), "newest": PasswordTerm.objects.first()}
    return show(request, "accounts/password_term.html", context, status=422 if form.errors else 200)

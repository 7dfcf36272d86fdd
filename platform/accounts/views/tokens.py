"""ハードウェアトークン: the stock, loading seeds, handing out, taking back, lost ones."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.forms_tokens import AssignTokenForm, SeedFileForm
from accounts.models import HardwareToken
from accounts.permissions import Permission
from accounts.services import tokens as services
from accounts.views.shared import show
from web.components import Chip
from web.tables import with_parameter

PER_PAGE = 100


@page(Permission.MANAGE_USERS)
@require_safe
def stock(request: HttpRequest) -> HttpResponse:
    return _stock(request)


def _stock(
    request: HttpRequest, seeds: SeedFileForm | None = None, assign: AssignTokenForm | None = None
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in HardwareToken.State.values else ""
    rows = HardwareToken.objects.select_related("user")
    found = Paginator(rows.filter(state=state) if state else rows, PER_PAGE)
    counts = [(one, rows.filter(state=one.value).count()) for one in HardwareToken.State]
    context = {
        "page": found.get_page(request.GET.get("page")),
        "counts": counts,
        "chosen": state,
        "chips": [
            Chip("すべて", with_parameter(request.GET, "state", ""), rows.count(), chosen=not state),
            *(
                Chip(str(one.label), with_parameter(request.GET, "state", one.value), count, chosen=one.value == state)
                for one, count in counts
            ),
        ],
        "seeds": seeds or SeedFileForm(),
        "assign": assign or AssignTokenForm(),
    }
    wrong = any(form is not None and form.errors for form in (seeds, assign))
    return show(request, "accounts/tokens.html", context, status=422 if wrong else 200)


@page(Permission.MANAGE_USERS)
@sensitive_post_parameters("secret")
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    form = SeedFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            count = services.load_tokens(form.cleaned_data["file"].read(), form.cleaned_data["secret"])
        except AccountError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"{count}個のトークンを在庫に登録しました。元のファイルは安全に消してください。")
            return redirect("accounts:tokens")
    return _stock(request, seeds=form)


@page(Permission.MANAGE_USERS)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    form = AssignTokenForm(request.POST)
    if form.is_valid():
        user = form.cleaned_data["username"]
        try:
            services.assign_token(form.cleaned_data["serial"], user)
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "トークンを貸し出しました。本人は、次の利用開始の手続でこのトークンを使います。")
            return redirect("accounts:user", user.pk)
    return _stock(request, assign=form)


@page(Permission.MANAGE_USERS)
@require_POST
def give_back(request: HttpRequest, token_id: int) -> HttpResponse:
    return _act(request, token_id, services.return_token, "返却を記録し、在庫に戻しました。")


@page(Permission.MANAGE_USERS)
@require_POST
def lost(request: HttpRequest, token_id: int) -> HttpResponse:
    return _act(request, token_id, services.lose_token, "紛失を記録しました。このトークンはもう使えません。")


def _act(request: HttpRequest, token_id: int, act: Callable[[HardwareToken], None], done: str) -> HttpResponse:
    token = get_object_or_404(HardwareToken, pk=token_id)
    require_step_up(request)
    try:
        act(token)
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("accounts:tokens")

"""番号を扱う場所: the prefecture's networks and terminals for number pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page, require_step_up
from accounts.address import client_address
from accounts.errors import AccountError
from accounts.forms_places import PlaceForm
from accounts.models import RegisteredTerminal, TenantNetwork
from accounts.permissions import Permission
from accounts.services import places as services
from accounts.views.shared import show, visit_of

KINDS = ("network", "terminal")


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.POST or None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid():
            add = services.add_network if form.cleaned_data["kind"] == "network" else services.add_terminal
            try:
                add(form.cleaned_data["value"], form.cleaned_data["name"])
            except AccountError as error:
                form.add_error("value", str(error))
            else:
                messages.success(request, "登録しました。番号を扱う画面は、登録した場所でだけ開きます。")
                return redirect("accounts:places")
    context = {
        "form": form,
        "networks": TenantNetwork.objects.all(),
        "terminals": RegisteredTerminal.objects.all(),
        "here": (visit_of(request).terminal.id, client_address(request)),
    }
    return show(request, "accounts/places.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE_USERS)
@require_POST
def remove(request: HttpRequest, kind: str, place_id: int) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    place = _found(kind, place_id)
    require_step_up(request)
    services.remove(place)
    messages.success(request, "登録を外しました。")
    return redirect("accounts:places")


def _found(kind: str, place_id: int) -> services.Place:
    if kind == "network":
        return get_object_or_404(TenantNetwork, pk=place_id)
    return get_object_or_404(RegisteredTerminal, pk=place_id)

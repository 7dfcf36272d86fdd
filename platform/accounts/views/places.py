"""番号を扱う場所: the prefecture's networks and terminals for number pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries
from accounts.access import page, person_of, require_step_up
from accounts.address import client_address
from accounts.errors import AccountError
from accounts.forms_places import PlaceForm
from accounts.models import RegisteredTerminal, TenantNetwork
from accounts.permissions import Permission
from accounts.services import places as services
from accounts.services import requests
from accounts.views.shared import WAITS, show, visit_of

KINDS = ("network", "terminal")


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.POST or None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid() and _asked(request, form):
            return redirect("accounts:places")
    waiting = queries.waiting_place_requests()
    context = {
        "form": form,
        "networks": list(TenantNetwork.objects.all()),
        "terminals": list(RegisteredTerminal.objects.all()),
        "last_words": {kind: queries.last_place_words(kind) for kind in KINDS},
        "here": (visit_of(request).terminal.id, client_address(request)),
        "waiting": [(row, queries.described(row)) for row in waiting],
    }
    return show(request, "accounts/places.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: PlaceForm) -> bool:
    given = form.cleaned_data
    try:
        row = requests.ask_for_place(given["kind"], given["value"], given["name"], person_of(request))
    except AccountError as error:
        form.add_error("value", str(error))
        return False
    done = "登録しました。番号を扱う画面は、登録した場所でだけ開きます。"
    messages.success(request, f"登録を申請しました。{WAITS}" if row.state == row.State.WAITING else done)
    return True


@page(Permission.MANAGE_USERS)
@require_POST
def remove(request: HttpRequest, kind: str, place_id: int) -> HttpResponse:
    """Ask for it; the last one of its kind goes only when the page has said what follows."""
    place = services.find(kind, place_id) if kind in KINDS else None
    if place is None:
        raise Http404
    require_step_up(request)
    as_the_last = "as_the_last" in request.POST
    try:
        row = requests.ask_to_remove_place(kind, place, person_of(request), as_the_last=as_the_last)
    except AccountError as error:
        messages.error(request, str(error))
    else:
        waits = row.state == row.State.WAITING
        messages.success(request, f"登録を外すことを申請しました。{WAITS}" if waits else "登録を外しました。")
    return redirect("accounts:places")

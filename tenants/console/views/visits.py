"""立入り: where an operator is inside a prefecture's window, and ending it from this side. No prefecture is entered here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, person_of
from accounts.models import VendorVisit
from accounts.permissions import Permission
from accounts.services.vendor import end_visit
from accounts.views.shared import show

MOST_SHOWN = 50


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """One's own visits, the newest first."""
    now = timezone.now()
    mine = VendorVisit.objects.filter(operator=person_of(request).username)[:MOST_SHOWN]
    lines = [(visit, visit.is_open(now)) for visit in mine]
    context = {"lines": lines, "open_count": sum(is_open for _, is_open in lines)}
    return show(request, "console/visits.html", context)


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_POST
def end(request: HttpRequest, visit_id: int) -> HttpResponse:
    """At once, and without a fresh one-time password: ending must never wait. Only one's own."""
    visit = get_object_or_404(VendorVisit, pk=visit_id, operator=person_of(request).username)
    if end_visit(visit):
        messages.success(request, f"{visit.prefecture_name}への立入りを終えました。もう画面は開きません。")
    else:
        messages.info(request, "この立入りは既に終わっています。")
    return redirect("console:visits")

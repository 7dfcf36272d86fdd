"""The first page of the console: every prefecture and how it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from accounts.views.shared import show
from jobs.reach import broker_answers
from tenants.console import overview
from tenants.console.views.shared import may
from tenants.core.models import Prefecture


@page(Permission.VIEW_HOME, "console")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """After log-in. Whoever may not see the prefectures still has an account page."""
    return redirect("console:prefectures" if may(request, Permission.VIEW_PREFECTURES) else "accounts:account")


@page(Permission.VIEW_PREFECTURES, "console")
@require_safe
def prefectures(request: HttpRequest) -> HttpResponse:
    rows, trail_answers = overview.rows()
    context = {
        "rows": rows,
        "trail_answers": trail_answers,
        "broker_answers": broker_answers(),
        "live": sum(row.prefecture.state == Prefecture.State.LIVE for row in rows),
        "waiting": sum(row.jobs for row in rows),
        "may_onboard": may(request, Permission.ONBOARD_PREFECTURE),
        "may_configure": may(request, Permission.CONFIGURE_ADAPTER),
        "may_see_health": may(request, Permission.VIEW_PLATFORM_HEALTH),
        "may_see_jobs": may(request, Permission.VIEW_JOBS),
    }
    return show(request, "console/prefectures.html", context)

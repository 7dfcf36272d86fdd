"""Health of the platform, for operators and the platform's monitor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.trail.recorder import TrailUnavailable
from tenants.console import health as platform
from tenants.console import overview, watch_load
from web.states import Tone


@page(Permission.VIEW_PLATFORM_HEALTH, "console")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    findings = platform.findings()
    rows, trail_answers = overview.rows()
    context = {
        "findings": findings,
        "ill": sum(finding.tone is not Tone.DONE for finding in findings),
        "behind": sum(row.tables[1] == Tone.ATTENTION for row in rows),
        "rows": rows,
        "trail_answers": trail_answers,
        "loads": _loads(rows),
        "budget": watch_load.MONTHLY_BUDGET,
    }
    return show(request, "console/health.html", context)


def _loads(rows: list[overview.PrefectureRow]) -> list[watch_load.Load]:
    try:
        return watch_load.loads(row.prefecture for row in rows)
    except TrailUnavailable:
        return []

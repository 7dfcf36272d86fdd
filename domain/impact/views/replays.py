"""再計算照合: each night's result, and the receipts that did not come out the same."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import whole_prefecture
from domain.impact import queries
from domain.impact.models import ReplayNight

PER_PAGE = 50


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def nights(request: HttpRequest) -> HttpResponse:
    """Counts of the newest nights; the newest finished one is the state of today."""
    found = queries.nights()
    latest = next((night for night in found if night.stage == ReplayNight.Stage.DONE), None)
    return render(request, "impact/replays.html", {"nights": found, "latest": latest})


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def night(request: HttpRequest, night_id: int) -> HttpResponse:
    """What one night found."""
    found = get_object_or_404(ReplayNight, pk=night_id)
    shown = Paginator(queries.findings_of(found), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(shown)
    subjects = [
        Subject("statement", str(row.computation.statement_id))
        if row.computation
        else Subject("payment", str(row.payment_id))
        for row in rows
    ]
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=subjects,
        detail={"list": "impact:replay", "count": len(rows)},
        allowed_by=Permission.RUN_IMPACT.value,
    )
    return render(request, "impact/replay.html", {"night": found, "page": shown, "rows": rows})

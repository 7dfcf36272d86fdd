"""送受信の照合: a period's figures on a page and as a workbook."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.leaving import taken
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import whole_prefecture
from domain.linkage import reconciling
from domain.linkage.forms import PeriodForm
from domain.linkage.workbook import MEDIA_TYPE, workbook_of
from tenants.core.context import require_prefecture

APRIL = 4


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Sent = received + open, by kind and state; what does not add up stands first. Counts only: no person's data."""
    form, first, last = _period(request)
    found = reconciling.report(first, last)
    states = [(row.title, row.by_state) for row in found.rows]
    context = {
        "form": form,
        "report": found,
        "states": [row for row in states if row[1]],
        "query": request.GET.urlencode(),
    }
    return render(request, "linkage/reconciliation.html", context)


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """The same as Excel, after the one-time password and its event."""
    require_step_up(request)
    _, first, last = _period(request)
    period = {"from": first.isoformat(), "to": last.isoformat()}
    found = reconciling.report(first, last)
    record_access(
        Event.EXPORT_TABLE_MADE,
        subjects=[],
        detail={"table": "linkage:reconciliation", **period, **taken(found.sent)},
        allowed_by=Permission.VIEW_TARGETS.value,
    )
    name = content_disposition_header(True, f"送受信の照合_{period['from']}_{period['to']}.xlsx")
    held = workbook_of(found)
    return HttpResponse(
        held,
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": name or "attachment", "Cache-Control": "no-store"},
    )


def _period(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """What was asked for; else from the first of April of the working year until today."""
    first, last = date(require_prefecture().working_year, APRIL, 1), timezone.localdate()
    form = PeriodForm(request.GET if "first" in request.GET else None, initial={"first": first, "last": last})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["first"], form.cleaned_data["last"]
    return form, first, last

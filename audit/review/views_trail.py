"""The viewer of the trail: who did what, newest first. Looking at it is itself recorded, before anything is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.trail_filters import AFTER, PER_PAGE, TrailFilterForm, group_chips, kinds_of, set_chips
from audit.review.trail_rows import row_of
from audit.trail.entries import JSON
from audit.trail.reader import BadKey, TrailEvent, search
from audit.trail.recorder import record_access
from audit.trail.sentences import who
from audit.trail.vocabulary import Event
from web.tables import with_parameter


@page(Permission.VIEW_TRAIL)
@require_safe
def trail_list(request: HttpRequest) -> HttpResponse:
    """One page of events. Raises TrailUnavailable (503) when it cannot be read or the look cannot be recorded."""
    form = TrailFilterForm(request.GET)
    after = request.GET.get(AFTER, "")
    if not form.is_valid():
        return show(request, "review/trail.html", _frame(request, form, []), status=400)
    filters = form.filters(after)
    try:
        events = search(filters)
    except BadKey as error:
        messages.error(request, str(error))
        return redirect(request.path)
    detail: dict[str, JSON] = {"条件": kinds_of(filters), "件数": len(events)}
    record_access(Event.READ_TRAIL_SHOWN, detail=detail, allowed_by=Permission.VIEW_TRAIL.value)
    return show(request, "review/trail.html", _frame(request, form, events))


def _frame(request: HttpRequest, form: TrailFilterForm, events: list[TrailEvent]) -> dict[str, object]:
    actor_name = who(events[0]) if events else ""
    return {
        "form": form,
        "days": [form["since"], form["until"]],
        "chips": group_chips(request.GET),
        "set_chips": list(set_chips(request.GET, actor_name)),
        "rows": [row_of(event, request.GET) for event in events],
        "older": with_parameter(request.GET, AFTER, events[-1].key) if len(events) == PER_PAGE else "",
        "newest": with_parameter(request.GET, AFTER, "") if request.GET.get(AFTER) else "",
    }

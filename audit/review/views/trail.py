"""The viewer of the trail: who did what, newest first. Looking at it is itself recorded, before anything is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, page, person_of
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.identities import Candidate, find, printable
from audit.review.keeping.extracts import extracts_of
from audit.review.trail_filters import (
    AFTER,
    PER_PAGE,
    TrailFilterForm,
    TrailSearchForm,
    group_chips,
    kinds_of,
    set_chips,
    without_place,
)
from audit.review.trail_rows import row_of
from audit.trail.entries import JSON, Subject
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
    context = _frame(request, form, events)
    context["alone"] = with_parameter(without_place(request.GET), "only", "1") if filters.subjects else ""
    return show(request, "review/trail.html", context)


@page(Permission.VIEW_TRAIL)
@require_POST
def trail_find(request: HttpRequest) -> HttpResponse:
    """From the typed words to what they mean: straight to the one, or a choice of several. The words are kept nowhere."""
    search_form = TrailSearchForm(request.POST)
    form = TrailFilterForm(QueryDict())
    form.is_valid()
    if not search_form.is_valid():
        return show(request, "review/trail.html", _frame(request, form, [], search_form), status=400)
    found = list(dict.fromkeys(find(search_form.cleaned_data["words"].strip(), person_of(request))))
    subjects = [Subject(one.kind, one.id) for one in found]
    detail: dict[str, JSON] = {"件数": len(found)}
    record_access(Event.READ_SEARCH_SHOWN, subjects=subjects, detail=detail, allowed_by=Permission.VIEW_TRAIL.value)
    if len(found) == 1:
        return redirect(_address(found[0]))
    context = _frame(request, form, [], search_form)
    context["found"] = [(one.label, _address(one)) for one in found]
    context["has_searched"] = True
    return show(request, "review/trail.html", context)


def _address(candidate: Candidate) -> str:
    asked = {"actor": candidate.id} if candidate.is_actor else {"kind": candidate.kind, "id": candidate.id}
    return f"{reverse('trail:list')}?{urlencode(asked)}"


def _frame(
    request: HttpRequest, form: TrailFilterForm, events: list[TrailEvent], search_form: TrailSearchForm | None = None
) -> dict[str, object]:
    viewer = person_of(request)
    actor_name = who(events[0]) if events else ""
    asked = Subject(request.GET.get("kind", ""), request.GET.get("id", ""))
    names = printable([*(subject for event in events for subject in event.subjects), asked], viewer)
    return {
        "form": form,
        "search_form": search_form or TrailSearchForm(),
        "days": [form["since"], form["until"]],
        "asked": asked if asked.kind and asked.id else None,
        "may_export": may(viewer, Permission.EXPORT_TRAIL),
        "extracts": extracts_of(asked, viewer),
        "chips": group_chips(request.GET),
        "set_chips": list(set_chips(request.GET, actor_name, names.get(asked, ""))),
        "rows": [row_of(event, request.GET, names) for event in events],
        "older": with_parameter(request.GET, AFTER, events[-1].key) if len(events) == PER_PAGE else "",
        "newest": with_parameter(request.GET, AFTER, "") if request.GET.get(AFTER) else "",
    }

"""The monitor's pages: the alerts of a month, one alert with its evidence, and the acts on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.detection.errors import CalendarError
from audit.detection.queries import STANDARD, hours_in_force, unevaluated_between
from audit.review import hour_picture, month_strip, queries
from audit.review.accesses import accesses_of
from audit.review.acts import FORMS, offered, perform
from audit.review.errors import ReviewError, TextUnfit
from audit.review.incidents.clocks import clocks_of
from audit.review.listing import asked_for, line_of, narrowed, state_chips
from audit.review.models import Alert, Incident
from audit.review.moves import Move
from audit.review.people import answering, is_about_manager, managers_for, names_of
from audit.review.similar import nearest
from audit.review.timeline import timeline_of
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from web.dates import to_wareki
from web.moments import start_of

PER_PAGE = 50
CARDS = 6
SHOWN_UNEVALUATED = 20
VIEW = Permission.VIEW_ALERTS


@page(VIEW)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Raises TrailUnavailable (503) when the look cannot be recorded."""
    user, asked, hours = person_of(request), asked_for(request.GET), hours_in_force()
    of_month = list(queries.month_for(user, asked.month))
    still_open = queries.open_alerts(user)
    to_do = list(still_open[:CARDS])
    rows = Paginator(narrowed(of_month, asked), PER_PAGE).get_page(request.GET.get("page"))
    shown = {alert.pk: alert for alert in [*to_do, *rows]}
    subjects = [Subject("alert", str(key)) for key in shown]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "警報"}, allowed_by=VIEW.value)
    all_unjudged = unevaluated_between(start_of(asked.month), start_of(month_strip.following_month(asked.month)))
    unjudged = [one for one in all_unjudged if one.username != user.username]
    names = names_of(
        [alert.username for alert in shown.values()] + [one.username for one in unjudged[:SHOWN_UNEVALUATED]]
    )
    present = answering(alert.username for alert in shown.values())
    context = {
        "asked": asked,
        "month": to_wareki(asked.month).removesuffix("1日"),
        "hours": hours,
        "columns": month_strip.columns(asked.month, of_month, hours or STANDARD),
        "strip": month_strip,
        "months": (month_strip.previous_month(asked.month), month_strip.following_month(asked.month)),
        "open_count": still_open.count(),
        "overdue_count": queries.overdue_count(still_open),
        "cards": [line_of(alert, names, present) for alert in to_do],
        "page": rows,
        "lines": [line_of(alert, names, present) for alert in rows],
        "chips": state_chips(request.GET, of_month, asked.state),
        "unjudged": [(one, names[one.username]) for one in unjudged[:SHOWN_UNEVALUATED]],
        "unjudged_count": len(unjudged),
        "failed_count": sum(one.has_failed for one in unjudged),
    }
    return show(request, "review/alerts.html", context)


@page(VIEW)
@require_safe
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    return _shown(request, get_object_or_404(Alert, pk=alert_id), {})


@page(Permission.HANDLE_ALERT)
@require_POST
def act(request: HttpRequest, alert_id: UUID, move: str) -> HttpResponse:
    """One step of the loop; a refusal comes back on the same page with what was typed. A verdict may be the second one of two people,
    so it wants a fresh one-time password."""
    found = get_object_or_404(Alert, pk=alert_id)
    if move not in FORMS:
        raise Http404
    chosen = Move(move)
    if chosen is Move.JUDGE:
        require_step_up(request)
    form = FORMS[chosen](request.POST, auto_id=f"id_{chosen}_%s")
    if form.is_valid():
        try:
            perform(chosen, found.pk, person_of(request), form.cleaned_data)
        except (ReviewError, CalendarError, SamePerson) as error:
            form.add_error("text" if isinstance(error, TextUnfit) else None, str(error))
        else:
            messages.success(request, "記録しました。")
            return redirect("review:alert", alert_id)
    found.refresh_from_db()
    return _shown(request, found, {chosen: form}, status=400)


def _shown(request: HttpRequest, found: Alert, typed: dict[Move, Any], status: int = 200) -> HttpResponse:
    """The page of one alert. About oneself it stays closed: who is watched does not read how."""
    user = person_of(request)
    if found.username == user.username:
        return show(request, "review/own_alert.html", {"managers": managers_for(found)}, status=403)
    person = User.objects.filter(username=found.username).first()
    opened = accesses_of(found, person, user)
    subjects = [Subject("alert", str(found.pk)), *(access.subject for access in opened.rows)]
    record_access(Event.READ_ALERT_SHOWN, subjects=subjects, allowed_by=VIEW.value, case=str(found.pk))
    steps = list(found.steps.all())
    incident = Incident.objects.filter(alert=found).first()
    name = person.display_name if person else found.username
    present = {found.username} if person and person.is_current(timezone.localdate()) else frozenset()
    context = {
        "line": line_of(found, {found.username: name}, present),
        "alert": found,
        "person": person,
        "steps": steps,
        "acts": offered(found, user, typed),
        "typed": list(typed.values()),
        "managers": managers_for(found),
        "about_manager": is_about_manager(found),
        "incident": incident,
        "clocks": clocks_of(incident) if incident else None,
        "opened": opened,
        "timeline": timeline_of(found, person, user),
        "similar": nearest(found, user),
        "picture": hour_picture.picture_of(found, person),
        "frame": hour_picture,
        "now": timezone.now(),
    }
    return show(request, "review/alert.html", context, status=status)

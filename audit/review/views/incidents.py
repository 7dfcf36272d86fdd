"""漏えい等事案: those under way with the days left, and the acts of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, page, person_of, require_step_up
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.errors import ReviewError, TextUnfit
from audit.review.forms import PurposeForm, ReasonForm, ReportForm
from audit.review.incidents import acts
from audit.review.incidents.clocks import clocks_of, next_due
from audit.review.incidents.moves import WAYS, Move
from audit.review.models import Incident
from audit.review.people import names_of
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event

VIEW = Permission.VIEW_ALERTS
FORMS: dict[Move, type[forms.Form]] = {
    Move.PRELIMINARY: ReportForm,
    Move.FINAL: ReportForm,
    Move.MARK: PurposeForm,
    Move.WAIVE: ReasonForm,
}


@page(VIEW)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    found = list(Incident.objects.select_related("alert"))
    subjects = [Subject("incident", str(one.pk)) for one in found]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "漏えい等事案"}, allowed_by=VIEW.value)
    names = names_of(one.alert.username for one in found)
    own = person_of(request).username
    lines = [(one, names[one.alert.username], next_due(one), _left(one), one.alert.username == own) for one in found]
    waiting = sum(next_due(one) is not None for one in found)
    return show(request, "review/incidents.html", {"lines": lines, "waiting": waiting})


@page(VIEW)
@require_safe
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    return _shown(request, get_object_or_404(Incident, pk=incident_id), {})


@page(Permission.JUDGE_ALERT)
@require_POST
def act(request: HttpRequest, incident_id: int, move: str) -> HttpResponse:
    """One act; a refusal comes back on the same page with what was typed."""
    require_step_up(request)
    found = get_object_or_404(Incident, pk=incident_id)
    if move not in list(Move):
        raise Http404
    chosen = Move(move)
    form = FORMS[chosen](request.POST, auto_id=f"id_{chosen}_%s")
    if form.is_valid():
        try:
            _perform(chosen, found.pk, person_of(request), form.cleaned_data)
        except (ReviewError, SamePerson) as error:
            form.add_error("text" if isinstance(error, TextUnfit) else None, str(error))
        else:
            messages.success(request, "記録しました。")
            return redirect("review:incident", incident_id)
    found.refresh_from_db()
    return _shown(request, found, {chosen: form}, status=400)


def _perform(move: Move, incident_id: int, user: User, values: dict[str, Any]) -> None:
    match move:
        case Move.PRELIMINARY:
            acts.report_preliminary(incident_id, user, values["on"], values["text"])
        case Move.FINAL:
            acts.report_final(incident_id, user, values["on"], values["text"])
        case Move.MARK:
            acts.mark_purpose(incident_id, user, values["malicious"] == "yes", values["text"])
        case Move.WAIVE:
            acts.waive(incident_id, user, values["text"])


def _shown(request: HttpRequest, found: Incident, typed: dict[Move, forms.Form], status: int = 200) -> HttpResponse:
    user = person_of(request)
    if found.alert.username == user.username:
        return show(request, "review/own_alert.html", {"managers": []}, status=403)
    subjects = [Subject("incident", str(found.pk)), Subject("alert", str(found.alert_id))]
    record_access(Event.READ_ALERT_SHOWN, subjects=subjects, allowed_by=VIEW.value, case=str(found.alert_id))
    name = names_of([found.alert.username])[found.alert.username]
    possible = [move for move in FORMS if found.state in WAYS[move].sources or move in typed]
    context = {
        "incident": found,
        "name": name,
        "clocks": clocks_of(found),
        "due": next_due(found),
        "left": _left(found),
        "steps": list(found.steps.all()),
        "may_act": may(user, Permission.JUDGE_ALERT),
        "offers": [(m, WAYS[m].label, typed.get(m) or FORMS[m](auto_id=f"id_{m}_%s")) for m in possible],
        "typed": list(typed.values()),
    }
    return show(request, "review/incident.html", context, status=status)


def _left(incident: Incident) -> int | None:
    """Days until the next report is due (negative: over); None when none is."""
    due = next_due(incident)
    return None if due is None else (due - timezone.localdate()).days

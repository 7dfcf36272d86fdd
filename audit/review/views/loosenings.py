"""見守りの承認: what would make the watch see or say less, for the second person to agree to or not."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.errors import RequestStale
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import has_lapsed
from accounts.views.shared import show, whole_prefecture
from audit.detection import tuning
from audit.detection.errors import LooseningClosed
from audit.detection.limits import thresholds
from audit.detection.models import Loosening, ServiceHours, SignalSeen
from audit.review.forms import EVERYBODY
from audit.review.people import names_of
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event

APPROVE = Permission.APPROVE_LOOSENING
SHOWN_DECIDED = 50
LOOKED_BACK_DAYS = 30


@page(APPROVE)
@require_safe
@whole_prefecture(APPROVE)
def loosenings(request: HttpRequest) -> HttpResponse:
    """Those that wait, each with what the rule saw lately; below, the decided ones. One about oneself is not shown."""
    user = person_of(request)
    rows = Loosening.objects.exclude(username=user.username)
    waiting = list(rows.filter(state=Loosening.State.PROPOSED))
    decided = list(rows.exclude(state=Loosening.State.PROPOSED)[:SHOWN_DECIDED])
    subjects = [Subject("loosening", str(one.pk)) for one in (*waiting, *decided)]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "見守りの承認"}, allowed_by=APPROVE.value)
    names = names_of(one.username for one in (*waiting, *decided) if one.username)
    context = {
        "waiting": [_card(one, names, user) for one in waiting],
        "open": sum(not has_lapsed(one.proposed_at) for one in waiting),
        "decided": [(one, _title(one), names.get(one.username, EVERYBODY)) for one in decided],
    }
    return show(request, "review/loosenings.html", context)


@page(APPROVE)
@require_POST
@whole_prefecture(APPROVE)
def approve(request: HttpRequest, loosening_id: int) -> HttpResponse:
    """A second half done by the first person is refused by `process_exception` (SamePerson)."""
    require_step_up(request)
    row = get_object_or_404(Loosening, pk=loosening_id)
    try:
        tuning.approve(row.pk, person_of(request))
    except (LooseningClosed, RequestStale) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "承認しました。いまから有効です。")
    return redirect("review:loosenings")


@page(APPROVE)
@require_POST
@whole_prefecture(APPROVE)
def withdraw(request: HttpRequest, loosening_id: int) -> HttpResponse:
    require_step_up(request)
    row = get_object_or_404(Loosening, pk=loosening_id)
    try:
        tuning.withdraw(row.pk, person_of(request))
    except LooseningClosed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "申請を取りやめました。見守りは変わりません。")
    return redirect("review:loosenings")


def _card(row: Loosening, names: dict[str, str], user: User) -> dict[str, object]:
    since = timezone.now() - timedelta(days=LOOKED_BACK_DAYS)
    seen = SignalSeen.objects.filter(rule=row.rule, occurred_at__gte=since)
    rule = tuning.described(row.rule)
    return {
        "row": row,
        "title": _title(row),
        "hours": ServiceHours.objects.first() if row.kind == Loosening.Kind.HOURS else None,
        "unit": rule.unit if rule else "",
        "now": thresholds().get(row.rule, rule.standard if rule else None),
        "asked": row.value if row.value is not None else (rule.standard if rule else None),
        "who": names.get(row.username, EVERYBODY),
        "seen": seen.count(),
        "seen_of_person": seen.filter(username=row.username).count() if row.username else None,
        "stale": tuning.APPROVAL.why_stale(row.proposed_by, row.proposed_at),
        "refused": any(tuning.APPROVAL.refuses(one, user) for one in (row.proposed_by, row.username) if one),
    }


def _title(row: Loosening) -> str:
    rule = tuning.described(row.rule)
    return rule.title if rule else row.rule

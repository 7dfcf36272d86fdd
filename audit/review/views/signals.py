"""What the watch looks for: its rules with thresholds and exceptions, and the accesses without a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, page, person_of, require_step_up
from accounts.errors import SamePerson
from accounts.permissions import Permission
from accounts.second_person import has_lapsed
from accounts.views.shared import show
from audit.detection import tuning
from audit.detection.bearing import bears, words_of
from audit.detection.errors import CalendarError, ExceptionUnfit
from audit.detection.hours.drift import Drift
from audit.detection.limits import thresholds
from audit.detection.logins.drifting import drifts
from audit.detection.models import Loosening, SignalException, SignalSeen, UnexplainedAccess
from audit.detection.registry import ALL_RULES, title_of
from audit.detection.rules import Described
from audit.review.forms import EVERYBODY, ExceptionForm, ThresholdForm
from audit.review.identities import printable
from audit.review.loosening_words import change_words
from audit.review.people import names_of
from audit.trail.labels import subject_label
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from web.moments import start_of

VIEW = Permission.VIEW_ALERTS
CHANGE = Permission.JUDGE_ALERT
PER_PAGE = 50
ASKED = "申請しました。警報が減る変更のため、二人目が承認すると有効になります。"
SHOWN_SEEN = 50


@page(VIEW)
@require_safe
def signals(request: HttpRequest) -> HttpResponse:
    """Every rule, with what it raised this month."""
    first = start_of(timezone.localdate().replace(day=1))
    seen = SignalSeen.objects.filter(occurred_at__gte=first).values_list("rule").annotate(number=Count("pk"))
    counts, own = dict(seen), thresholds()
    excepted = set(SignalException.objects.filter(ends_at__gt=timezone.now()).values_list("rule", flat=True))
    lines = [(rule, own.get(rule.id), counts.get(rule.id, 0), rule.id in excepted) for rule in ALL_RULES]
    context = {"lines": lines, "excepted": len(excepted), "drifts": _drifts(person_of(request).username)}
    record_access(Event.READ_LIST_SHOWN, detail={"一覧": "見守りの規則"}, allowed_by=VIEW.value)
    return show(request, "review/signals.html", context)


@page(VIEW)
@require_safe
def signal(request: HttpRequest, rule_id: str) -> HttpResponse:
    return _shown(request, _rule(rule_id))


@page(CHANGE)
@require_POST
def threshold(request: HttpRequest, rule_id: str) -> HttpResponse:
    require_step_up(request)
    rule, form = _rule(rule_id), ThresholdForm(request.POST)
    if form.is_valid():
        try:
            waiting = tuning.set_threshold(rule, form.cleaned_data["value"], person_of(request))
        except CalendarError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, ASKED if waiting else "しきい値を変更しました。")
            return redirect("review:signal", rule_id)
    return _shown(request, rule, threshold_form=form)


@page(CHANGE)
@require_POST
def exception_new(request: HttpRequest, rule_id: str) -> HttpResponse:
    require_step_up(request)
    user = person_of(request)
    rule, form = _rule(rule_id), ExceptionForm(user, rule_id, request.POST)
    if form.is_valid():
        try:
            words = form.cleaned_data["words"].strip() if rule.has_words else ""
            tuning.ask_exception(rule.id, form.person(), form.ends(), form.cleaned_data["reason"].strip(), user, words)
        except ExceptionUnfit as error:
            form.add_error(error.field, str(error))
        except SamePerson as error:
            form.add_error("username", str(error))
        else:
            messages.success(request, ASKED)
            return redirect("review:signal", rule_id)
    return _shown(request, rule, exception_form=form)


@page(CHANGE)
@require_POST
def exception_end(request: HttpRequest, exception_id: int) -> HttpResponse:
    require_step_up(request)
    made = get_object_or_404(SignalException, pk=exception_id)
    try:
        tuning.end_exception(made, person_of(request))
    except SamePerson as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "例外を終えました。")
    return redirect("review:signal", made.rule)


@page(VIEW)
@require_safe
def unexplained(request: HttpRequest) -> HttpResponse:
    """Accesses for which our own data know no reason, the oddest first. One's own are left out: others look at them."""
    user = person_of(request)
    found = UnexplainedAccess.objects.exclude(username=user.username)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    subjects = [Subject(row.kind, row.subject) for row in rows]
    record_access(
        Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "理由の分からない閲覧"}, allowed_by=VIEW.value
    )
    names, ids = names_of(row.username for row in rows), printable(subjects, user)
    lines = [
        (row, names[row.username], subject_label(row.kind), ids.get(Subject(row.kind, row.subject), row.subject))
        for row in rows
    ]
    return show(request, "review/unexplained.html", {"page": rows, "lines": lines})


def _drifts(own: str) -> list[tuple[str, Drift]]:
    """Whose hours have moved, in words; one's own are for others to look at."""
    found = [one for one in drifts() if one.username != own]
    names = names_of(one.username for one in found if one.username)
    return [(names.get(one.username, one.username) if one.username else "団体全体", one.drift) for one in found]


def _rule(rule_id: str) -> Described:
    found = tuning.described(rule_id)
    if found is None:
        raise Http404
    return found


def _shown(
    request: HttpRequest,
    rule: Described,
    *,
    threshold_form: ThresholdForm | None = None,
    exception_form: ExceptionForm | None = None,
) -> HttpResponse:
    user = person_of(request)
    own = thresholds().get(rule.id)
    exceptions = list(SignalException.objects.filter(rule=rule.id)[:PER_PAGE])
    seen = list(SignalSeen.objects.filter(rule=rule.id).exclude(username=user.username)[:SHOWN_SEEN])
    asked = Loosening.objects.filter(rule=rule.id, state=Loosening.State.PROPOSED)
    waiting = list(asked.exclude(username=user.username))  # one about oneself is for others to know of
    subjects = [Subject("exception", str(one.pk)) for one in exceptions]
    subjects += [Subject("loosening", str(one.pk)) for one in waiting]
    about = [one.username for one in exceptions] + [one.username for one in waiting] + [one.username for one in seen]
    names = names_of(username for username in about if username)
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": title_of(rule.id)}, allowed_by=VIEW.value)
    now = timezone.now()
    context = {
        "rule": rule,
        "own": own,
        "exceptions": [(one, names.get(one.username, EVERYBODY), one.ends_at > now) for one in exceptions],
        "waiting": [(one, change_words(one, names)) for one in waiting],
        "open": sum(not has_lapsed(one.proposed_at) for one in waiting),
        "seen": [(one, names.get(one.username, one.username)) for one in seen],
        "may_change": may(user, CHANGE),
        "may_approve": may(user, Permission.APPROVE_LOOSENING),
        "threshold_form": threshold_form or ThresholdForm(initial={"value": own}),
        "exception_form": exception_form or ExceptionForm(user, rule.id),
        "may_except": may(user, CHANGE) and bears(rule.id, "any"),
        "exception_words": words_of(rule.id),
    }
    errors = any(form is not None and form.errors for form in (threshold_form, exception_form))
    return show(request, "review/signal.html", context, status=400 if errors else 200)

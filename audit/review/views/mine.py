"""私への照会: what any signed-in person is asked about their own log-ins, and the page to answer it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import page, person_of
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review import queries, services
from audit.review.errors import ReviewError, TextUnfit
from audit.review.forms import AnswerForm
from audit.review.models import Alert
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event

VIEW = Permission.VIEW_HOME


@page(VIEW)
@require_safe
def my_alerts(request: HttpRequest) -> HttpResponse:
    mine = list(queries.asked_of(person_of(request)))
    subjects = [Subject("alert", str(alert.pk)) for alert in mine]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "私への照会"}, allowed_by=VIEW.value)
    waiting = [alert for alert in mine if alert.state == Alert.State.ASKED]
    done = [alert for alert in mine if alert.state != Alert.State.ASKED]
    return show(request, "review/my_alerts.html", {"waiting": waiting, "done": done, "stands_apart": True})


@page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def my_alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The question, and the answer. Somebody else's alert, or one that asks nothing, does not exist here (404)."""
    user = person_of(request)
    alert = get_object_or_404(queries.asked_of(user), pk=alert_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data
            services.answer(alert.pk, user, was_me=values["was_me"] == "yes", reason=values["reason"])
        except ReviewError as error:
            form.add_error("reason" if isinstance(error, TextUnfit) else None, str(error))
        else:
            messages.success(request, "回答を受け付けました。ありがとうございました。")
            return redirect("review:my_alerts")
    record_access(Event.READ_ALERT_SHOWN, subjects=[Subject("alert", str(alert.pk))], allowed_by=VIEW.value)
    steps = alert.steps.filter(to_state__in=(Alert.State.ASKED, Alert.State.ANSWERED))
    context = {
        "alert": alert,
        "at": timezone.localtime(alert.occurred_at),
        "letters": steps,
        "form": form,
        "is_waiting": alert.state == Alert.State.ASKED,
        "stands_apart": True,
    }
    return show(request, "review/my_alert.html", context, status=400 if form.errors else 200)

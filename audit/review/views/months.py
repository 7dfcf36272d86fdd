"""月次点検: the months to close, one month in figures, and the signed page."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import may, page, person_of, require_permission, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.errors import ReviewError
from audit.review.forms import FindingForm
from audit.review.models import Alert, MonthlyReview
from audit.review.month_strip import following_month, previous_month
from audit.review.months import document
from audit.review.months.closing import close_month, first_month, open_months, read_signed
from audit.review.months.figures import sections_of
from audit.review.queries import alerts_of_month
from audit.trail.leaving import taken
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from web.components import Bar
from web.dates import to_wareki

VIEW = Permission.VIEW_ALERTS
CHARTED = 12
"""Months in the picture of the list."""


@page(VIEW)
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    record_access(Event.READ_LIST_SHOWN, detail={"一覧": "月次点検"}, allowed_by=VIEW.value)
    context = {
        "open": [(month, _name(month)) for month in open_months(today)],
        "closed": [(review, _name(review.month)) for review in MonthlyReview.objects.all()],
        "bars": [Bar(_name(month), alerts_of_month(month).count()) for month in _charted(today)],
    }
    return show(request, "review/months.html", context)


@page(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def month(request: HttpRequest, month: date) -> HttpResponse:
    """The figures of a month: as signed once it is closed, as they stand before."""
    user = person_of(request)
    if month > timezone.localdate():
        raise Http404
    review = MonthlyReview.objects.filter(month=month).first()
    form = FindingForm(request.POST or None)
    if request.method == "POST":
        require_permission(user, Permission.JUDGE_ALERT)
        require_step_up(request)
        if form.is_valid():
            try:
                close_month(month, user, form.cleaned_data["finding"])
            except ReviewError as error:
                form.add_error("finding", str(error))
            else:
                messages.success(request, f"{_name(month)}の点検に署名しました。")
                return redirect("review:month", f"{month:%Y-%m}")
    subjects = [Subject("month", f"{month:%Y-%m}")]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": "月次点検"}, allowed_by=VIEW.value)
    signed = read_signed(review) if review else None
    context = {
        "month": month,
        "name": _name(month),
        "review": review,
        "signed": signed,
        "sections": signed.sections if signed else sections_of(month),
        "is_over": following_month(month) <= timezone.localdate(),
        "is_before": month < first_month(),
        "open_alerts": alerts_of_month(month).exclude(state=Alert.State.CLOSED).count(),
        "may_close": may(user, Permission.JUDGE_ALERT),
        "form": form,
    }
    return show(request, "review/month.html", context, status=400 if form.errors else 200)


@page(VIEW)
@require_safe
def month_pdf(request: HttpRequest, month: date) -> HttpResponse:
    require_step_up(request)
    review = get_object_or_404(MonthlyReview, month=month)
    made = document.pdf(review, person_of(request).display_name)
    subjects = [Subject("month", f"{month:%Y-%m}")]
    record_access(
        Event.PRINT_REPORT_MADE, subjects=subjects, detail={"帳票": "月次点検", **taken(0)}, allowed_by=VIEW.value
    )
    response = HttpResponse(made, content_type=document.MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    response["Content-Disposition"] = content_disposition_header(True, document.file_name(review)) or "attachment"
    return response


def _charted(today: date) -> list[date]:
    found = [today.replace(day=1)]
    while len(found) < CHARTED:
        found.append(previous_month(found[-1]))
    return found[::-1]


def _name(month: date) -> str:
    return to_wareki(month).removesuffix("1日")

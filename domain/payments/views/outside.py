"""管理外学校支給額: the list of the year, one line to add, one to take back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page, require_school
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.late import FIELD as LATE
from domain.payments.expenses.late import SCHOOL, by_board
from domain.payments.forms import LateReasonForm, OutsideForm
from domain.payments.items import items_of
from domain.payments.models import OutsideGrant
from domain.payments.outside import counting_in, enter_outside, remove_outside
from domain.payments.queries.scope import of_schools
from domain.payments.views.shared import may_be_late, show_refusal, working_year

PER_PAGE = 50


@page(Permission.ENTER_EXPENSE)
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest) -> HttpResponse:
    """What pupils brought along this year, and a line to add."""
    user, year = user_of(request), working_year()
    items = items_of(year)
    late = may_be_late(user)
    form = OutsideForm(user, items, request.POST or None, may_be_late=late)
    if request.method == "POST" and form.is_valid() and form.pupil is not None:
        require_school(user, form.cleaned_data["school"].code, Permission.ENTER_EXPENSE)
        try:
            made = enter_outside(form.pupil, year, form.facts(), right=form.right())
        except ExpenseRefused as refusal:
            show_refusal(form, refusal)
        else:
            name = form.pupil.name
            messages.success(request, f"{name}さんの{items.title(made.item)}の管理外学校支給額を登録しました。")
            return redirect("payments:outside")
    wanted = OutsideGrant.objects.filter(of_schools(user, "pupil__school"), counting_in(year))
    wanted = wanted.select_related("pupil__school").order_by("pupil__school__code", "pupil__student_number", "item")
    found = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    record_access(
        Event.READ_EXPENSE_SHOWN,
        subjects=[Subject("pupil", str(pk)) for pk in sorted({row.pupil_id for row in found})],
        detail={"found": found.paginator.count},
        allowed_by=Permission.ENTER_EXPENSE.value,
    )
    rows = [(row, items.title(row.item)) for row in found]
    context = {"form": form, "year": year, "page": found, "rows": rows, "may_be_late": late}
    return render(request, "payments/outside.html", context)


@page(Permission.ENTER_EXPENSE)
@require_POST
def remove(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take one line back."""
    rows = OutsideGrant.objects.filter(of_schools(user_of(request), "pupil__school"), pk=grant_id)
    found = rows.select_related("pupil__school").first()
    if found is None:
        raise Http404("管理外学校支給額がありません")
    require_school(user_of(request), found.pupil.school.code, Permission.ENTER_EXPENSE)
    form = LateReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors[LATE][0]))
        return redirect("payments:outside")
    right = by_board(form.cleaned_data[LATE]) if may_be_late(user_of(request)) else SCHOOL
    try:
        remove_outside(found, right=right)
    except ExpenseRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "管理外学校支給額を取り消しました。次の計算から、限度額に数えません。")
    return redirect("payments:outside")

"""学校: the prefecture's schools, each registered, renamed and closed here, or all at once from a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page
from accounts.permissions import Permission
from domain.households.models import School
from domain.households.roster.workbook.blank import blank_workbook
from domain.households.schools import keeping
from domain.households.schools.forms import KeptListForm, NewSchoolForm, SchoolForm, SchoolListForm, kept
from domain.households.schools.keeping import SchoolRefused
from domain.households.schools.layout import LAYOUT_VERSION, SCHOOLS
from domain.households.schools.reading import SchoolFacts, SchoolsReading, department_words, read_schools
from domain.households.views.shared import whole_prefecture, workbook_answer
from web.states import Tone

PERMISSION = Permission.MANAGE_SCHOOLS
TOOK_NOTHING = "一覧からは何も取り込んでいません。"
ACTS = {
    keeping.NEW: ("新規", Tone.DONE),
    keeping.CHANGED: ("変更", Tone.HALF),
    keeping.SAME: ("同じ", Tone.NEUTRAL),
}


@page(PERMISSION)
@whole_prefecture(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def schools(request: HttpRequest) -> HttpResponse:
    """All schools; a POST registers one more."""
    form = NewSchoolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.register(form.facts(form.cleaned_data["code"]))
        except SchoolRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"{made.name}を登録しました。")
            return redirect("households:schools")
    return _list(request, form, SchoolListForm())


@page(PERMISSION)
@whole_prefecture(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def school(request: HttpRequest, school_id: int) -> HttpResponse:
    """One school: name, departments, first and last day."""
    found = get_object_or_404(_counted(), pk=school_id)
    form = SchoolForm(request.POST if request.method == "POST" else None, initial=SchoolForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            keeping.change(found, form.facts(found.code))
        except SchoolRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['name']}の登録を保存しました。")
            return redirect("households:schools")
    context = {"school": found, "form": form}
    return render(request, "households/school.html", context, status=422 if form.errors else 200)


@page(PERMISSION)
@whole_prefecture(PERMISSION)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a list would do; nothing is written yet."""
    form = SchoolListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, NewSchoolForm(), form)
    reading = read_schools(form.cleaned_data["file"].read())
    known = {one.code: one for one in School.objects.filter(code__in=[row.code for row in reading.rows])}
    rows = [
        (row, department_words(row.departments), *ACTS[keeping.act_of(row, known.get(row.code))])
        for row in reading.rows
    ]
    context = {
        "rows": rows,
        "problems": reading.problems,
        "wrong": reading.wrong,
        "form": KeptListForm(initial={"rows": kept(reading.rows)}),
        "may_take": bool(reading.rows) and not reading.wrong,
    }
    return render(request, "households/school_preview.html", context, status=422 if reading.wrong else 200)


@page(PERMISSION)
@whole_prefecture(PERMISSION)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take a previewed list in: all of it or nothing."""
    try:
        done = keeping.take_in(_kept_rows(KeptListForm(request.POST)))
    except ValidationError as error:
        messages.error(request, f"{error.messages[0]}{TOOK_NOTHING}")
    except SchoolRefused as refusal:
        messages.error(request, f"{refusal}{TOOK_NOTHING}")
    else:
        messages.success(
            request,
            f"学校を取り込みました。新規 {done[keeping.NEW]}校、変更 {done[keeping.CHANGED]}校、同じ {done[keeping.SAME]}校。",
        )
    return redirect("households:schools")


@page(PERMISSION)
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """The form of the list, to be filled."""
    return workbook_answer(blank_workbook("学校の一覧", LAYOUT_VERSION, (SCHOOLS,)), "学校一覧様式.xlsx")


def _kept_rows(form: KeptListForm) -> Sequence[SchoolFacts]:
    reading: SchoolsReading | None = form.reading() if form.is_valid() else None
    if reading is None or reading.wrong or not reading.rows:
        raise ValidationError("一覧をもう一度選び直してください。")
    return reading.rows


def _list(request: HttpRequest, form: NewSchoolForm, list_form: SchoolListForm) -> HttpResponse:
    today = timezone.localdate()
    rows = [
        (one, department_words(one.departments), one.closed_on is not None and one.closed_on < today)
        for one in _counted()
    ]
    context: dict[str, Any] = {"rows": rows, "form": form, "list_form": list_form}
    wrong = bool(form.errors or list_form.errors)
    return render(request, "households/schools.html", context, status=422 if wrong else 200)


def _counted() -> QuerySet[School]:
    """By code, with the number of pupils who attend (`attending`); counting drops the order of the model."""
    return School.objects.annotate(attending=Count("pupils", filter=Q(pupils__left_on=None))).order_by("code")

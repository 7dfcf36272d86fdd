"""世帯員の異動: who joins or leaves a household, and 転入 of a child at a school."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households import changing, moving, queries
from domain.households.changing import StatusRefused
from domain.households.extras import effects_from
from domain.households.forms import EnrolForm, MemberForm, MemberMoveForm
from domain.households.models import Household, Member, Pupil
from domain.households.moving import MoveOfMemberRefused
from domain.households.views.shared import user_of
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label, to_wareki

PERMISSION = Permission.IMPORT_ROSTER


@page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, household_id: int) -> HttpResponse:
    """Who belongs to the household when; a POST adds somebody who joins, after it said what that touches."""
    household = queries.find_household(user_of(request), household_id, PERMISSION)
    form = MemberForm(request.POST if request.method == "POST" else None)
    asked = False
    if request.method == "POST" and form.is_valid():
        asked = "confirmed" not in request.POST
        if not asked and _added(request, household, form):
            return redirect("households:members", household.pk)
    _note(household)
    day = _base_day()
    rows = [(one, _counts(one, day)) for one in household.members.prefetch_related("enrolments__school")]
    context = {
        "household": household,
        "rows": rows,
        "legal_day": day,
        "form": form,
        "asked": asked,
        "effects": _effects(household, form.cleaned_data.get("joined_on"), day) if asked else [],
    }
    return render(request, "households/members.html", context, status=422 if form.errors else 200)


def _added(request: HttpRequest, household: Household, form: MemberForm) -> bool:
    try:
        moving.add_member(household, **form.cleaned_data)
    except MoveOfMemberRefused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "構成員を加えました。")
    return True


@page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """One member: joined and left."""
    found = queries.find_member(user_of(request), member_id, PERMISSION)
    known = {"joined_on": found.joined_on, "left_on": found.left_on}
    form = MemberMoveForm(request.POST if request.method == "POST" else None, initial=known)
    day, asked, effects = _base_day(), False, list[str]()
    if request.method == "POST" and form.is_valid():
        asked = "confirmed" not in request.POST
        moved = {name: form.cleaned_data[name] for name in known}
        if asked:
            touched = [one for name, one in moved.items() if one is not None and one != known[name]]
            touched += [one for name, one in known.items() if one is not None and one != moved[name]]
            effects = _effects(found.household, min(touched, default=None), day)
        else:
            try:
                moving.move_member(found, **form.cleaned_data)
            except MoveOfMemberRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "異動を記録しました。")
                return redirect("households:members", found.household_id)
    _note(found.household)
    context: dict[str, Any] = {"member": found, "form": form, "asked": asked, "effects": effects, "legal_day": day}
    return render(request, "households/member.html", context, status=422 if form.errors else 200)


@page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, member_id: int) -> HttpResponse:
    """転入 at a school of the person's."""
    user = user_of(request)
    found = queries.find_member(user, member_id, PERMISSION)
    form = EnrolForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = changing.enrol(
                found, data["school"], data["student_number"], data["first_day"], form.facts(), data["reason"]
            )
        except StatusRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{made.school.name}への転入を記録しました。")
            return redirect("households:status", made.pk)
    _note(found.household)
    enrolments = Pupil.objects.filter(member=found).select_related("school").order_by("enrolled_on")
    context = {"member": found, "form": form, "enrolments": list(enrolments)}
    return render(request, "households/enrol.html", context, status=422 if form.errors else 200)


def _effects(household: Household, day: datetime.date | None, legal_day: datetime.date) -> list[str]:
    """What the year's decision looks at, then what was done already."""
    if day is None:
        return ["変わるところはありません。"]
    year = require_prefecture().working_year
    counted = (
        f"前年末日（{to_wareki(legal_day)}）の世帯員が変わるため、{fiscal_year_label(year)}の調書の算定に影響します。"
        if day <= legal_day
        else f"前年末日（{to_wareki(legal_day)}）より後の異動のため、{fiscal_year_label(year)}の算定の世帯員は変わりません。"
        "異動を理由に再判定をすると、適用日の世帯員を数えます。"
    )
    pupils = Pupil.objects.filter(member__household=household).values_list("pk", flat=True)
    return [counted, *effects_from(list(pupils), day)]


def _counts(member: Member, day: datetime.date) -> bool:
    return member.born <= day and member.belongs_on(day)


def _base_day() -> datetime.date:
    """前年末日 of the working year."""
    return datetime.date(require_prefecture().working_year - 1, 12, 31)


def _note(household: Household) -> None:
    subjects = [Subject("household", str(household.pk))]
    record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=subjects, allowed_by=PERMISSION.value)

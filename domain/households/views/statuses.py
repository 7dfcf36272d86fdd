"""状況の変更: the history of a pupil, a change from a date, 転出, and putting a row right.

Every act is asked twice: the first answer names what was already done with what held, the second saves.
"""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households import changing, queries
from domain.households.changing import FACTS, StatusRefused
from domain.households.extras import effects_from
from domain.households.forms import LeavingForm, StatusForm, StatusFromForm, WithdrawForm
from domain.households.models import Pupil, StatusPeriod
from domain.households.views.shared import user_of

NOTHING_DONE = "この日より後に、算定・決定・支給をしたものはありません。"


@page(Permission.IMPORT_ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """The history and two acts on it: a change (act=change) and 転出 (act=leave)."""
    pupil = queries.find_pupil(user_of(request), pupil_id, Permission.IMPORT_ROSTER)
    act = request.POST.get("act", "")
    change = StatusFromForm(request.POST if act == "change" else None, initial=_present(pupil), auto_id="change_%s")
    leaving = LeavingForm(request.POST if act == "leave" else None, auto_id="leave_%s")
    form: forms.Form = leaving if act == "leave" else change
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["last_day" if act == "leave" else "starts_on"]
        if "confirmed" not in request.POST:
            first = day + datetime.timedelta(days=1) if act == "leave" else day
            return _show(request, pupil, change, leaving, asked=act, effects=effects_from([pupil.pk], first))
        try:
            if act == "leave":
                changing.leave(pupil, day, form.cleaned_data["reason"])
            else:
                changing.change_status(pupil, day, change.facts(), form.cleaned_data["reason"])
        except StatusRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "状況を記録しました。前の行は履歴に残っています。")
            return redirect("households:status", pupil.pk)
    return _show(request, pupil, change, leaving)


def _show(
    request: HttpRequest,
    pupil: Pupil,
    change: StatusFromForm,
    leaving: LeavingForm,
    asked: str = "",
    effects: list[str] | None = None,
) -> HttpResponse:
    _note(pupil)
    context = {
        "pupil": pupil,
        "present": _last(pupil),
        "rows": _history(pupil),
        "change": change,
        "leaving": leaving,
        "asked": asked,
        "effects": effects or [NOTHING_DONE],
        "wrong": leaving if leaving.errors else change,
    }
    return render(request, "households/status.html", context, status=422 if change.errors or leaving.errors else 200)


@page(Permission.IMPORT_ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, period_id: int) -> HttpResponse:
    """One row: another in its place (act=correct), or none (act=withdraw)."""
    period = queries.find_period(user_of(request), period_id, Permission.IMPORT_ROSTER)
    act = request.POST.get("act", "")
    facts = {name: getattr(period, name) for name in FACTS}
    form = StatusForm(request.POST if act == "correct" else None, initial=facts, auto_id="correct_%s")
    withdrawal = WithdrawForm(request.POST if act == "withdraw" else None, auto_id="withdraw_%s")
    used: forms.Form = withdrawal if act == "withdraw" else form
    confirmed = "confirmed" in request.POST
    if request.method == "POST" and used.is_valid() and confirmed:
        try:
            if act == "withdraw":
                changing.withdraw_status(period, used.cleaned_data["reason"])
            else:
                changing.correct_status(period, form.facts(), used.cleaned_data["reason"])
        except StatusRefused as error:
            used.add_error(None, str(error))
        else:
            messages.success(request, "直しました。前の行は取消しとして履歴に残っています。")
            return redirect("households:status", period.pupil_id)
    _note(period.pupil)
    context = {
        "pupil": period.pupil,
        "period": period,
        "form": form,
        "withdrawal": withdrawal,
        "asked": act if used.is_bound and not used.errors else "",
        "effects": effects_from([period.pupil_id], period.starts_on) or [NOTHING_DONE],
        "wrong": used,
    }
    return render(request, "households/correct_status.html", context, status=422 if used.errors else 200)


def _present(pupil: Pupil) -> dict[str, Any]:
    last = _last(pupil)
    return {} if last is None else {name: getattr(last, name) for name in FACTS}


def _last(pupil: Pupil) -> StatusPeriod | None:
    return pupil.periods.order_by("-starts_on").first()


def _history(pupil: Pupil) -> list[StatusPeriod]:
    """Newest first, voided rows beside those that replaced them."""
    return list(StatusPeriod.everything.filter(pupil=pupil).order_by("-starts_on", "-pk"))


def _note(pupil: Pupil) -> None:
    subjects = [Subject("pupil", str(pupil.pk)), Subject("household", str(pupil.member.household_id))]
    record_access(Event.READ_PUPIL_SHOWN, subjects=subjects, allowed_by=Permission.IMPORT_ROSTER.value)

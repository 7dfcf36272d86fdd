"""進達: the principal's one page."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_school
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.households.views.shared import user_of
from domain.statements import services
from domain.statements.models import Statement
from domain.statements.presentation import states
from domain.statements.queries import forwarding, scope
from domain.statements.views.shared import subjects


class CountChanged(Exception):
    """`statements.count-changed`: what is about to be done is no longer what the person saw."""

    identifier = "statements.count-changed"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(
            f"画面を開いた後に件数が変わりました（{seen}件→{now}件）。まだ何も行っていません。内容を確かめてください。"
        )


@page(Permission.FORWARD_STATEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    schools = scope.schools_of(user, Permission.FORWARD_STATEMENT)
    if request.method == "POST":
        return _forward(request, _school(user, request.POST.get("school", "")))
    code = request.GET.get("school", "")
    if not code and len(schools) != 1:
        counts = forwarding.counts_by_school(schools, scope.working_year())
        return render(request, "statements/forward_schools.html", {"counts": counts})
    return _show(request, _school(user, code) if code else schools[0], several=len(schools) > 1)


def _school(user: User, code: str) -> School:
    require_school(user, code, Permission.FORWARD_STATEMENT)
    return get_object_or_404(School, code=code)


def _show(request: HttpRequest, school: School, *, several: bool) -> HttpResponse:
    year = scope.working_year()
    left = forwarding.left_behind(school, year)
    detail: dict[str, JSON] = {"list": "left_behind", "school": school.code, "count": len(left)}
    allowed_by = Permission.FORWARD_STATEMENT.value
    seen = subjects(row.pk for row in left)
    record_access(Event.READ_LIST_SHOWN, subjects=seen, detail=detail, allowed_by=allowed_by)
    context = {
        "school": school,
        "several": several,
        "ready": forwarding.ready_of(school, year),
        "left": [(row, Statement.State(row.state), states.tone(row.state)) for row in left],
        "most_shown": forwarding.MOST_SHOWN,
    }
    return render(request, "statements/forward.html", context)


def _forward(request: HttpRequest, school: School) -> HttpResponse:
    seen = request.POST.get("count", "")
    try:
        with transaction.atomic():
            moved = services.forward(school, scope.working_year(), user_of(request))
            if str(moved) != seen:
                raise CountChanged(int(seen) if seen.isdigit() else 0, moved)
    except CountChanged as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{school.name}の調書 {moved}件を進達しました。")
    return redirect(f"{reverse('statements:forward')}?school={school.code}")

"""進達: the principal's one page."""

from __future__ import annotations

from collections.abc import Sequence

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
from domain.statements.queries import forwarding, scope, seen
from domain.statements.queries.seen import Changed
from domain.statements.views.shared import subjects


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
        going, staying = sum(each[1] for each in counts), sum(each[2] for each in counts)
        return render(
            request, "statements/forward_schools.html", {"counts": counts, "going": going, "staying": staying}
        )
    return _show(request, _school(user, code) if code else schools[0], several=len(schools) > 1)


def _school(user: User, code: str) -> School:
    require_school(user, code, Permission.FORWARD_STATEMENT)
    return get_object_or_404(School, code=code)


def _show(
    request: HttpRequest, school: School, *, several: bool, changed: Sequence[Changed] = (), status: int = 200
) -> HttpResponse:
    year = scope.working_year()
    shown = seen.stamp(forwarding.shown_of(school, year))  # before the counts: what comes in between is noticed
    left = forwarding.left_behind(school, year)
    detail: dict[str, JSON] = {"list": "left_behind", "school": school.code, "count": len(left)}
    allowed_by = Permission.FORWARD_STATEMENT.value
    about = subjects({*(row.pk for row in left), *(row.pk for row in changed)})
    record_access(Event.READ_LIST_SHOWN, subjects=about, detail=detail, allowed_by=allowed_by)
    context = {
        "school": school,
        "several": several,
        "ready": forwarding.ready_of(school, year),
        "left": [(row, Statement.State(row.state), states.tone(row.state)) for row in left],
        "most_shown": forwarding.MOST_SHOWN,
        "shown": shown,
        "changed": changed,
    }
    return render(request, "statements/forward.html", context, status=status)


def _forward(request: HttpRequest, school: School) -> HttpResponse:
    """Only what was shown: the same 調書 on the same computations."""
    year = scope.working_year()
    with transaction.atomic():
        forwarding.hold(school, year)
        now = forwarding.shown_of(school, year)
        if now and seen.digest_of(now) == request.POST.get("seen"):
            moved = services.forward(school, year, user_of(request), [pk for pk, _ in now])
            messages.success(request, f"{school.name}の調書 {moved}件を進達しました。")
            return redirect(f"{reverse('statements:forward')}?school={school.code}")
    messages.error(request, _refusal(request.POST.get("count", ""), len(now)))
    changed = forwarding.changed_since(school, year, seen.moment(request.POST.get("seen_at", "")))
    several = len(scope.schools_of(user_of(request), Permission.FORWARD_STATEMENT)) > 1
    return _show(request, school, several=several, changed=changed, status=422)


def _refusal(before: str, now: int) -> str:
    what = f"件数が変わりました（{before or 0}件→{now}件）"
    if before == str(now):
        what = "内容（区分や調書）が変わりました（件数は同じです）"
    return f"画面を開いた後に{what}。まだ何も進達していません。変わったところを確かめて、もう一度進達してください。"

"""The home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.models import User
from accounts.permissions import Permission
from audit.review.board import board_of
from config import second_halves
from config.home import counts, progress, sections
from config.home.work import live_jobs
from config.home.year import year_strip
from domain.households.models import School
from domain.households.views.shared import user_of


@page(Permission.VIEW_HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Counts only, of which nothing is written into the trail; but for who watches, whose open alerts say about whom they are."""
    user = user_of(request)
    permissions: frozenset[Permission] = request.permissions  # type: ignore[attr-defined]  # set by the guard
    question, reminders = sections.questions(user), sections.reminders(user, permissions)
    context: dict[str, Any] = {
        "question": question,
        "reminders": reminders,
        "work": sections.to_decide(second_halves.of_request(request)),
    }
    if Permission.VIEW_HOUSEHOLD in permissions:
        year = _year(user, permissions)
        context |= year | {"work": [*year["work"], *context["work"]]}
    asked = [*([question] if question else []), *reminders]
    context["waiting"] = sum(task.count for task in [*context["work"], *asked])
    if Permission.VIEW_ALERTS in permissions:
        context |= {"alerts": sections.alerts(user), "board": board_of(user)}
    if Permission.MANAGE_USERS in permissions:
        context["users"] = sections.users()
    may_manage_schools = Permission.MANAGE_SCHOOLS in permissions
    if may_manage_schools or "strip" in context:
        context |= {"no_school": not _any_school(context), "may_manage_schools": may_manage_schools}
    if Permission.VIEW_JOBS in permissions:
        context["jobs"] = live_jobs(user)
    return render(request, "config/home.html", context)


def _any_school(context: dict[str, Any]) -> bool:
    return bool(context["schools"]) if "schools" in context else School.objects.exists()


def _year(user: User, permissions: frozenset[Permission]) -> dict[str, Any]:
    schools, inquiries = counts.schools(user), counts.inquiries(user)
    left_out = counts.rosters_left_out(user)
    rosters = counts.rosters(user)
    work = sections.rosters(permissions, schools, rosters) + sections.my_work(user, permissions, schools, left_out)
    if Permission.REVIEW_MATCH in permissions:
        work.append(sections.comparing(inquiries))
    context: dict[str, Any] = {
        "schools": schools,
        "strip": year_strip(user, permissions, schools, inquiries, left_out, rosters.taken),
        "work": work,
    }
    if Permission.EDIT_STATEMENT in permissions or Permission.RUN_LINKAGE in permissions:
        context["stuck"] = sections.stuck(user, permissions, inquiries)
    if Permission.REVIEW_STATEMENT in permissions:
        lines = progress.lines(schools)
        titles = [title for title, _ in progress.COLUMNS]
        context |= {"lines": lines, "titles": titles, "totals": progress.totals(lines) if lines else []}
    return context

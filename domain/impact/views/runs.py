"""影響試算: asking for a run, what it found, who moves and why, the workbook, removing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.entries import JSON, Entry
from audit.trail.leaving import taken
from audit.trail.parts import record_access_parts
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import is_poll, progress_answer, unfinished, whole_prefecture
from domain.impact import choosing, presenting, queries, services
from domain.impact.errors import ImpactRefused
from domain.impact.forms import RunForm
from domain.impact.models import ImpactRun
from domain.impact.replays import open_findings
from domain.impact.workbook import MEDIA_TYPE, workbook_of
from domain.rules.impact import Direction, Place
from domain.statements.figures import FiguresNotChosen
from domain.yearpacks.models import Revision
from tenants.core.context import require_prefecture

PER_PAGE = 50
CATEGORIES = ImpactRun.Mode.CATEGORIES


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Runs there are, and the form for a new one. Counts and names of packs only: no person's data."""
    year = int(require_prefecture().working_year)
    asked = {"choice": request.GET.get("choice", "")}
    form = RunForm(request.POST if request.method == "POST" else None, initial=asked, fiscal_year=year)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.start_run(form.cleaned_data["mode"], form.cleaned_data["choice"], year)
        except (ImpactRefused, FiguresNotChosen) as refusal:
            form.add_error("choice", str(refusal))
        except Revision.DoesNotExist:
            form.add_error("choice", "選んだ改訂がなくなりました。選び直してください。")
        else:
            return redirect("impact:run", run.pk)
    runs = Paginator(ImpactRun.objects.defer("summary"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": runs, "year": year, "open_findings": open_findings()}
    return render(request, "impact/list.html", context, status=422 if form.errors else 200)


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """What a run found: counts and sums, no person's data."""
    found = get_object_or_404(ImpactRun, pk=run_id)
    job = services.job_of(found)
    if is_poll(request) and job is not None:
        return progress_answer(request, job)
    context: dict[str, Any] = {
        "run": found,
        "job": unfinished(job),
        "kept_days": services.KEPT_DAYS,
        "by_category": found.mode == CATEGORIES,
        "changed": choosing.changed_since(found),
    }
    return render(request, "impact/run.html", context | (_figures(found) if found.summary else {}))


def _figures(found: ImpactRun) -> dict[str, Any]:
    total = found.summary["total"]
    lines = presenting.cost_lines(found, total)
    missing = found.summary.get("missing", {})
    return {
        "total": presenting.school_line("", "合計", total),
        "movers": total["movers"],
        "needs_changed": total["needs_changed"],
        "unpaid": total["unpaid_lines"],
        "places": presenting.PLACES,
        "cells": presenting.matrix(found, total["moves"]) if found.mode == CATEGORIES else [],
        "bars": presenting.component_bars(found.summary),
        "lines": lines,
        "pairs": presenting.cost_pairs(lines),
        "ledgers": presenting.ledger_pairs(lines),
        "schools": presenting.school_lines(found),
        "missing": missing.get("after", {}),
    }


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def movers(request: HttpRequest, run_id: int) -> HttpResponse:
    """Households that move, with the reason; each leads to its 調書."""
    found = get_object_or_404(ImpactRun.objects.defer("summary"), pk=run_id, mode=CATEGORIES)
    criteria = queries.Criteria.read(request.GET)
    shown = Paginator(queries.movers_of(found, criteria), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(shown)
    _note("impact:movers", [Subject("statement", str(row.statement_id)) for row in rows], criteria.used)
    names = presenting.school_names()
    filters = [
        ("direction", "方向", [(each.value, each.label) for each in Direction], criteria.direction),
        ("before", "今の区分", [(each.value, each.label) for each in Place], criteria.before),
        ("after", "試算の区分", [(each.value, each.label) for each in Place], criteria.after),
        ("school", "学校", list(names.items()), criteria.school),
    ]
    context = {
        "run": found,
        "page": shown,
        "rows": [(row, names.get(row.school_code, row.school_code)) for row in rows],
        "filters": filters,
        "criteria": criteria,
    }
    return render(request, "impact/movers.html", context)


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def payments(request: HttpRequest, run_id: int) -> HttpResponse:
    """誰の、どの経費項目が、何円変わるか."""
    found = get_object_or_404(ImpactRun.objects.defer("summary"), pk=run_id)
    names = presenting.school_names()
    school = request.GET.get("school", "")
    school = school if school in names else ""
    shown = Paginator(queries.payments_of(found, school), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(shown)
    _note("impact:payments", [Subject("pupil", str(row.pupil_id)) for row in rows], ["school"] if school else [])
    ledgers, titles = presenting.ledger_titles(found), presenting.item_titles(found)
    lines = [
        {
            "row": row,
            "school": names.get(row.school_code, row.school_code),
            "item": titles(row.fiscal_year, row.item),
            "ledger": ledgers.get(row.ledger, row.ledger),
            "difference": row.after - row.before,
        }
        for row in rows
    ]
    filters = [("school", "学校", list(names.items()), school)]
    context = {"run": found, "page": shown, "lines": lines, "filters": filters, "used": bool(school)}
    return render(request, "impact/payments.html", context)


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_safe
def workbook(request: HttpRequest, run_id: int) -> HttpResponse:
    """The run as Excel, after the one-time password and its event."""
    require_step_up(request)
    found = get_object_or_404(ImpactRun, pk=run_id)
    if found.finished_at is None:
        messages.error(request, "まだ終わっていないため、書き出せません。")
        return redirect("impact:run", found.pk)
    detail: dict[str, JSON] = {"table": "impact", **taken(found.movers.count() + found.payments.count())}
    allowed = Permission.RUN_IMPACT.value
    whole = Entry(Event.EXPORT_TABLE_MADE, (Subject("impact", str(found.pk)),), detail=detail, allowed_by=allowed)
    record_access_parts(whole, _people_in(found))
    response = HttpResponse(workbook_of(found), content_type=MEDIA_TYPE)
    name = f"{found.get_mode_display()}_{found.pk}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@page(Permission.RUN_IMPACT)
@whole_prefecture(Permission.RUN_IMPACT)
@require_POST
def delete(request: HttpRequest, run_id: int) -> HttpResponse:
    """Remove a run with its rows."""
    found = get_object_or_404(ImpactRun.objects.defer("summary"), pk=run_id)
    services.delete_run(found)
    messages.success(request, "試算の結果を削除しました。決定・支給には影響ありません。")
    return redirect("impact:list")


def _people_in(found: ImpactRun) -> Iterator[Subject]:
    """Everybody of whom the workbook says something."""
    for statement in queries.movers_of(found).values_list("statement_id", flat=True).iterator():
        yield Subject("statement", str(statement))
    for pupil in found.payments.order_by("pupil_id").values_list("pupil_id", flat=True).distinct().iterator():
        yield Subject("pupil", str(pupil))


def _note(of: str, subjects: list[Subject], criteria: list[str]) -> None:
    """Before anything of a person is shown."""
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=subjects,
        detail={"list": of, "criteria": list(criteria), "count": len(subjects)},
        allowed_by=Permission.RUN_IMPACT.value,
    )

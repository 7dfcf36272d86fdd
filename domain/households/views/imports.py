"""名簿取込: hand in a roster, see what became of it, settle what was parked."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may, page, require_school, visible_schools
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households import queries, services
from domain.households.forms import RosterForm
from domain.households.importing.changes import PROTECTED
from domain.households.importing.tally import LABELS, totals
from domain.households.left_out import left_out, numbers_left_out
from domain.households.models import RosterImport, RosterProblem
from domain.households.presenting import change_rows, count_rows, may_decide, problem_rows
from domain.households.received import LEFT_OUT, TAKEN
from domain.households.roster.layout import LAYOUT_VERSION, ROSTER
from domain.households.roster.workbook.blank import blank_workbook
from domain.households.roster.workbook.codes import ABOUT_FORM, Code
from domain.households.roster.workbook.marks import SCHOOL_MARK, YEAR_MARK
from domain.households.views.shared import (
    is_poll,
    progress_answer,
    same_file,
    unfinished,
    user_of,
    workbook_answer,
)
from jobs.services import newest
from tenants.core.context import require_prefecture
from tenants.core.files import DiskFull
from web.dates import fiscal_year_label

PER_PAGE = 50
NOT_TAKEN = "この行は取り込まないと確定しました。登録は変わりません。"
GIVE_UP = "leave"
MOST_NUMBERS = 20
"""世帯番号 named on the page of an import; the table holds the rest."""
_GRAVEST_FIRST = Case(
    *[When(severity=severity, then=Value(place)) for place, severity in enumerate(RosterProblem.Severity)],
    output_field=IntegerField(),
)


@page(Permission.IMPORT_ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form to hand in another one."""
    user = user_of(request)
    posted = request.method == "POST"
    form = RosterForm(user, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        roster = _receive(request, form)
        if roster is not None:
            return redirect("households:import", roster.pk)
    year = require_prefecture().working_year
    found = Paginator(queries.list_imports(user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "imports": found,
        "rows": [_row(roster) for roster in found],
        "year": year,
        "left_out": left_out(year, visible_schools(user, Permission.IMPORT_ROSTER)),
    }
    context["may_manage_schools"] = may(user, Permission.MANAGE_SCHOOLS)
    return render(request, "households/imports.html", context)


@page(Permission.IMPORT_ROSTER)
@require_safe
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: progress, counts, and every row that needs somebody."""
    user = user_of(request)
    roster = queries.find_import(user, import_id)
    job = newest(services.job_key(roster))
    if is_poll(request) and job is not None:
        return progress_answer(request, job)
    problems = queries.single_problems(roster).order_by("settled_at", _GRAVEST_FIRST, "sheet", "row", "id")
    found = Paginator(problems, PER_PAGE).get_page(request.GET.get("page"))
    changed = Paginator(roster.changes.all(), PER_PAGE).get_page(request.GET.get("page"))
    named = queries.named(user, {one.household_number for one in found} | {one.household_number for one in changed})
    subjects = [Subject("roster_import", str(roster.pk)), Subject("school", str(roster.school_id))]
    subjects += [Subject("household", str(pk)) for pk in sorted(named.visible.values())]
    record_access(Event.READ_IMPORT_SHOWN, subjects=subjects, allowed_by=Permission.IMPORT_ROSTER.value)
    numbers = [] if roster.state == RosterImport.State.REFUSED else list(numbers_left_out(roster))
    context = {
        "roster": roster,
        "about_form": roster.problems.filter(code__in=ABOUT_FORM).exists(),
        "other_kind": roster.problems.filter(code=Code.OTHER_KIND).exists(),
        "looked": roster.state == RosterImport.State.LOOKED,
        "again": roster.state == RosterImport.State.LOOKED and job is not None,
        "taken_before": roster.taken_counts is not None,
        "changes": changed,
        "longest": changed if changed.paginator.num_pages > found.paginator.num_pages else found,
        "open_changes": roster.changes.exclude(column=PROTECTED).count(),
        "protected": roster.changes.filter(column=PROTECTED).count(),
        "change_rows": change_rows(list(changed), named.visible, named.protected),
        "job": unfinished(job),
        "labels": LABELS.values(),
        "count_rows": count_rows(roster.counts),
        "totals": totals(roster.counts),
        "problems": found,
        "rows": problem_rows(list(found), named.visible, named.protected, named.elsewhere),
        "missing": numbers[:MOST_NUMBERS],
        "missing_count": len(numbers),
        "folded": queries.folded_problems(user, roster),
        "outcome": roster.outcome(queries.waiting_of(roster)) if roster.state == RosterImport.State.IMPORTED else None,
    }
    return render(request, "households/import.html", context)


@page(Permission.IMPORT_ROSTER)
@require_POST
def take(request: HttpRequest, import_id: int) -> HttpResponse:
    """取り込む or やめる, after the look."""
    roster = queries.find_import(user_of(request), import_id)
    if request.POST.get("decision") == GIVE_UP:
        services.give_up(roster)
        messages.success(request, "この名簿を取り込むのをやめました。登録は変わりません。")
        return redirect("households:imports")
    services.take_roster(roster)
    return redirect("households:import", roster.pk)


@page(Permission.IMPORT_ROSTER)
@require_POST
def settle(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Settle one row that was left out."""
    user = user_of(request)
    problem = queries.find_problem(user, problem_id)
    named = queries.named(user, {problem.household_number})
    try:
        if not may_decide(problem, named.visible, named.elsewhere):
            raise services.CannotSettle
        roster = services.settle(problem, request.POST.get("decision", ""))
    except services.CannotSettle as error:
        messages.error(request, str(error))
    else:
        again = roster.state == RosterImport.State.WAITING
        messages.success(request, "確定しました。名簿をもう一度読んで反映します。" if again else NOT_TAKEN)
    return redirect("households:import", problem.roster_id)


@page(Permission.IMPORT_ROSTER)
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """The form to fill, for the working year and the school of ?school= (学校コード) or the person's only one."""
    schools = queries.open_schools(queries.schools_for(user_of(request), Permission.IMPORT_ROSTER))
    chosen = schools.filter(code=request.GET["school"][:20]).first() if "school" in request.GET else None
    if chosen is None and len(schools[:2]) == 1:
        chosen = schools[0]
    marks = {
        SCHOOL_MARK: chosen.code if chosen else "",
        YEAR_MARK: fiscal_year_label(require_prefecture().working_year),
    }
    return workbook_answer(blank_workbook("名簿", LAYOUT_VERSION, ROSTER, marks), "名簿様式.xlsx")


def _row(roster: RosterImport) -> tuple[RosterImport, str, str, list[int]]:
    """With its state in a word and tone, and the rows by what became of them: as the import's own page counts."""
    word, tone = roster.outcome(queries.waiting_of(roster))
    rows = roster.by_kind()
    return (
        roster,
        word,
        tone.value,
        [sum(rows.get(kind, 0) for kind in TAKEN), *(rows.get(kind, 0) for kind in LEFT_OUT)],
    )


def _receive(request: HttpRequest, form: RosterForm) -> RosterImport | None:
    school, file = form.cleaned_data["school"], form.cleaned_data["file"]
    require_school(user_of(request), school.code, Permission.IMPORT_ROSTER)
    try:
        data, year = file.read(), require_prefecture().working_year
        known, other = services.known_roster(school, data, year), services.elsewhere(school, data)
        since = known.created_at if known else None
        received = services.receive_roster(school, file.name, data, year)
    except DiskFull as error:
        form.add_error("file", str(error.strerror))
        return None
    if other is not None and received.state != RosterImport.State.REFUSED:
        messages.warning(
            request, same_file(other.school, other.created_at, "学校の選び間違いでないか確かめてください。")
        )
    if since is not None:
        looked = received.state == RosterImport.State.LOOKED
        then = "今の登録と比べ直しました。" if looked else "前回の結果を表示しています。"
        messages.info(request, same_file(school, since, then))
    return received

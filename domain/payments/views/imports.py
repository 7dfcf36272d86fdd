"""経費取込: hand in a workbook, see what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, require_school
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.queries import open_schools, schools_for
from domain.households.roster.workbook.blank import blank_workbook
from domain.households.roster.workbook.codes import ABOUT_FORM, SEVERITY_LABELS, Code, Severity
from domain.households.roster.workbook.marks import SCHOOL_MARK, YEAR_MARK
from domain.households.views.shared import is_poll, progress_answer, unfinished, user_of, workbook_answer
from domain.payments import services
from domain.payments.errors import PackUnknown
from domain.payments.expense_sheet.layout import LAYOUT_VERSION, form_for
from domain.payments.expenses.receiving import job_key
from domain.payments.forms import ExpensesFileForm
from domain.payments.items import items_of
from domain.payments.models import ExpenseImport
from domain.payments.queries.scope import find_import, visible_imports
from domain.payments.tasks import COUNT_LABELS
from domain.payments.views.shared import working_year
from jobs.services import newest
from tenants.core.files import DiskFull
from web.dates import fiscal_year_label

PER_PAGE = 50


@page(Permission.ENTER_EXPENSE)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form to hand in another one."""
    user = user_of(request)
    posted = request.method == "POST"
    form = ExpensesFileForm(user, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        received = _receive(request, form)
        if received is not None:
            return redirect("payments:import", received.pk)
    found = Paginator(visible_imports(user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "imports": found,
        "rows": [(received, *_outcome(received), _counts(received)) for received in found],
        "labels": COUNT_LABELS.values(),
        "year": working_year(),
    }
    return render(request, "payments/imports.html", context)


@page(Permission.ENTER_EXPENSE)
@require_safe
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: progress, counts, and every row that was left out."""
    received = find_import(user_of(request), import_id)
    job = newest(job_key(received))
    if is_poll(request) and job is not None:
        return progress_answer(request, job)
    record_access(
        Event.READ_IMPORT_SHOWN,
        subjects=[Subject("expense_import", str(received.pk)), Subject("school", str(received.school_id))],
        allowed_by=Permission.ENTER_EXPENSE.value,
    )
    found = Paginator(received.problems, PER_PAGE).get_page(request.GET.get("page"))
    word, tone = _outcome(received)
    codes = {problem["code"] for problem in received.problems}
    context = {
        "received": received,
        "about_form": bool(codes & ABOUT_FORM),
        "other_kind": Code.OTHER_KIND in codes,
        "word": word,
        "tone": tone,
        "job": unfinished(job),
        "counts": zip(COUNT_LABELS.values(), _counts(received), strict=True),
        "problems": found,
        "rows": [(problem, SEVERITY_LABELS[Severity(problem["severity"])]) for problem in found],
        "left_out": received.state == ExpenseImport.State.IMPORTED and received.waiting,
    }
    return render(request, "payments/import.html", context)


@page(Permission.ENTER_EXPENSE)
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """The form to fill, for the working year and the school of ?school= (学校コード) or the person's only one.

    Columns of facts that no rule of the year asks for are left away; the reader takes them all.
    """
    schools = open_schools(schools_for(user_of(request), Permission.ENTER_EXPENSE))
    chosen = schools.filter(code=request.GET["school"][:20]).first() if "school" in request.GET else None
    if chosen is None and len(schools[:2]) == 1:
        chosen = schools[0]
    marks = {SCHOOL_MARK: chosen.code if chosen else "", YEAR_MARK: fiscal_year_label(working_year())}
    layout = form_for({fact for fact, items in _wanted().items() if items})
    return workbook_answer(blank_workbook("使用経費", LAYOUT_VERSION, (layout,), marks), "使用経費様式.xlsx")


@page(Permission.ENTER_EXPENSE)
@require_POST
def again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the kept file once more, after the roster or a registered expense was put right."""
    received = find_import(user_of(request), import_id)
    services.read_again(received.pk)
    return redirect("payments:import", received.pk)


def _wanted() -> Mapping[str, frozenset[str]]:
    try:
        return items_of(working_year()).wanted
    except PackUnknown:
        return {}


def _outcome(received: ExpenseImport) -> tuple[str, str]:
    """Its state as word and tone."""
    word, tone = received.outcome(received.waiting)
    return word, tone.value


def _counts(received: ExpenseImport) -> list[int]:
    return [received.counts.get(name, 0) for name in COUNT_LABELS]


def _receive(request: HttpRequest, form: ExpensesFileForm) -> ExpenseImport | None:
    school, file = form.cleaned_data["school"], form.cleaned_data["file"]
    require_school(user_of(request), school.code, Permission.ENTER_EXPENSE)
    try:
        return services.receive_expenses(school, file.name, file.read(), working_year())
    except DiskFull as error:
        form.add_error("file", str(error.strerror))
    except PackUnknown as error:
        form.add_error(None, str(error))
    return None

"""Pages of 帳票: which files there are, what is in one, taking one, and asking for new ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, person_of, require_school, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.payments.queries.scope import find_payment
from domain.reports import delivery, queries, services
from domain.reports.board_words import lacking_words
from domain.reports.errors import FileLost, NothingNew, ReportError
from domain.reports.forms import EVERY, WHOLE, MakeForm
from domain.reports.models import OutputFile
from domain.statements.queries.scope import find_statement
from jobs.models import Job
from tenants.core.context import require_prefecture
from web.components import Column

PER_PAGE = 50
COLUMNS = (
    Column("名称"),
    Column("作成"),
    Column("部数", number=True),
    Column("ページ", number=True),
    Column("大きさ", number=True),
    Column("〓の文字", number=True),
    Column("ファイル"),
)
Kind = OutputFile.Kind


@page(Permission.DOWNLOAD_FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponseBase:
    """The list with what is being made; a POST asks for a new file."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        return _start(request, form.cleaned_data)
    user = person_of(request)
    criteria = queries.Criteria.read(request.GET)
    shown = Paginator(queries.list_files(user, criteria), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(shown)
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("file", str(row.pk)) for row in rows],
        detail={"list": "reports", "criteria": criteria.used, "count": len(rows)},
        allowed_by=Permission.DOWNLOAD_FILE.value,
    )
    schools = [(school.code, school.name) for school in queries.schools_of(user)]
    context = {
        "form": form,
        "page": shown,
        "rows": rows,
        "columns": COLUMNS,
        "criteria": criteria,
        "kinds": Kind.choices,
        "schools": schools,
        "years": [str(year) for year in queries.years()],
        "jobs": queries.jobs_of(user),
        "lacking_words": lacking_words(require_prefecture().working_year),
    }
    return render(request, "reports/files.html", context, status=422 if form.errors else 200)


@page(Permission.DOWNLOAD_FILE)
@require_POST
def calculation(request: HttpRequest, statement_id: int) -> HttpResponseBase:
    """Ask for the 決定の計算書 of one household."""
    statement = find_statement(person_of(request), statement_id, Permission.DOWNLOAD_FILE)
    try:
        job = services.start_calculation(statement.pk)
    except ReportError as error:
        messages.error(request, str(error))
        return redirect("statements:detail", statement.pk)
    _say_started(request, job)
    return redirect("reports:files")


@page(Permission.DOWNLOAD_FILE)
@require_POST
def payment_calculation(request: HttpRequest, payment_id: int) -> HttpResponseBase:
    """Ask for the 支給額の計算書 of one pupil's payment."""
    payment = find_payment(person_of(request), payment_id, Permission.DOWNLOAD_FILE)
    try:
        job = services.start_payment_calculation(payment.pk)
    except ReportError as error:
        messages.error(request, str(error))
        return redirect("payments:payment", payment.pk)
    _say_started(request, job)
    return redirect("reports:files")


@page(Permission.DOWNLOAD_FILE)
@require_safe
def file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """One file: count, total, SHA-256, and every character that was printed as 〓."""
    found = queries.find_file(person_of(request), file_id)
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("file", str(found.pk))],
        detail={"list": "reports:file"},
        allowed_by=Permission.DOWNLOAD_FILE.value,
    )
    glyphs = Paginator(found.missing_glyphs.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/file.html", {"file": found, "glyphs": glyphs})


@page(Permission.DOWNLOAD_FILE)
@require_safe
def download(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The bytes, after the one-time password was asked for again and the taking was written down."""
    found = queries.find_file(person_of(request), file_id)
    require_step_up(request)
    try:
        data = delivery.content_of(found)
    except FileLost as error:
        messages.error(request, str(error))
        return redirect("reports:file", file_id=found.pk)
    delivery.note(found)
    return delivery.answer(found, data)


def _form(request: HttpRequest) -> MakeForm:
    """What ?kind= and ?round= name is chosen already: the way on from a round that was paid."""
    user = person_of(request)
    chosen = {name: request.GET[name][:20] for name in ("kind", "round") if name in request.GET}
    return MakeForm(
        request.POST if request.method == "POST" else None,
        initial=chosen,
        schools=queries.schools_of(user),
        rounds=queries.released_rounds(require_prefecture().working_year),
        bank=queries.may_take_bank_files(user),
    )


def _start(request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    codes = _codes(request, asked)
    for code in codes:
        require_school(person_of(request), code, Permission.DOWNLOAD_FILE)
    try:
        jobs = _jobs(asked, codes or [""])
    except ReportError as error:
        messages.error(request, str(error))
        return redirect("reports:files")
    if len(jobs) == 1:
        _say_started(request, jobs[0])
    else:
        messages.success(
            request, f"{Kind(asked['kind']).label}の作成を{len(jobs)}校分始めました。できた順に一覧に並びます。"
        )
    return redirect("reports:files")


def _jobs(asked: dict[str, Any], codes: list[str]) -> list[Job]:
    """Schools without anything new are left out as long as another has something. Raises ReportError."""
    found, refused = [], []
    for code in codes:
        try:
            found.append(_job(asked | {"school": code}))
        except NothingNew as nothing:
            refused.append(nothing)
    if refused and not found:
        raise refused[0] if len(refused) == 1 else NothingNew("どの学校にも")
    return found


def _codes(request: HttpRequest, asked: dict[str, Any]) -> list[str]:
    """学校コード of the schools to make files for; none for the transfer file, which is of all."""
    if asked["kind"] == Kind.BANK:
        return []
    if asked["school"] == EVERY:
        return [school.code for school in queries.schools_of(person_of(request))]
    return [str(asked["school"])]


def _say_started(request: HttpRequest, job: Job) -> None:
    done = job.state == Job.State.SUCCEEDED
    messages.success(
        request, f"{job.title}: 前に作成してから変わっていません。" if done else f"{job.title}を始めました。"
    )


def _job(asked: dict[str, Any]) -> Job:
    kind, school, year = asked["kind"], asked["school"], require_prefecture().working_year
    if kind == Kind.BANK:
        return services.start_bank_file(int(asked["round"]))
    if kind == Kind.SLIP:
        return services.start_slips(int(asked["round"]), school)
    of_year = {
        Kind.NOTICE: services.start_notices if asked["whole"] == WHOLE else services.start_new_notices,
        Kind.LEDGER: services.start_ledgers,
        Kind.STATEMENT: services.start_statements,
    }
    return of_year[Kind(kind)](year, school)

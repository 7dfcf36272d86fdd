"""番号受入: hand in a sealed file of numbers and see what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import page, require_school
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import is_poll, progress_answer, same_file, unfinished, user_of
from domain.vault import queries, services
from domain.vault.errors import VaultError
from domain.vault.forms import DepositForm
from domain.vault.models import NumberDeposit
from domain.vault.tasks import COUNTS
from jobs.services import newest
from tenants.core.files import DiskFull

PER_PAGE = 50


@page(Permission.IMPORT_NUMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def deposits(request: HttpRequest) -> HttpResponse:
    """The files so far, and the form to hand in another one."""
    user = user_of(request)
    posted = request.method == "POST"
    form = DepositForm(user, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        deposit = _receive(request, form)
        if deposit is not None:
            return redirect("vault:deposit", deposit.pk)
    found = Paginator(queries.list_deposits(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vault/deposits.html", {"form": form, "deposits": found})


@page(Permission.IMPORT_NUMBERS)
@require_safe
def deposit(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """One file: progress, counts, and which people's numbers were not taken."""
    found = queries.find_deposit(user_of(request), deposit_id)
    job = newest(services.job_key(found))
    if is_poll(request) and job is not None:
        return progress_answer(request, job)
    record_access(
        Event.READ_IMPORT_SHOWN,
        subjects=[Subject("file", str(found.pk)), Subject("school", str(found.school_id))],
        allowed_by=Permission.IMPORT_NUMBERS.value,
    )
    problems = Paginator(found.problems.all(), PER_PAGE).get_page(request.GET.get("page"))
    counts = [(label, found.counts.get(name, 0)) for name, label in COUNTS.items()] if found.counts else []
    context = {"deposit": found, "job": unfinished(job), "problems": problems, "counts": counts}
    return render(request, "vault/deposit.html", context)


def _receive(request: HttpRequest, form: DepositForm) -> NumberDeposit | None:
    school, file = form.cleaned_data["school"], form.cleaned_data["file"]
    require_school(user_of(request), school.code, Permission.IMPORT_NUMBERS)
    try:
        data = file.read()
        known = services.known_deposit(data)
        received = services.receive_numbers(school, file.name, data)
    except DiskFull as error:
        form.add_error("file", str(error.strerror))
    except VaultError as error:
        form.add_error(None, str(error))
    else:
        return _unless_another_schools(request, form, known, received)
    return None


def _unless_another_schools(
    request: HttpRequest, form: DepositForm, known: NumberDeposit | None, received: NumberDeposit
) -> NumberDeposit | None:
    """Bytes that were handed in before are said to be so; those of another school are not shown for this one."""
    if received.school_id != form.cleaned_data["school"].pk:
        then = "この学校の番号としては受け入れません。学校かファイルを選び直してください。"
        form.add_error("file", same_file(received.school, received.created_at, then))
        return None
    if known is not None and known.run == received.run:
        messages.info(request, same_file(received.school, received.created_at, "前回の結果を表示しています。"))
    return received

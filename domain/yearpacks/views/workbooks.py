"""Excel: the draft to fill, the comparison of a filled one, and taking it over."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from domain.households.views.shared import user_of, whole_prefecture
from domain.yearpacks import queries
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.forms import WorkbookForm
from domain.yearpacks.workbook import applying
from web.dates import fiscal_year_label
from web.states import Tone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "new": ("新規", Tone.DONE),
    "changed": ("変更", Tone.HALF),
    "same": ("同じ", Tone.NEUTRAL),
    "wrong": ("誤り", Tone.ATTENTION),
}


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_safe
def download(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The workbook to fill, after the one-time password."""
    require_step_up(request)
    revision = queries.find_revision(revision_id)
    try:
        data = applying.download(revision)
    except YearpackError as error:
        messages.error(request, str(error))
        return redirect("yearpacks:revision", revision.pk)
    response = HttpResponse(data, content_type=XLSX)
    name = f"年度定義_{fiscal_year_label(revision.fiscal_year)}_第{revision.number}版.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def upload(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Read a filled workbook and show what it would change."""
    revision = queries.find_revision(revision_id)
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        for found in form.errors.get("file", []):
            messages.error(request, str(found))
        return redirect("yearpacks:revision", revision.pk)
    file = form.cleaned_data["file"]
    try:
        received = applying.receive(revision, file.name, file.read(), user_of(request))
    except YearpackError as error:
        messages.error(request, str(error))
        return redirect("yearpacks:revision", revision.pk)
    return redirect("yearpacks:preview", received.pk)


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, upload_id: int) -> HttpResponse:
    """新規・変更・同じ・誤り row by row; then all of it or nothing."""
    received = queries.find_upload(upload_id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "discard":
                applying.discard(received)
                messages.info(request, "読み込んだExcelは反映しませんでした。")
            else:
                number = applying.apply(received, user_of(request))
                messages.success(request, f"Excelの{number}件を{received.revision.label}に反映しました。")
        except YearpackError as error:
            messages.error(request, str(error))
            return redirect("yearpacks:preview", received.pk)
        return redirect("yearpacks:revision", received.revision_id)
    counts = Counter(row["state"] for row in received.rows)
    context = {
        "upload": received,
        "revision": received.revision,
        "rows": [(row, *STATES[row["state"]]) for row in received.rows],
        "counts": [(word, tone, counts[state]) for state, (word, tone) in STATES.items()],
        "waiting": received.state == received.State.WAITING,
        "usable": not received.problems and bool(counts["new"] + counts["changed"]),
    }
    return render(request, "yearpacks/preview.html", context)

"""見本ファイルの試験: files of the prefecture's system against a version, on the prefecture's own host.

A file may hold people of any school, so it is nobody's who looks after some of them only.
"""

from __future__ import annotations

import contextlib

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.atena_trials import services, showing
from domain.atena_trials.forms import SampleForm
from domain.atena_trials.models import OfferedVersion, SampleFile
from domain.households.views.shared import whole_prefecture
from tenants.core.files import DiskFull

PER_PAGE = 50


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """The files so far without their content, and the form to try another one."""
    posted = request.method == "POST"
    form = SampleForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        found = _receive(request, form)
        if found is not None:
            return redirect("atena_trials:sample", found.pk)
    listed = SampleFile.objects.select_related("offered").defer("offered__config")
    context = {
        "form": form,
        "offered": OfferedVersion.objects.exists(),
        "samples": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "atena_trials/samples.html", context, status=400 if form.errors else 200)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_safe
def sample(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Fields and bytes around the first difference."""
    found = get_object_or_404(SampleFile.objects.select_related("offered"), pk=sample_id)
    content = None
    if found.erased_at is None:
        record_access(
            Event.READ_SAMPLE_SHOWN,
            subjects=[Subject("sample", str(found.pk))],
            allowed_by=Permission.RUN_LINKAGE.value,
        )
        with contextlib.suppress(FileNotFoundError):  # cut off while it was written; the page says so
            content = showing.shown(found)
    context = {"sample": found, "where": "" if found.fits else services.where(found), "content": content}
    return render(request, "atena_trials/sample.html", context)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def erase(request: HttpRequest, sample_id: int) -> HttpResponse:
    """The bytes go, the finding stays."""
    require_step_up(request)
    services.erase(get_object_or_404(SampleFile, pk=sample_id), person_of(request))
    messages.success(request, "見本ファイルを消去しました。結果は残ります。")
    return redirect("atena_trials:sample", sample_id)


def _receive(request: HttpRequest, form: SampleForm) -> SampleFile | None:
    said = form.cleaned_data
    try:
        return services.try_sample(
            said["offered"], said["kind"], said["file"].name, said["file"].read(), person_of(request)
        )
    except DiskFull as error:
        form.add_error("file", str(error.strerror))
        return None

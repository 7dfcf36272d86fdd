"""媒体の受渡し: what waits, what is on its way and what stays open; the first person's half of every act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import page
from accounts.permissions import Permission
from accounts.second_person import has_lapsed
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.handover import medium, queries
from domain.handover.errors import HandoverError
from domain.handover.forms import EraseForm, ReleaseForm, TakeInForm
from domain.handover.links import MEDIUM
from domain.handover.medium.proposing import waiting
from domain.handover.models import CarriedFile, CarryAct
from domain.handover.views.shared import only_over
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import underway
from domain.linkage.models import Batch
from tenants.core.files import DiskFull

_NOT_YET = "二人目の人に、この手続の確認を依頼してください。"


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The state of the whole exchange by medium."""
    problem, found, acts = "", [], queries.open_acts()
    try:
        found = waiting()
    except HandoverError as error:
        problem = str(error)
    context = {
        "problem": problem,
        "waiting": found,
        "lines": sum(manifest.count for manifest in found),
        "acts": acts,
        "open_acts": sum(not has_lapsed(act.proposed_at) for act in acts),
        "journeys": queries.journeys(),
        "on_media": queries.files_on_media().count(),
        "user": user_of(request),
    }
    return render(request, "handover/medium.html", context)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """持ち出しを申請する."""
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _proposed(request, medium.propose_release(user_of(request), **form.cleaned_data))
        except HandoverError as error:
            form.add_error(None, str(error))
    return _asked(request, form, CarryAct.Kind.RELEASE)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """媒体のファイルを預ける. They are opened only when the second person confirms."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        uploads = {f"{at:03d} {file.name or ''}": file.read() for at, file in enumerate(given.pop("packages"), start=1)}
        try:
            return _proposed(request, medium.propose_taking_in(user_of(request), uploads, **given))
        except (HandoverError, DiskFull) as error:
            form.add_error(None, str(error))
    return _asked(request, form, CarryAct.Kind.TAKE_IN)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """消去を記録する."""
    on_media = queries.files_on_media().filter(erased_in=None).select_related("act").order_by(F("name"), "pk")
    form = EraseForm(on_media, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            return _proposed(request, medium.propose_erasing(user_of(request), given.pop("packages"), **given))
        except HandoverError as error:
            form.add_error(None, str(error))
    return _asked(request, form, CarryAct.Kind.ERASE)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def open_lines(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Every line of a carried batch that nobody answered yet, by name of household and member number."""
    batch = get_object_or_404(Batch.objects.defer("receipt"), pk=batch_id)
    lines = list(underway.lines_of(batch))
    people = (underway.KINDS[batch.kind].person(line) for line in lines)
    files = CarriedFile.objects.filter(batch=str(batch.pk)).select_related("act")
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("file", str(batch.pk)), *(Subject("member", str(person.pk)) for person in people)],
        detail={"list": "handover:open_lines", "lines": len(lines)},
        allowed_by=Permission.CARRY_MEDIUM.value,
    )
    told = [underway.told(batch, line) for line in lines]
    return render(request, "handover/open_lines.html", {"batch": batch, "lines": told, "files": files})


def _asked(request: HttpRequest, form: Form, kind: CarryAct.Kind) -> HttpResponse:
    return render(request, "handover/propose.html", {"form": form, "kind": kind})


def _proposed(request: HttpRequest, act: CarryAct) -> HttpResponse:
    messages.success(request, f"{act.get_kind_display()}を申請しました。{_NOT_YET}")
    return redirect("handover:act", act.pk)

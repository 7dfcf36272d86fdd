"""One batch that is with 統合宛名: who waits since when, what to do, and the end of waiting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import may, page, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import rereading, underway, waiting
from domain.linkage.errors import StillWaiting
from domain.linkage.exchange.batches import case_of
from domain.linkage.forms import StopWaitingForm
from domain.linkage.models import Batch, Inquiry

ROWS = 50
_P = Permission.RUN_LINKAGE


@page(_P)
@whole_prefecture(_P)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Its lines without a final answer; 待つのをやめる where its time is over."""
    if request.method != "POST" and "read" in request.GET:
        return _read_again(request, get_object_or_404(Batch, pk=batch_id))
    shown = get_object_or_404(Batch.objects.defer("receipt"), pk=batch_id)
    form = StopWaitingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _stopped(request, shown, form):
        return redirect("linkage:batches")
    listed = Paginator(underway.lines_of(shown), ROWS).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(underway.KINDS[shown.kind].person(line).pk)) for line in listed],
        detail={"list": "linkage:batch", "page": listed.number},
        allowed_by=_P.value,
    )
    judges = may(user_of(request), Permission.REVIEW_MATCH)
    context = {
        "batch": shown,
        "page": listed,
        "rows": [(*underway.told(shown, line), _place(shown, line, judges)) for line in listed],
        "cause": waiting.why_stoppable(shown),
        "afterwards": waiting.AFTERWARDS[shown.kind],
        "inquires": shown.kind == Batch.Kind.INQUIRE,
        "form": form,
    }
    return render(request, "linkage/batch.html", context)


def _read_again(request: HttpRequest, shown: Batch) -> HttpResponse:
    """What its kept answers say, read with the configuration of its version; also after the link was changed."""
    require_step_up(request)
    try:
        found = rereading.read_again(shown)
    except rereading.NotReadable as error:
        messages.error(request, str(error))
        return redirect("linkage:batch", shown.pk)
    listed = Paginator(found.rows, ROWS).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LINKAGE_SHOWN,
        subjects=[Subject("member", str(member.pk)) for member, *_ in listed if member is not None],
        detail={"list": "linkage:batch", "version": found.version.version, "page": listed.number},
        allowed_by=_P.value,
        case=case_of(shown),
    )
    return render(request, "linkage/batch_read.html", {"batch": shown, "found": found, "page": listed})


def _place(shown: Batch, line: Any, judges: bool) -> str:
    """Where a person goes on with this line; "" where they may not."""
    if isinstance(line, Inquiry):
        return reverse("linkage:review", args=[line.pk]) if judges else ""
    return reverse("linkage:person", args=[underway.KINDS[shown.kind].person(line).pk])


def _stopped(request: HttpRequest, shown: Batch, form: StopWaitingForm) -> bool:
    try:
        waiting.stop_waiting(shown.pk, form.cleaned_data["note"])
    except StillWaiting as error:
        form.add_error(None, str(error))
        return False
    except NumberInTrail:
        form.add_error("note", "番号らしい12桁の数字は書けません。確かめた日と答えだけを入力してください。")
        return False
    messages.success(request, f"通番 {shown.sequence} の回答を待つのをやめました。{waiting.AFTERWARDS[shown.kind]}")
    return True

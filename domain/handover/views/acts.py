"""One act at the medium: its files, the second person's confirmation, and what is carried away."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.permissions import Permission
from audit.trail.entries import JSON, Entry, Subject
from audit.trail.leaving import Approved, taken
from audit.trail.parts import record_access_parts
from audit.trail.vocabulary import Event
from domain.handover import delivering, medium, queries
from domain.handover.answering import start_collecting
from domain.handover.errors import HandoverError
from domain.handover.links import MEDIUM
from domain.handover.models import CarriedFile, CarryAct
from domain.handover.queries import people_on
from domain.handover.views.shared import only_over
from domain.households.views.shared import user_of, whole_prefecture

ROWS = 50
_SEALED = "application/octet-stream"


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """All acts that were done or withdrawn."""
    listed = Paginator(queries.past_acts(), ROWS).get_page(request.GET.get("page"))
    return render(request, "handover/history.html", {"page": listed})


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def act(request: HttpRequest, act_id: int) -> HttpResponse:
    """What was proposed, what became of it, and the files to carry."""
    return _shown(request, get_object_or_404(CarryAct, pk=act_id), confirming=False)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, act_id: int) -> HttpResponse:
    """The second person's half, after a fresh one-time password."""
    found = get_object_or_404(CarryAct, pk=act_id)
    require_step_up(request)
    if request.method != "POST":
        return _shown(request, found, confirming=found.state == CarryAct.State.PROPOSED)
    try:
        done = medium.confirm(found.pk, user_of(request))
    except (HandoverError, AccountError) as error:
        messages.error(request, str(error))
        return redirect("handover:act", found.pk)
    messages.success(request, f"{done.get_kind_display()}を確認しました。{_following(done)}")
    return redirect("handover:act", found.pk)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_POST
def withdraw(request: HttpRequest, act_id: int) -> HttpResponse:
    """取りやめる."""
    found = get_object_or_404(CarryAct, pk=act_id)
    try:
        medium.withdraw(found.pk)
        messages.success(request, "手続を取りやめました。")
    except HandoverError as error:
        messages.error(request, str(error))
    return redirect("handover:act", found.pk)


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def download(request: HttpRequest, carried_id: int) -> HttpResponse:
    """One sealed package to write onto the medium; the taking is written down before a byte leaves."""
    file = get_object_or_404(CarriedFile.objects.select_related("act"), pk=carried_id)
    require_step_up(request)
    try:
        data = delivering.package(file)
    except HandoverError as error:
        messages.error(request, str(error))
        return redirect("handover:act", file.act_id)
    return _handed(file.act, file.name, data, file.digest, file.lines, people_on([file.batch]))


@page(Permission.CARRY_MEDIUM)
@whole_prefecture(Permission.CARRY_MEDIUM)
@only_over(MEDIUM)
@require_safe
def receipts(request: HttpRequest, act_id: int) -> HttpResponse:
    """受領記録 for the other side: one line for every file of a 取込, also for a refused one."""
    require_step_up(request)
    found = get_object_or_404(CarryAct, pk=act_id, kind=CarryAct.Kind.TAKE_IN, state=CarryAct.State.DONE)
    people = people_on(found.files.values_list("batch", flat=True).distinct())
    return _handed(found, "receipts.jsonl", delivering.receipts(found), "", found.files.count(), people)


def _handed(act: CarryAct, name: str, data: bytes, digest: str, lines: int, people: list[Subject]) -> HttpResponse:
    """Two people released the medium, or took it in."""
    detail: dict[str, JSON] = {
        "kind": "medium",
        "name": name,
        "bytes": len(data),
        "sha256": digest[:16],
        "medium": act.medium,
    }
    detail |= taken(lines, Approved.MEDIUM)
    about = (Subject("medium", str(act.pk)),)
    whole = Entry(Event.EXPORT_FILE_DOWNLOADED, about, detail=detail, allowed_by=Permission.CARRY_MEDIUM.value)
    record_access_parts(whole, people)
    response = HttpResponse(data, content_type=_SEALED)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _shown(request: HttpRequest, act: CarryAct, *, confirming: bool) -> HttpResponse:
    files = act.erased_files if act.kind == CarryAct.Kind.ERASE else act.files
    context = {
        "act": act,
        "files": files.all(),
        "own": act.proposed_by == user_of(request).username,
        "confirming": confirming,
        "stale": medium.why_stale(act) if act.state == CarryAct.State.PROPOSED else "",
        "refused": files.filter(state=CarriedFile.State.REFUSED).count(),
    }
    return render(request, "handover/act.html", context)


def _following(act: CarryAct) -> str:
    """What the person does next; answers that came go to their job at once."""
    if act.kind == CarryAct.Kind.RELEASE:
        return "封緘ファイルを媒体に書き込んでください。"
    if act.kind == CarryAct.Kind.ERASE:
        return ""
    taken = act.files.filter(state__in=queries.TAKEN_STATES).values_list("batch", flat=True)
    started = start_collecting(queries.batches_named(set(taken)))
    return "回答の読み取りを始めました。" if started else "読み取る回答はありませんでした。"

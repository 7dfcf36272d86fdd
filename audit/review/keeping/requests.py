"""開示・訂正・利用停止の請求 and enquiries about the records, taken and answered; and where the prefecture receives its trail."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.identities import printable
from audit.review.keeping.forms import AnswerForm, ReceiverForm, RequestForm
from audit.trail.entries import Subject
from audit.trail.labels import subject_label
from audit.trail.models import TrailReceiver, TrailRequest
from audit.trail.recorder import record, record_access
from audit.trail.sealing.handing import KEY_PLACE, PURPOSE
from audit.trail.vocabulary import Event
from tenants.core.keys import seal

PER_PAGE = 50
ANSWER_WITHIN = timedelta(days=30)
"""開示・訂正・利用停止の決定は請求の日から30日以内 (個人情報保護法83条1項、94条1項、102条1項)."""


@page(Permission.EXPORT_TRAIL)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Open ones first, by the day they fall due."""
    rows = TrailRequest.objects.order_by("answered_on", "received_on", "id")
    waiting = rows.filter(decision="")
    listed = Paginator([*waiting, *rows.exclude(decision="").order_by("-answered_on", "-id")], PER_PAGE)
    shown = listed.get_page(request.GET.get("page"))
    lines = [(row, _state(row), due_on(row)) for row in shown]
    late = sum(due_on(row) < timezone.localdate() for row in waiting)
    _note([subject for row, _, _ in lines for subject in _subjects(row)])
    context = {"page": shown, "lines": lines, "waiting": len(waiting), "late": late}
    return show(request, "review/requests.html", context)


@page(Permission.EXPORT_TRAIL)
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    form = RequestForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            row = TrailRequest.objects.create(received_by=person_of(request).display_name, **form.cleaned_data)
            record(
                Event.TRAIL_REQUEST_RECEIVED,
                subjects=_subjects(row),
                detail={"種類": row.get_kind_display()},
                allowed_by=Permission.EXPORT_TRAIL.value,
            )
        messages.success(request, f"{row.get_kind_display()}を受け付けました。")
        return redirect("trail:requests")
    return show(request, "review/request_new.html", {"form": form}, status=400 if form.errors else 200)


@page(Permission.EXPORT_TRAIL)
@require_http_methods(["GET", "HEAD", "POST"])
def request_answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request with its answer, or with the form for it. An answer once given stays."""
    row = get_object_or_404(TrailRequest, pk=request_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _answer(row.pk, form, person_of(request).display_name):
            messages.success(request, "回答を登録しました。")
        else:
            messages.error(request, "すでに回答が登録されています。登録された回答を確かめてください。")
        return redirect("trail:request", row.pk)
    _note(_subjects(row))
    subject = Subject(row.subject_kind, row.subject_id)
    name = printable([subject], person_of(request)).get(subject, row.subject_id)
    context = {
        "row": row,
        "form": form,
        "due": due_on(row),
        "subject": f"{subject_label(row.subject_kind)} {name}" if row.subject_id else "",
    }
    return show(request, "review/request.html", context, status=400 if form.errors else 200)


@page(Permission.EXPORT_TRAIL)
@require_http_methods(["GET", "HEAD", "POST"])
def receiver(request: HttpRequest) -> HttpResponse:
    """The prefecture's own log server. Raises StepUpRequired before anything is changed."""
    row = TrailReceiver.objects.first()
    kept = {"host", "port", "authority", "certificate", "sends_events", "is_active"}
    form = ReceiverForm(request.POST or None, initial={name: getattr(row, name) for name in kept} if row else None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid():
            _keep_receiver(form, kept, person_of(request).display_name)
            messages.success(request, "記録の受取先を保存しました。1分以内に送り始めます。")
            return redirect("trail:keeping")
    return show(request, "review/receiver.html", {"form": form, "row": row}, status=400 if form.errors else 200)


def due_on(row: TrailRequest) -> date:
    return row.received_on + ANSWER_WITHIN


def _state(row: TrailRequest) -> str:
    if row.decision:
        return row.get_decision_display()
    return "期限超過" if due_on(row) < timezone.localdate() else "回答待ち"


def _answer(pk: int, form: AnswerForm, by: str) -> bool:
    with transaction.atomic():
        row = TrailRequest.objects.select_for_update().get(pk=pk)
        if row.decision:
            return False
        row.decision, row.answer = form.cleaned_data["decision"], form.cleaned_data["answer"].strip()
        row.answered_on, row.answered_by = timezone.localdate(), by
        row.save()
        record(
            Event.TRAIL_REQUEST_ANSWERED,
            subjects=_subjects(row),
            detail={"種類": row.get_kind_display(), "決定": row.get_decision_display()},
            allowed_by=Permission.EXPORT_TRAIL.value,
        )
    return True


def _keep_receiver(form: ReceiverForm, kept: set[str], by: str) -> None:
    values = {name: form.cleaned_data[name] for name in kept} | {"changed_by": by, "failure": ""}
    if form.cleaned_data["key"]:
        values["sealed_key"] = seal(PURPOSE, form.cleaned_data["key"].encode(), KEY_PLACE)
    with transaction.atomic():
        row, _ = TrailReceiver.objects.update_or_create(pk=1, defaults=values)
        record(
            Event.TRAIL_RECEIVER_CHANGED,
            detail={"受取先": str(row), "送る": row.is_active, "記録も送る": row.sends_events},
            allowed_by=Permission.EXPORT_TRAIL.value,
        )


def _note(subjects: list[Subject]) -> None:
    """Before a request is shown: what a guardian wrote, and about whom. Raises TrailUnavailable."""
    allowed_by = Permission.EXPORT_TRAIL.value
    detail = {"一覧": "記録についての請求"}
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail=detail, allowed_by=allowed_by)


def _subjects(row: TrailRequest) -> list[Subject]:
    about = [Subject(row.subject_kind, row.subject_id)] if row.subject_kind and row.subject_id else []
    return [Subject("trail_request", str(row.pk)), *about]

"""The pages of the transfer: the form, the preview, the second person's approval."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sections
from accounts.access import may, page, person_of, require_permission, require_step_up
from accounts.errors import AccountError
from accounts.models import User
from accounts.permissions import Permission
from accounts.views.shared import note_list
from audit.trail.entries import JSON, Entry
from audit.trail.leaving import taken
from audit.trail.parts import record_access_parts
from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.households.roster.workbook.blank import blank_workbook
from domain.households.views.shared import workbook_answer
from domain.staffing import services
from domain.staffing.errors import TransferRefused
from domain.staffing.forms import TransferForm
from domain.staffing.layout import EVERY_SCHOOL_WORD, LAYOUT_VERSION, SECTIONS_EXPLAINED, STAFF, STAYS
from domain.staffing.models import TransferLine, TransferPlan
from domain.staffing.planning import roles_on
from jobs.services import newest
from web.dates import to_wareki

PER_PAGE = 100


@page(Permission.APPROVE_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def transfers(request: HttpRequest) -> HttpResponse:
    """All transfers, and the form that proposes another."""
    form = TransferForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require_permission(request.user, Permission.MANAGE_USERS)
        require_step_up(request)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                plan = services.propose(
                    file.name or "", file.read(), form.cleaned_data["effective_on"], person_of(request)
                )
            except TransferRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect("staffing:transfer", plan.pk)
    found = Paginator(TransferPlan.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    note_list("人事異動", Permission.APPROVE_ACCOUNT, count=len(found))
    context = {"page": found, "form": form, "may_propose": may(person_of(request), Permission.MANAGE_USERS)}
    context |= {"sections": sections.choices(), "sections_explained": SECTIONS_EXPLAINED}
    return render(request, "staffing/transfers.html", context, status=422 if form.errors else 200)


@page(Permission.APPROVE_ACCOUNT)
@require_safe
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """What one transfer does, by kind; errors first."""
    plan = get_object_or_404(TransferPlan, pk=transfer_id)
    kind = request.GET.get("kind", "")
    refused = plan.lines.exclude(refusal="")
    lines = plan.lines.filter(kind=kind) if kind in TransferLine.Kind.values else plan.lines.exclude(kind="unchanged")
    lines = refused if kind == "refused" else lines
    found = Paginator(lines.order_by("row"), PER_PAGE).get_page(request.GET.get("page"))
    counts = services.counts(plan)
    note_list("人事異動の明細", Permission.APPROVE_ACCOUNT, [Subject("transfer", str(plan.pk))], count=len(found))
    context: dict[str, Any] = {
        "plan": plan,
        "page": found,
        "counts": [(one, counts[one.value]) for one in TransferLine.Kind],
        "errors": counts["error"],
        "refusal": _refusal(plan, counts["error"], person_of(request)),
        "job": newest(services.job_key(plan)),
        "refused": refused.count(),
        "waits": plan.state == TransferPlan.State.PROPOSED,
    }
    return render(request, "staffing/transfer.html", context)


def _refusal(plan: TransferPlan, errors: int, user: User) -> str:
    if stale := services.APPROVAL.why_stale(plan.proposed_by, plan.proposed_at):
        return stale
    if errors:
        return "誤りのある行があるため承認できません。取りやめて、直したファイルで提案し直してください。"
    return (
        "提案した本人は承認できません。別の人に依頼してください。"
        if services.APPROVAL.refuses(plan.proposed_by, user)
        else ""
    )


@page(Permission.APPROVE_ACCOUNT)
@require_POST
def approve(request: HttpRequest, transfer_id: int) -> HttpResponse:
    plan = get_object_or_404(TransferPlan, pk=transfer_id)
    require_step_up(request)
    try:
        services.approve(plan, person_of(request))
    except (TransferRefused, AccountError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "承認しました。反映を始めます。")
    return redirect("staffing:transfer", transfer_id)


@page(Permission.APPROVE_ACCOUNT)
@require_POST
def withdraw(request: HttpRequest, transfer_id: int) -> HttpResponse:
    plan = get_object_or_404(TransferPlan, pk=transfer_id)
    require_step_up(request)
    try:
        services.withdraw(plan)
    except TransferRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "取りやめました。利用者は何も変わっていません。")
    return redirect("staffing:transfer", transfer_id)


@page(Permission.MANAGE_USERS)
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """The empty form."""
    return workbook_answer(blank_workbook("人事異動", LAYOUT_VERSION, (STAFF,)), "人事異動様式.xlsx")


@page(Permission.MANAGE_USERS)
@require_safe
def filled(request: HttpRequest) -> HttpResponse:
    """The form with everybody there is, to be changed where somebody moves. Visitors of the vendor are not staff."""
    require_step_up(request)
    users = list(User.objects.filter(is_active=True, vendor_window=None).order_by("username"))
    detail: dict[str, JSON] = {"table": "人事異動様式", **taken(len(users))}
    whole = Entry(Event.EXPORT_TABLE_MADE, detail=detail, allowed_by=Permission.MANAGE_USERS.value)
    record_access_parts(whole, (Subject("user", str(user.pk)) for user in users))
    held = roles_on(users, timezone.localdate())
    rows = [row for user in users for row in _rows(user, held)]
    return workbook_answer(
        blank_workbook("人事異動", LAYOUT_VERSION, (STAFF,), rows={STAFF.name: rows}), "人事異動様式_現在.xlsx"
    )


def _rows(user: User, held: dict[int, Any]) -> list[dict[str, object]]:
    stays = STAFF.column("move").choice_label(STAYS)
    one: dict[str, object] = {
        "username": user.username,
        "name": user.display_name,
        "kana": user.kana,
        "section": user.section,
        "move": stays,
    }
    roles = [
        one
        | {
            "role": row.get_role_display(),
            "school": row.school_code or EVERY_SCHOOL_WORD,
            "training_on": to_wareki(row.training_on) if row.training_on else "",
        }
        for row in held.get(user.pk, [])
    ]
    return roles or [one]

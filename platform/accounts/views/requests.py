"""Requests (利用者の申請): the list, and the second person's answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts import queries
from accounts.access import page, person_of, require_step_up
from accounts.errors import AccountError
from accounts.models import AccountRequest, User
from accounts.permissions import Permission
from accounts.services import requests
from accounts.views.shared import note_list, show

PER_PAGE = 50


@page(Permission.APPROVE_ACCOUNT)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    found = Paginator(queries.account_requests(), PER_PAGE).get_page(request.GET.get("page"))
    user = person_of(request)
    stale = requests.APPROVAL.each_row_why_stale(found.object_list)
    lines = [
        (row, words, _hindrance(row, user, why), queries.removes_last(row))
        for row, words, why in zip(found.object_list, queries.described_all(found.object_list), stale, strict=True)
    ]
    waiting = queries.waiting_account_requests()
    note_list("利用者の申請", Permission.APPROVE_ACCOUNT, count=len(lines))
    return show(request, "accounts/requests.html", {"lines": lines, "page": found, "waiting": waiting, "user": user})


def _hindrance(row: AccountRequest, user: User, stale: str) -> str:
    """Why this person may not be the second one, in words; "" when they may. `stale`: what keeps everybody from it."""
    if row.state != row.State.WAITING:
        return ""
    if stale:
        return stale
    if row.asked_by == user.username:
        return "自分の申請は承認できません"
    if row.user_id == user.pk:
        return "自分についての申請は承認できません"
    one = any(requests.APPROVAL.refuses(first, user) for first in requests.parties(row))
    return "代決・代理の間柄にあるため承認できません" if one else ""


@page(Permission.APPROVE_ACCOUNT)
@require_POST
def approve(request: HttpRequest, request_id: int) -> HttpResponse:
    get_object_or_404(AccountRequest, pk=request_id)
    require_step_up(request)
    try:
        row = requests.approve(request_id, person_of(request), as_the_last="as_the_last" in request.POST)
    except AccountError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        more = "申請した人が24時間以内にコードを発行します。" if row.kind == row.Kind.CODE else ""
        messages.success(request, f"承認しました（{row.get_kind_display()}）。{more}")
    return redirect("accounts:requests")


@page(Permission.APPROVE_ACCOUNT)
@require_POST
def turn_down(request: HttpRequest, request_id: int) -> HttpResponse:
    get_object_or_404(AccountRequest, pk=request_id)
    require_step_up(request)
    try:
        row = requests.turn_down(request_id, person_of(request))
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{row.get_state_display()}にしました（{row.get_kind_display()}）。")
    return redirect("accounts:requests")

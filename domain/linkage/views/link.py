"""Pages of the link: how far it is, what waits for a person, one line with its decision, problems of batches."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, page
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import whole_prefecture
from domain.linkage import presenting, queries, services
from domain.linkage.errors import LinkageError
from domain.linkage.exchange.adapters import adapter_in_force
from domain.linkage.forms import ASK_AGAIN, OperatorForm, SettleForm
from domain.linkage.models import Inquiry, Registration
from domain.linkage.persons.queries import counts
from domain.linkage.rematching import can_match_again
from domain.linkage.starting import CHANGE, CHECK, INQUIRE, REGISTER, latest_job
from domain.linkage.waiting import left_behind, overdue_since
from domain.vault.lists import missing_for_registration
from tenants.core.context import require_prefecture
from web.components import Chip, Column
from web.tables import with_parameter

ROWS = 50
DIGITS = 12
"""Of an id in an address, at most."""
REVIEW_COLUMNS = [
    Column("世帯番号"), Column("氏名"), Column("照会項目"), Column("状態"), Column("突合"), Column("理由"),
    Column("いつから"), Column("処理"),
]  # fmt: skip


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Counts of the year, the two jobs, and the next act."""
    state = queries.overview(_year())
    context = {
        "state": state,
        "list_missing": bool(state.to_register) and missing_for_registration(),
        "registrations": [
            (one, state.registrations[one]) for one in Registration.State if state.registrations.get(one)
        ],
        "told": counts(),
        "capabilities": adapter_in_force().capabilities() if state.version is not None else None,
        "jobs": [
            job for job in (latest_job(REGISTER), latest_job(CHANGE), latest_job(CHECK), latest_job(INQUIRE)) if job
        ],
        "form": operator_form(None, state.version),
        "may_review": may(_user(request), Permission.REVIEW_MATCH),
    }
    return render(request, "linkage/overview.html", context)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """照会対象を確定する: a list that somebody else approves. Nothing is sent."""
    try:
        listed = services.propose_targets(_year(), _user(request))
    except LinkageError as error:
        messages.error(request, str(error))
        return redirect("linkage:targets")
    if listed is None:
        messages.success(request, "新しく照会するものはありません。")
        return redirect("linkage:overview")
    messages.success(
        request, f"照会対象 {listed.size:,}件の一覧を確定しました。別の人の承認を待ちます。まだ何も送りません。"
    )
    return redirect("linkage:target_list", listed.pk)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """登録する. Pressing twice starts it once."""
    return start_job(request, lambda operator: services.start_registration(operator), "linkage:overview")


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def inquire(request: HttpRequest) -> HttpResponse:
    """照会する. Pressing twice starts it once."""
    return start_job(request, lambda operator: services.start_inquiry(_year(), operator), "linkage:overview")


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """異動・廃止を送る. Pressing twice starts it once."""
    return start_job(request, lambda operator: services.start_change(operator), "linkage:overview")


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """符号の取得を確かめる, without waiting for the hour."""
    return start_job(request, lambda operator: services.start_check(operator), "linkage:overview")


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def register_again(request: HttpRequest) -> HttpResponse:
    """付番不可の分を番号確認済に戻す."""
    people = services.register_again()
    messages.success(request, f"付番不可の {people:,}人を番号確認済に戻しました。「登録する」で送ります。")
    return redirect("linkage:overview")


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Batches with something that people should know; any other is opened by its 通番."""
    sequence = request.GET.get("sequence", "").strip()
    if sequence:
        if (found := queries.batch_numbered(sequence)) is not None:
            return redirect("linkage:batch", found.pk)
        messages.error(request, "その通番の送受信はありません。通番を確かめてください。")
    listed = Paginator(queries.troubled_batches().defer("receipt").order_by("-sequence"), ROWS)
    moved = set(left_behind().values_list("pk", flat=True))
    context = {"page": listed.get_page(request.GET.get("page")), "overdue": overdue_since(), "moved": moved}
    return render(request, "linkage/batches.html", context)


@page(Permission.REVIEW_MATCH)
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """The lines a person must look at."""
    reason = request.GET.get("reason", "all")
    reason = reason if reason in queries.REASONS else "all"
    user = _user(request)
    household = request.GET.get("household", "")
    only = int(household) if household.isascii() and household.isdigit() and len(household) < DIGITS else None
    listed = Paginator(queries.reviews(user, _year(), reason, only), ROWS).get_page(request.GET.get("page"))
    counts = queries.count_reviews(user, _year(), only)
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(line.member_id)) for line in listed],
        detail={"list": "linkage:reviews", "reason": reason, "page": listed.number},
        allowed_by=Permission.REVIEW_MATCH.value,
    )
    chips = [
        Chip(title, with_parameter(request.GET, "reason", name), counts[name], chosen=name == reason)
        for name, (title, _) in queries.REASONS.items()
    ]
    return render(
        request, "linkage/reviews.html", {"page": listed, "chips": chips, "columns": REVIEW_COLUMNS, "only": only}
    )


@page(Permission.REVIEW_MATCH)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """One line: our record beside the answer, and the decision."""
    user = _user(request)
    inquiry = queries.find_inquiry(user, _year(), inquiry_id)
    if request.method == "POST" and "match_again" in request.POST:
        _match_again(request, inquiry)
        return redirect("linkage:review", inquiry.pk)
    form = SettleForm(request.POST or None, inquiry=inquiry)
    if request.method == "POST" and form.is_valid() and _decided(request, inquiry, form):
        following = queries.next_review(user, inquiry)
        return redirect("linkage:review", following.pk) if following else redirect("linkage:reviews")
    record_access(
        Event.READ_LINKAGE_SHOWN,
        subjects=[Subject("member", str(inquiry.member_id)), Subject("inquiry", str(inquiry.pk))],
        allowed_by=Permission.REVIEW_MATCH.value,
    )
    context = {
        "inquiry": inquiry,
        "lines": presenting.comparison(inquiry),
        "facts": presenting.facts(inquiry.answer),
        "said": presenting.said(inquiry),
        "other": queries.seen_elsewhere(user, inquiry),
        "steps": inquiry.steps.all(),
        "form": form,
        "following": queries.next_review(user, inquiry),
        "can_match_again": can_match_again(inquiry),
    }
    return render(request, "linkage/review.html", context)


def _match_again(request: HttpRequest, inquiry: Inquiry) -> None:
    """もう一度突合する: our record as it is now beside the same answer. Nothing is sent."""
    try:
        changed = services.match_one(inquiry)
    except LinkageError as error:
        messages.error(request, str(error))
        return
    if changed:
        messages.success(request, "もう一度突合しました。いまの登録内容と回答の比較は下のとおりです。")
    else:
        messages.warning(request, "もう一度突合しましたが、結果は変わりません。違う項目の登録内容を確かめてください。")


def _decided(request: HttpRequest, inquiry: Inquiry, form: SettleForm) -> bool:
    chosen, note = form.cleaned_data["settlement"], form.cleaned_data["note"]
    try:
        if chosen == ASK_AGAIN:
            services.ask_again(inquiry, _user(request), note)
        else:
            services.settle(inquiry, chosen, _user(request), note)
    except LinkageError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "処理を記録しました。")
    return True


def start_job(request: HttpRequest, begin: Any, back: str) -> HttpResponse:
    """Start with the 職員情報 that the link wants, and go back to a page; what is missing is said there."""
    version = queries.version_in_force()
    form = operator_form(request.POST, version)
    if version is None:
        messages.error(request, "宛名接続の設定がまだ有効になっていません。運用者に連絡してください。")
    elif not form.is_valid():
        messages.error(request, "職員情報を入力してから実行してください。送信する記録に必要です。")
    else:
        job = begin(form.cleaned_data)
        messages.success(request, f"「{job.title}」を受け付けました。画面を閉じても続きます。")
    return redirect(reverse(back))


def operator_form(data: Any, version: int | None) -> OperatorForm:
    """The 職員情報 that the link in force wants."""
    if version is None:
        return OperatorForm(data)
    return OperatorForm(data, required_items=adapter_in_force().capabilities().operator_fields)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _year() -> int:
    return require_prefecture().working_year

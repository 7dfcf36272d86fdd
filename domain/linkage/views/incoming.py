"""保留された照会への回答 and 情報提供等記録."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, page, require_permission, require_step_up
from accounts.permissions import Permission
from audit.trail.entries import JSON, Entry
from audit.trail.leaving import taken
from audit.trail.parts import record_access_parts
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import queries as link_queries
from domain.linkage import services
from domain.linkage.errors import LinkageError
from domain.linkage.exchange.jobs import fetches_lists
from domain.linkage.incoming import deciding, queries, refusals
from domain.linkage.incoming.abandoning import unanswered
from domain.linkage.incoming.forms import AnswerForm, RecordSearchForm
from domain.linkage.incoming.workbook import records_workbook
from domain.linkage.models import ExchangeRecord, HeldInquiry
from domain.linkage.protection import PROTECTED, item_shown, noted, party_shown
from domain.linkage.starting import INCOMING, latest_job
from domain.linkage.views.link import operator_form, start_job
from domain.linkage.workbook import MEDIA_TYPE
from tenants.core.context import require_prefecture
from web.components import Chip, Column
from web.dates import to_wareki_short
from web.tables import with_parameter

ROWS = 50
WORDS, KEPT = "linkage.records", ("household", "party")
SEARCHED, DAYS = "searched", ("first", "last")
HELD_COLUMNS = [
    Column("記録番号"), Column("氏名・世帯番号"), Column("照会した機関"), Column("照会日時・期限"), Column("状態・回答"),
]  # fmt: skip
RECORD_COLUMNS = [
    Column("氏名・世帯番号"),
    Column("種別"),
    Column("相手機関・情報の項目"),
    Column("照会日時・提供日時"),
]


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def incoming(request: HttpRequest) -> HttpResponse:
    """What other bodies ask and a clerk must answer, what is due first on top."""
    chosen = request.GET.get("show", "open")
    chosen = chosen if chosen in queries.NARROWED else "open"
    counts = queries.counts()
    listed = Paginator(queries.held_inquiries(chosen), ROWS).get_page(request.GET.get("page"))
    _shown(listed, "linkage:incoming")
    context = {
        "page": listed,
        "rows": [(one, party_shown(one)) for one in listed],
        "columns": HELD_COLUMNS,
        "counts": counts,
        "today": timezone.localdate(),
        "chips": [
            Chip(title, with_parameter(request.GET, "show", name), counts[name], chosen=name == chosen)
            for name, (title, _) in queries.NARROWED.items()
        ],
        "jobs": [job for job in (latest_job(INCOMING),) if job],
        "form": operator_form(None, link_queries.version_in_force()),
        "fetches": fetches_lists(),
        "may_run": may(user_of(request), Permission.RUN_LINKAGE),
        **_not_given(),
    }
    return render(request, "linkage/incoming.html", context)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def exchange_incoming(request: HttpRequest) -> HttpResponse:
    """受け取って回答を送る, also the lists that were refused. Pressing twice starts it once."""
    return start_job(request, services.ask_and_start_incoming, "linkage:incoming")


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def held_inquiry(request: HttpRequest, held_id: int) -> HttpResponse:
    """One inquiry: the answer, the second person's yes, the history.

    Of a household under 支援措置 the other body is shown to whoever has to answer or to approve now, and to nobody else.
    """
    user = user_of(request)
    held = get_object_or_404(HeldInquiry.objects.select_related("member__household"), pk=held_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _acted(request, held, form):
        return redirect("linkage:incoming")
    runs, waits = may(user, Permission.RUN_LINKAGE), held.state == HeldInquiry.State.PROPOSED
    stale = deciding.why_stale(held) if waits else ""
    may_decide = runs and held.state == HeldInquiry.State.WAITING
    may_approve = (
        waits
        and not stale
        and may(user, Permission.APPROVE_INQUIRY)
        and not deciding.APPROVAL.refuses(held.proposed_by, user)
    )
    hidden, opened = held.member.household.address_hidden, may_decide or may_approve
    record_access(
        Event.READ_LINKAGE_SHOWN,
        subjects=[Subject("member", str(held.member_id)), Subject("held_inquiry", str(held.pk))],
        detail={**noted(held.member.household), **({"protected_party": opened} if hidden else {})},
        allowed_by=Permission.VIEW_TARGETS.value,
    )
    context = {
        "held": held,
        "hidden": hidden,
        "opened": opened,
        "party": held.party if opened else party_shown(held),
        "item": held.item if opened else item_shown(held),
        "reason": PROTECTED if hidden and held.reason and not opened else held.reason,
        "stale": stale,
        "form": form,
        "steps": [(step, PROTECTED if hidden and step.note and not opened else step.note) for step in held.steps.all()],
        "may_decide": may_decide,
        "may_take_back": runs and waits,
        "may_approve": may_approve,
    }
    return render(request, "linkage/held_inquiry.html", context)


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def records(request: HttpRequest) -> HttpResponse:
    """情報提供等記録: search by period, household, body. Household and body are kept in the session, and the address only
    says that there are some."""
    form, first, last = _search(request)
    if request.method == "POST" and form.is_valid():
        request.session[WORDS] = {name: form.cleaned_data[name] for name in KEPT}
        return redirect(f"{reverse('linkage:records')}?{_asked(form)}")
    found = queries.records(first, last, _typed(form)) if _is_clear(form) else ExchangeRecord.objects.none()
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    _shown(listed, "linkage:records")
    context = {
        "page": listed, "rows": [(one, party_shown(one), item_shown(one)) for one in listed],
        "columns": RECORD_COLUMNS, "form": form, "first": first, "last": last, "clear": _is_clear(form),
        "query": _asked(form) if form.is_bound and form.is_valid() else "", "fetches": fetches_lists(), **_not_given(),
    }  # fmt: skip
    return render(request, "linkage/records.html", context)


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def records_excel(request: HttpRequest) -> HttpResponse:
    """The same as Excel, after the one-time password and its event."""
    require_step_up(request)
    form, first, last = _search(request)
    if not _is_clear(form):  # a file would hold something that nobody asked for
        messages.error(request, "条件に誤りがあるため、Excelを作りませんでした。条件を入力し直してください。")
        return redirect("linkage:records")
    found = list(queries.records(first, last, _typed(form)))
    detail: dict[str, JSON] = {"table": "linkage:records", "from": first.isoformat(), "to": last.isoformat()}
    detail |= taken(len(found))
    whole = Entry(Event.EXPORT_TABLE_MADE, detail=detail, allowed_by=Permission.VIEW_TARGETS.value)
    record_access_parts(whole, (Subject("member", str(one)) for one in sorted({one.member_id for one in found})))
    name = content_disposition_header(True, f"情報提供等記録_{first.isoformat()}_{last.isoformat()}.xlsx")
    return HttpResponse(
        records_workbook(found),
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": name or "attachment", "Cache-Control": "no-store"},
    )


def _acted(request: HttpRequest, held: HeldInquiry, form: AnswerForm) -> bool:
    user, typed = user_of(request), form.cleaned_data
    require_permission(user, Permission.APPROVE_INQUIRY if typed["act"] == "approve" else Permission.RUN_LINKAGE)
    if typed["act"] == "approve":
        require_step_up(request)
    try:
        if typed["act"] == "decide":
            done = deciding.decide(held, user, typed["decision"], typed["note"])
            waits = (
                "別の人の承認を待ちます。" if done.state == HeldInquiry.State.PROPOSED else "次の送信で相手に届きます。"
            )
            messages.success(request, f"回答を記録しました。{waits}")
        elif typed["act"] == "approve":
            deciding.approve(held, user, typed["decision"])
            messages.success(request, "回答を承認しました。次の送信で相手に届きます。")
        else:
            deciding.take_back(held)
            messages.success(request, "回答を取り消しました。もう一度回答してください。")
    except LinkageError as error:
        form.add_error(None, str(error))
        return False
    return True


def _shown(rows: Iterable[Any], place: str) -> None:
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(one.member_id)) for one in rows],
        detail={"list": place},
        allowed_by=Permission.VIEW_TARGETS.value,
    )


def _not_given() -> dict[str, Any]:
    """What both pages say of lists that were refused, did not come in order, or are still not answered."""
    late, since = unanswered(timezone.now())
    return {**refusals.told(), "late": late, "late_since": since}


def _search(request: HttpRequest) -> tuple[RecordSearchForm, date, date]:
    """What was asked for; else from the first of April of the working year until today."""
    first, last = date(require_prefecture().working_year, 4, 1), timezone.localdate()
    typed: Mapping[str, Any] = request.POST if request.method == "POST" else _kept(request)
    form = RecordSearchForm(typed or None, initial={"first": first, "last": last})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["first"], form.cleaned_data["last"]
    return form, first, last


def _kept(request: HttpRequest) -> dict[str, Any]:
    """The days of the address, and the words it says there are."""
    words = request.session.get(WORDS, {}) if SEARCHED in request.GET else {}
    return {name: request.GET[name] for name in DAYS if name in request.GET} | words


def _asked(form: RecordSearchForm) -> str:
    """The same search as an address: its days, and whether there are words."""
    days = {name: to_wareki_short(form.cleaned_data[name]) for name in DAYS}
    return urlencode(days | ({SEARCHED: "1"} if any(form.cleaned_data[name] for name in KEPT) else {}))


def _is_clear(form: RecordSearchForm) -> bool:
    return not form.is_bound or form.is_valid()


def _typed(form: RecordSearchForm) -> dict[str, Any]:
    return form.cleaned_data if form.is_bound and form.is_valid() else {}

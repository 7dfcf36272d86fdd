"""照会対象一覧: frozen lists, each with its lines, and the second person's yes or no."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may, page, require_permission, require_step_up
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import has_lapsed
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import approving
from domain.linkage.errors import TargetsRefused
from domain.linkage.forms import DecideTargetsForm
from domain.linkage.frozen import APPROVAL
from domain.linkage.models import Inquiry, TargetList
from domain.linkage.persons.queries import waiting_for_code
from domain.linkage.protection import address_shown
from tenants.core.context import require_prefecture
from web.components import Chip, Column
from web.tables import with_parameter

ROWS = 50
LIST_COLUMNS = [
    Column("一覧"), Column("状態"), Column("照会する", unit="件", number=True), Column("提案"), Column("承認・取下げ"),
]  # fmt: skip
LINE_COLUMNS = [
    Column("世帯番号"),
    Column("氏名"),
    Column("照会項目"),
    Column("基準日の住所"),
    Column("照会しない理由"),
]


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The lists of the year, newest first."""
    lists = TargetList.objects.filter(fiscal_year=require_prefecture().working_year)
    listed = Paginator(lists.order_by("-number"), ROWS).get_page(request.GET.get("page"))
    waiting = sum(one.state == TargetList.State.PROPOSED and not has_lapsed(one.proposed_at) for one in listed)
    context = {"page": listed, "columns": LIST_COLUMNS, "waiting": waiting, "code": waiting_for_code()}
    return render(request, "linkage/targets.html", context)


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def target_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list: figures by item and reason, its lines, and the decision while it waits."""
    user = user_of(request)
    listed = get_object_or_404(TargetList, pk=list_id, fiscal_year=require_prefecture().working_year)
    form = DecideTargetsForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, listed, form):
        return redirect("linkage:target_list", listed.pk)
    lines = listed.lines.select_related("member__household").order_by(
        "member__household__number", "member__key", "kind"
    )
    chosen = "spared" if request.GET.get("show") == "spared" else "asked"
    shown = lines.exclude(spared="") if chosen == "spared" else lines.filter(spared="")
    rows = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(line.member_id)) for line in rows],
        detail={"list": "linkage:target_list", "target_list": listed.pk, "page": rows.number, "show": chosen},
        allowed_by=Permission.VIEW_TARGETS.value,
    )
    counts = listed.lines.order_by().values_list("kind", "spared").annotate(lines=Count("pk"))
    context = {
        "listed": listed,
        "form": form,
        "page": rows,
        "lines": [(line, address_shown(line.member.household, line.base_address)) for line in rows],
        "columns": LINE_COLUMNS,
        "bases": [(kind.label, listed.bases.get(kind.value, "–")) for kind in Inquiry.Kind],
        "figures": [(kind.label, sum(n for k, why, n in counts if k == kind and not why)) for kind in Inquiry.Kind],
        "spared": [(f"{Inquiry.Kind(kind).label}: {why}", n) for kind, why, n in counts if why],
        "chips": [
            Chip("照会する", with_parameter(request.GET, "show", "asked"), listed.size, chosen=chosen == "asked"),
            Chip(
                "照会しない",
                with_parameter(request.GET, "show", "spared"),
                sum(n for _, why, n in counts if why),
                chosen=chosen == "spared",
            ),
        ],
        **_acts(user, listed),
    }
    return render(request, "linkage/target_list.html", context)


def _acts(user: User, listed: TargetList) -> dict[str, bool | str]:
    waits = listed.state == TargetList.State.PROPOSED
    approves = may(user, Permission.APPROVE_INQUIRY)
    stale = APPROVAL.why_stale(listed.proposed_by, listed.proposed_at) if waits else ""
    return {
        "stale": stale,
        "may_approve": waits and approves and not stale and not APPROVAL.refuses(listed.proposed_by, user),
        "may_withdraw": waits and (approves or may(user, Permission.RUN_LINKAGE)),
    }


def _decided(request: HttpRequest, listed: TargetList, form: DecideTargetsForm) -> bool:
    user, act = user_of(request), form.cleaned_data["act"]
    require_permission(user, Permission.APPROVE_INQUIRY if act == "approve" else Permission.VIEW_TARGETS)
    if act == "approve":
        require_step_up(request)
    try:
        if act == "approve":
            approved = approving.approve_targets(listed, user, form.cleaned_data["digest"])
            left = listed.size - approved
            changed = f"その後に変わった {left:,}件は次の一覧に入ります。" if left else ""
            messages.success(request, f"{approved:,}件の照会を承認しました。{changed}「照会する」で送れます。")
        else:
            approving.withdraw_targets(listed, user, form.cleaned_data["reason"])
            messages.success(request, "照会対象一覧を取り下げました。何も送っていません。")
    except TargetsRefused as error:
        form.add_error(None, str(error))
        return False
    return True

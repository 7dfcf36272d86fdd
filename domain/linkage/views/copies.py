"""副本: how far it is, the frozen lists with the second person's yes or no, and single lines that need a person."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, page, require_permission, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import queries as link_queries
from domain.linkage import services
from domain.linkage.errors import LinkageError
from domain.linkage.forms import DecideTargetsForm
from domain.linkage.frozen import APPROVAL
from domain.linkage.models import CopyLine, CopyList, DeletionReport
from domain.linkage.providing import queries, reporting, switching
from domain.linkage.providing.forms import CopyLineForm, TerminalForm
from domain.linkage.providing.rules import rules_on
from domain.linkage.providing.settling import for_terminal, link_provides
from domain.linkage.starting import PROVIDE, latest_job
from domain.linkage.views import terminal
from domain.linkage.views.link import operator_form, start_job
from tenants.core.context import require_prefecture
from web.components import Chip, Column
from web.tables import with_parameter

ROWS = 50
LINE_COLUMNS = [
    Column("氏名・世帯番号"), Column("年度"), Column("異動区分・事由"), Column("支給額・支給期間", unit="円", number=True),
    Column("状態・理由"),
]  # fmt: skip


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_GET
def copies(request: HttpRequest) -> HttpResponse:
    """Counts, the lists, the lines by state, and the next act."""
    state, user = queries.progress(), user_of(request)
    runs, approves = may(user, Permission.RUN_LINKAGE), may(user, Permission.APPROVE_INQUIRY)
    usual = queries.waiting_for(state.counts, runs=runs, approves=approves)
    chosen = request.GET.get("show", usual)
    chosen = chosen if chosen in queries.NARROWED else usual
    lines = Paginator(queries.copy_lines(chosen), ROWS).get_page(request.GET.get("page"))
    _shown(lines, "linkage:copies")
    context = {
        "state": state,
        "rules": rules_on(timezone.localdate()),
        "lists": CopyList.objects.all()[:5],
        "page": lines,
        "columns": LINE_COLUMNS,
        "chips": [
            Chip(title, with_parameter(request.GET, "show", name), state.counts[name], chosen=name == chosen)
            for name, (title, _) in queries.NARROWED.items()
        ],
        "jobs": [job for job in (latest_job(PROVIDE),) if job],
        "form": operator_form(None, link_queries.version_in_force()),
        "switch": switching.waiting_rule(),
        "reports": DeletionReport.objects.filter(state=DeletionReport.State.PROPOSED).select_related("listed"),
        "may_run": runs,
        "by_hand": not link_provides(),
    }
    return render(request, "linkage/copies.html", context)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def plan_copies(request: HttpRequest) -> HttpResponse:
    """副本登録一覧を確定する: a list that somebody else approves. Nothing is sent."""
    try:
        listed = services.propose_copies(require_prefecture().working_year, user_of(request))
    except LinkageError as error:
        messages.error(request, str(error))
        return redirect("linkage:copies")
    if listed is None:
        messages.success(request, "支給した額と、登録済みの副本は同じです。送るものはありません。")
        return redirect("linkage:copies")
    messages.success(
        request, f"副本 {listed.size:,}件の一覧を確定しました。別の人の承認を待ちます。まだ何も送りません。"
    )
    return redirect("linkage:copy_list", listed.pk)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_POST
def provide(request: HttpRequest) -> HttpResponse:
    """副本を送る. Pressing twice starts it once."""
    return start_job(request, lambda operator: services.start_provision(operator), "linkage:copies")


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def copy_list(request: HttpRequest, copy_list_id: int) -> HttpResponse:
    """One list: figures by act, its lines, and the decision while it waits."""
    user = user_of(request)
    listed = get_object_or_404(CopyList, pk=copy_list_id)
    act = request.POST.get("act", "")
    form = DecideTargetsForm(request.POST if act and act not in terminal.ACTS else None)
    deleted = TerminalForm(request.POST if act == terminal.DELETED else None)
    reports = terminal.reports_of(request, listed)
    if form.is_valid() and _decided(request, listed, form):
        return redirect("linkage:copy_list", listed.pk)
    if terminal.reported(request, listed, deleted) or terminal.decided(request, reports):
        return redirect("linkage:copy_list", listed.pk)
    lines = Paginator(queries.lines_of(listed), ROWS).get_page(request.GET.get("page"))
    _shown([*lines, *(line for one in reports for line in one.lines)], "linkage:copy_list")
    waits, approves = listed.state == CopyList.State.PROPOSED, may(user, Permission.APPROVE_INQUIRY)
    stale = APPROVAL.why_stale(listed.proposed_by, listed.proposed_at) if waits else ""
    context = {
        "listed": listed,
        "stale": stale,
        "form": form,
        "deleted": deleted,
        "reports": reports,
        "to_delete": queries.at_terminal(listed) if may(user, Permission.RUN_LINKAGE) else 0,
        "page": lines,
        "columns": LINE_COLUMNS,
        "figures": queries.figures_of(listed),
        "may_approve": waits and approves and not stale and not APPROVAL.refuses(listed.proposed_by, user),
        "may_withdraw": waits and (approves or may(user, Permission.RUN_LINKAGE)),
    }
    return render(request, "linkage/copy_list.html", context)


@page(Permission.RUN_LINKAGE)
@whole_prefecture(Permission.RUN_LINKAGE)
@require_http_methods(["GET", "POST"])
def copy_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line with its history; what a person found out about it."""
    line = get_object_or_404(CopyLine.objects.select_related("copy__member__household", "listed", "report"), pk=line_id)
    form = CopyLineForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid() and _settled(request, line, form):
        return redirect("linkage:copies")
    record_access(
        Event.READ_LINKAGE_SHOWN,
        subjects=[Subject("member", str(line.copy.member_id)), Subject("copy_line", str(line.pk))],
        allowed_by=Permission.RUN_LINKAGE.value,
    )
    refused = line.state == CopyLine.State.REFUSED and not line.corrected
    open_to_people = refused or CopyLine.objects.filter(for_terminal(), pk=line.pk).exists()
    waits = line.report is not None and line.report.state == DeletionReport.State.PROPOSED
    context = {
        "line": line, "steps": line.steps.all(), "form": form, "waits": waits, "may_settle": open_to_people and not waits,
    }  # fmt: skip
    return render(request, "linkage/copy_line.html", context)


def _shown(lines: Iterable[CopyLine], place: str) -> None:
    """Each person once, though a line may stand both in the list and in a report."""
    members = dict.fromkeys(line.copy.member_id for line in lines)
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(member)) for member in members],
        detail={"list": place},
        allowed_by=Permission.VIEW_TARGETS.value,
    )


def _decided(request: HttpRequest, listed: CopyList, form: DecideTargetsForm) -> bool:
    user, act = user_of(request), form.cleaned_data["act"]
    require_permission(user, Permission.APPROVE_INQUIRY if act == "approve" else Permission.VIEW_TARGETS)
    if act == "approve":
        require_step_up(request)
    try:
        if act == "approve":
            services.approve_copies(listed, user, form.cleaned_data["digest"])
            messages.success(request, f"副本 {listed.size:,}件を承認しました。「副本を送る」で送れます。")
        else:
            services.withdraw_copies(listed, form.cleaned_data["reason"])
            messages.success(request, "副本登録一覧を取り下げました。何も送っていません。")
    except LinkageError as error:
        form.add_error(None, str(error))
        return False
    return True


def _settled(request: HttpRequest, line: CopyLine, form: CopyLineForm) -> bool:
    typed = form.cleaned_data
    try:
        if typed["act"] == "corrected":
            services.mark_corrected(line, typed["note"])
        elif typed["act"] == "done" and line.act == CopyLine.Act.DELETE:
            reporting.report_line(line, user_of(request), typed["note"])
            messages.success(request, terminal.REPORTED)
            return True
        else:
            number = typed.get("record_number", "")
            services.settle_at_terminal(line, done=typed["act"] == "done", record_number=number, note=typed["note"])
    except LinkageError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "処理を記録しました。")
    return True

"""On the page of a 副本登録一覧: deletions done at the terminal of 中間サーバー, reported by one person and confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

from accounts.access import may, require_permission, require_step_up
from accounts.permissions import Permission
from domain.households.views.shared import user_of
from domain.linkage.errors import LinkageError
from domain.linkage.models import CopyLine, CopyList, DeletionReport
from domain.linkage.providing import reporting
from domain.linkage.providing.forms import ReportForm, TerminalForm

DELETED = "deleted"
DECISIONS = ("confirm_deletion", "withdraw_deletion")
ACTS = (DELETED, *DECISIONS)
REPORTED = "端末で削除したと報告しました。別の人が端末を見て確認すると、削除済みになります。"


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A waiting report with its form; `lines`: the first of them."""

    report: DeletionReport
    lines: list[CopyLine]
    stale: str
    may_confirm: bool
    may_withdraw: bool
    form: ReportForm


def reports_of(request: HttpRequest, listed: CopyList) -> list[ReportShown]:
    """What waits on this list; the one that was decided on in this request has what was typed."""
    user = user_of(request)
    withdraws = may(user, Permission.RUN_LINKAGE) or may(user, Permission.APPROVE_INQUIRY)
    chosen = request.POST.get("report", "") if request.POST.get("act") in DECISIONS else ""
    return [
        ReportShown(
            report=one.report,
            lines=one.lines,
            stale=one.stale,
            may_confirm=one.may_confirm,
            may_withdraw=withdraws,
            form=ReportForm(request.POST if chosen == str(one.report.pk) else None, report=one.report.pk),
        )
        for one in reporting.waiting_on(listed, user)
    ]


def reported(request: HttpRequest, listed: CopyList, form: TerminalForm) -> bool:
    """Whether all deletions of the list were reported with this request."""
    if not form.is_valid():
        return False
    require_permission(user_of(request), Permission.RUN_LINKAGE)
    try:
        reporting.report_list(listed, user_of(request), form.cleaned_data["note"])
    except LinkageError as error:
        form.add_error("note", str(error))
        return False
    messages.success(request, REPORTED)
    return True


def decided(request: HttpRequest, reports: list[ReportShown]) -> bool:
    """Whether a report was confirmed or withdrawn with this request."""
    if request.POST.get("act") not in DECISIONS:
        return False
    one = next((shown for shown in reports if shown.form.is_bound), None)
    if one is None:
        messages.error(request, "この報告は、もう決まっています。")
        return True
    return one.form.is_valid() and _decided(request, one)


def _decided(request: HttpRequest, one: ReportShown) -> bool:
    user, typed = user_of(request), one.form.cleaned_data
    confirms = typed["act"] == "confirm_deletion"
    if confirms or not may(user, Permission.RUN_LINKAGE):
        require_permission(user, Permission.APPROVE_INQUIRY)
    if confirms:
        require_step_up(request)
    try:
        if confirms:
            count = reporting.confirm(one.report, user)
            messages.success(request, f"副本 {count:,}件の端末での削除を確認しました。")
        else:
            reporting.withdraw(one.report, user, typed["reason"])
            messages.success(request, "端末での削除の報告を取り下げました。副本は登録済みのままです。")
    except LinkageError as error:
        one.form.add_error(None, str(error))
        return False
    return True

"""One revision: what it says, how it differs, and the acts of the officer and of the second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.models import User
from accounts.permissions import Permission
from domain.households.views.shared import holds_everywhere, user_of, whole_prefecture
from domain.rules import PackError
from domain.yearpacks import changing, drafting, queries
from domain.yearpacks.content import is_empty
from domain.yearpacks.coverage import coverage_table
from domain.yearpacks.differences import differences
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.forms import ReasonForm, WorkbookForm
from domain.yearpacks.models import Revision
from domain.yearpacks.own import own_rows
from domain.yearpacks.unconfirmed import accepted_rows
from domain.yearpacks.views.shared import tone_of_state
from domain.yearpacks.wording import state_text

State = Revision.State
OWN = "あなたが提案した改訂です。提案した本人は承認できません。別の承認者に依頼してください。"
NOT_APPROVER = "承認できるのは承認者です。"


@page(Permission.VIEW_YEARPACK)
@whole_prefecture(Permission.VIEW_YEARPACK)
@require_safe
def revision(request: HttpRequest, revision_id: int) -> HttpResponse:
    """What it says, what is still lacking, what it would change, and the next act."""
    row = queries.find_revision(revision_id)
    context: dict[str, Any] = {"revision": row, "tone": tone_of_state(row.state), "steps": row.steps.all()}
    try:
        context |= _what_it_says(row)
    except (PackError, YearpackError) as error:
        context["trouble"] = str(error)
    return render(request, "yearpacks/revision.html", context | _acts(user_of(request), row))


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def propose(request: HttpRequest, revision_id: int) -> HttpResponse:
    """提案する."""
    row = queries.find_revision(revision_id)
    return _act(request, row, lambda user: drafting.propose(row, user), "提案しました。承認者に知らせてください。")


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def withdraw(request: HttpRequest, revision_id: int) -> HttpResponse:
    """取り下げる, with a reason."""
    return _with_reason(request, revision_id, drafting.withdraw, "取り下げました。")


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def recall(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Who proposed takes the proposal back into the draft, with a reason."""
    done = "作成中に戻しました。続けて入力できます。"
    return _with_reason(request, revision_id, drafting.recall, done)


def _with_reason(
    request: HttpRequest, revision_id: int, act: Callable[[Revision, User, str], object], done: str
) -> HttpResponse:
    row = queries.find_revision(revision_id)
    form = ReasonForm(request.POST)
    if not form.is_valid() and request.POST.get("reason", "").strip():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return redirect("yearpacks:revision", row.pk)
    reason = str(form.cleaned_data.get("reason", ""))
    return _act(request, row, lambda user: act(row, user, reason), done)


@page(Permission.APPROVE_YEARPACK)
@whole_prefecture(Permission.APPROVE_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The second person looks at every difference and approves exactly what is shown, or sends it back."""
    require_step_up(request)
    row = queries.find_revision(revision_id)
    if row.state != State.PROPOSED:
        return redirect("yearpacks:revision", row.pk)
    form = ReasonForm(request.POST if request.POST.get("act") == "return" else None)
    if request.method == "POST":
        if request.POST.get("act") == "approve":
            digest = request.POST.get("digest", "")
            done = "承認しました。使い始める日は「適用」で決めます。"
            return _act(request, row, lambda user: drafting.approve(row, user, digest), done)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            return _act(request, row, lambda user: drafting.send_back(row, user, reason), "差し戻しました。")
    refusal = drafting.why_stale(row)
    if not refusal and row.proposed_by == user_of(request).username:
        refusal = OWN
    context = {"revision": row, "form": form, "refusal": refusal}
    return render(request, "yearpacks/approve.html", context | _what_it_says(row))


def _act(request: HttpRequest, row: Revision, act: Callable[[User], object], done: str) -> HttpResponse:
    try:
        act(user_of(request))
    except (YearpackError, AccountError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{row.label}を{done}")
    return redirect("yearpacks:revision", row.pk)


def _what_it_says(row: Revision) -> dict[str, Any]:
    pack = queries.pack_of_revision(row)
    own, accepted = list(own_rows(pack, row.content)), accepted_rows(pack, row.content)
    lacking, unconfirmed = len(changing.lacking_of(pack)), len(changing.unconfirmed_of(pack))
    return {
        "pack": pack,
        "table": coverage_table(pack),
        "differences": differences(queries.pack_before(row), pack),
        "own": own,
        "accepted": accepted,
        "lacking": lacking,
        "stands": state_text(len(own), len(accepted), lacking, unconfirmed),
        "empty": is_empty(row.content),
    }


def _stale(row: Revision) -> str:
    return drafting.why_stale(row) if row.state == State.PROPOSED else ""


def _acts(user: User, row: Revision) -> dict[str, Any]:
    editor = holds_everywhere(user, Permission.EDIT_YEARPACK)
    approver = holds_everywhere(user, Permission.APPROVE_YEARPACK)
    mine = row.proposed_by == user.username
    return {
        "may_edit": editor and row.state == State.DRAFT,
        "may_recall": editor and mine and row.state == State.PROPOSED,
        "may_withdraw": editor and row.state in (State.DRAFT, State.PROPOSED),
        "may_put_in_force": editor and row.state == State.APPROVED,
        "to_approve": row.state == State.PROPOSED,
        "approval_refusal": _stale(row) or ("" if approver and not mine else OWN if approver else NOT_APPROVER),
        "workbook_form": WorkbookForm(),
        "reason_form": ReasonForm(),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
    }

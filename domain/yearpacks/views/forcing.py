"""適用: which revision is used from which day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.permissions import Permission
from domain.households.views.shared import user_of, whole_prefecture
from domain.yearpacks import forcing, queries
from domain.yearpacks.differences import differences
from domain.yearpacks.errors import DayRefused, PastDecided, ReasonMissing, YearpackError
from domain.yearpacks.forms import ForceForm, ReasonForm
from domain.yearpacks.models import InForce
from domain.yearpacks.resolving import pack_of

OWN = "あなたが提案した適用です。提案した本人は承認できません。別の承認者に依頼してください。"


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for a revision (?revision=) to be put in force from a day."""
    year = queries.working_year()
    form = ForceForm(year, request.POST or None, initial={"revision": request.GET.get("revision", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            forcing.propose_in_force(year, said["revision"], said["starts_on"], said["reason"], user_of(request))
        except (DayRefused, PastDecided) as error:
            form.add_error("starts_on", str(error))
        except ReasonMissing as error:
            form.add_error("reason", str(error))
        except YearpackError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "適用を提案しました。別の承認者が承認すると、その日から使われます。")
            return redirect("yearpacks:overview")
    return render(request, "yearpacks/force.html", {"form": form, "year": year})


@page(Permission.APPROVE_YEARPACK)
@whole_prefecture(Permission.APPROVE_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, force_id: int) -> HttpResponse:
    """The second person sees what would change, and approves it, or turns it down with a reason."""
    require_step_up(request)
    row = queries.find_force(force_id)
    if row.state != InForce.State.PROPOSED:
        return redirect("yearpacks:overview")
    returning = request.POST.get("act") == "return"
    form = ReasonForm(request.POST if returning else None)
    if request.method == "POST" and (not returning or form.is_valid()):
        try:
            if returning:
                forcing.return_in_force(row, user_of(request), form.cleaned_data["reason"])
            else:
                forcing.approve_in_force(row, user_of(request))
        except (YearpackError, AccountError) as error:
            messages.error(request, str(error))
            return redirect("yearpacks:force_approve", row.pk)
        messages.success(request, "適用の提案を差し戻しました。" if returning else "適用を承認しました。")
        return redirect("yearpacks:overview")
    return render(request, "yearpacks/force_approve.html", _context(request, row) | {"form": form})


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def withdraw(request: HttpRequest, force_id: int) -> HttpResponse:
    """Who proposed takes it back, with a reason."""
    row, form = queries.find_force(force_id), ReasonForm(request.POST)
    if not form.is_valid() and request.POST.get("reason", "").strip():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return redirect("yearpacks:overview")
    try:
        forcing.withdraw_in_force(row, user_of(request), str(form.cleaned_data.get("reason", "")))
    except YearpackError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "適用の提案を取り下げました。")
    return redirect("yearpacks:overview")


def _context(request: HttpRequest, row: InForce) -> dict[str, Any]:
    after = forcing.pack_in_force(row)
    used = queries.used_now(row.fiscal_year)
    before = pack_of(used.pack, used.overlays)
    refusal = forcing.APPROVAL.why_stale(row.proposed_by, row.proposed_at)
    if not refusal and row.proposed_by == user_of(request).username:
        refusal = OWN
    return {
        "force": row,
        "differences": differences(before, after),
        "refusal": refusal,
        "own": row.proposed_by == user_of(request).username,
        "before": before,
        "after": after,
    }

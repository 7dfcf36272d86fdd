"""承認 by the second person, and 支給の確定. Both ask for a fresh one-time password before anything is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.payments import services
from domain.payments.doubts import unconfirmed_among
from domain.payments.errors import PaymentError, TotalsDiffer
from domain.payments.forms import ApprovalForm
from domain.payments.models import PaymentRound
from domain.payments.queries.adjustments import waiting_in
from domain.payments.queries.scope import find_round, payments_in
from domain.payments.rounds.approved_accounts import changes_since_approval, digest_of_changes
from domain.payments.rounds.releasing import expected_problems
from domain.payments.views.shared import doubts_shown

State = PaymentRound.State


@page(Permission.APPROVE_ROUND)
@whole_prefecture(Permission.APPROVE_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, round_id: int) -> HttpResponse:
    """Count and total are typed from the papers; the page does not say them."""
    require_step_up(request)
    round_ = find_round(round_id)
    if round_.state != State.CALCULATED:
        return redirect("payments:round", round_id)
    form = ApprovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.approve_round(round_, user_of(request), form.cleaned_data["count"], form.cleaned_data["total"])
        except TotalsDiffer as error:
            form.add_error(error.fields[0] if len(error.fields) == 1 else None, str(error))
        except (PaymentError, AccountError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"「{round_.title}」の支給を承認しました。次は支給の確定です。")
            return redirect("payments:round", round_id)
    waiting = waiting_in(user_of(request), round_)
    context = {"round": round_, "form": form, "waiting": waiting, **_doubts(request, round_)}
    return render(request, "payments/approve.html", context)


@page(Permission.APPROVE_ROUND)
@whole_prefecture(Permission.APPROVE_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, round_id: int) -> HttpResponse:
    """The households that cannot be paid by transfer are shown before the others are released."""
    require_step_up(request)
    round_ = find_round(round_id)
    if request.method == "POST":
        return _release(request, round_)
    if round_.state != State.APPROVED:
        return redirect("payments:round", round_id)
    problems = expected_problems(round_)
    changes = changes_since_approval(round_)
    shown = {each.household_id for each in problems} | {each.household.pk for each in changes}
    subjects = [Subject("round", str(round_.pk)), *(Subject("household", str(each)) for each in sorted(shown))]
    record_access(Event.READ_ROUND_SHOWN, subjects=subjects, allowed_by=Permission.APPROVE_ROUND.value)
    amount = sum(problem.amount for problem in problems)
    context = {
        "round": round_,
        "problems": problems,
        "changes": changes,
        "seen": {"seen": digest_of_changes(changes)},
        "problem_total": amount,
        "transfer_total": (round_.confirmed_total or 0) - amount,
        **_doubts(request, round_),
    }
    return render(request, "payments/release.html", context)


@page(Permission.APPROVE_ROUND)
@whole_prefecture(Permission.APPROVE_ROUND)
@require_POST
def approve_accounts(request: HttpRequest, round_id: int) -> HttpResponse:
    """The changed 振込先 that the release page showed are approved."""
    require_step_up(request)
    round_ = find_round(round_id)
    try:
        households = services.approve_accounts(round_, user_of(request), request.POST.get("seen", ""))
    except (PaymentError, AccountError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"変わった振込先 {households}世帯分を承認しました。")
    return redirect("payments:release", round_id)


def _doubts(request: HttpRequest, round_: PaymentRound) -> dict[str, Any]:
    """未確認 without any number of people: what is typed from the papers is not to be read from the page."""
    user = user_of(request)
    shown = doubts_shown(user, round_, counted=False)
    return {"unconfirmed": unconfirmed_among(payments_in(user, round_)).exists(), **shown}


def _release(request: HttpRequest, round_: PaymentRound) -> HttpResponse:
    try:
        released = services.release_round(round_, user_of(request))
    except PaymentError as error:
        messages.error(request, str(error))
    else:
        listed = released.untransferable.count()
        rest = f"振込不可の{listed}世帯は、この画面の一覧を見て対応してください。" if listed else ""
        messages.success(request, f"「{released.title}」の支給を確定しました。{rest}")
    return redirect("payments:round", round_.pk)

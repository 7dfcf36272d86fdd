"""支給回: the list, opening one, what one pays and what is to be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may, page
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import (
    holds_everywhere,
    is_poll,
    progress_answer,
    unfinished,
    user_of,
    whole_prefecture,
)
from domain.payments import services
from domain.payments.doubts import unconfirmed_among
from domain.payments.errors import PaymentError, RoundRefused
from domain.payments.forms import DifferencesRoundForm, RoundForm
from domain.payments.items import items_in
from domain.payments.ledgers import ledgers_of
from domain.payments.models import PaymentRound, Untransferable
from domain.payments.presentation.differences import cause_rows, item_rows
from domain.payments.presentation.states import round_tone
from domain.payments.queries import rounds as queries
from domain.payments.queries.adjustments import adjusted_in
from domain.payments.queries.scope import find_round, payments_in, sees_everything
from domain.payments.rounds.approving import why_stale
from domain.payments.rounds.opening import last_pay_day
from domain.payments.rounds.periods import covers_the_year
from domain.payments.states import SETTLED
from domain.payments.views.shared import doubts_shown, show_refusal, working_year
from domain.statements.figures import FiguresNotChosen, figures_of

State = PaymentRound.State
OWN = "あなたが計算を依頼した支給回です。計算した本人は承認できません。別の承認者に依頼してください。"
NOT_APPROVER = "承認できるのは承認者です。"
DIFFERENCES = "differences"


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds with their states and what they pay at the person's schools."""
    user = user_of(request)
    rows = [(row, round_tone(row.round)) for row in queries.list_rounds(user)]
    year = working_year()
    context = {
        "rows": rows,
        "year": year,
        "settled": any(row.round.fiscal_year == year and row.round.state in SETTLED for row, _ in rows),
        "may_open": holds_everywhere(user, Permission.CALCULATE_ROUND),
        "may_enter": may(user, Permission.ENTER_EXPENSE),
        "everything": sees_everything(user),
    }
    return render(request, "payments/rounds.html", context)


@page(Permission.CALCULATE_ROUND)
@whole_prefecture(Permission.CALCULATE_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """支給回を開く; with ?kind=differences one that pays 追給・戻入 only."""
    year = working_year()
    only_differences = request.GET.get("kind") == DIFFERENCES
    kind = DifferencesRoundForm if only_differences else RoundForm
    form = kind(request.POST or None, initial=_next(year, only_differences=only_differences))
    if request.method == "POST" and form.is_valid():
        try:
            figures = figures_of(year)
            opened = services.open_round(
                fiscal_year=year, pack=figures.pack, overlays=figures.overlays, **form.cleaned_data
            )
        except RoundRefused as refusal:
            show_refusal(form, refusal)
        except FiguresNotChosen as error:
            form.add_error(None, str(error))
        else:
            then = "計算すると、追給・戻入が入ります。" if only_differences else "経費がそろったら計算してください。"
            messages.success(request, f"「{opened.title}」を開きました。{then}")
            return redirect("payments:round", opened.pk)
    context = {
        "form": form,
        "year": year,
        "only_differences": only_differences,
        "covered": covers_the_year(year),
        "last_pay_day": last_pay_day(year),
        "settled": PaymentRound.objects.filter(fiscal_year=year, state__in=SETTLED).order_by("number"),
    }
    return render(request, "payments/round_new.html", context)


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def round_detail(request: HttpRequest, round_id: int) -> HttpResponse:
    """What is paid by item and ledger, what changed since the run before, who is stopped, and the next act."""
    user = user_of(request)
    round_ = find_round(round_id)
    job = services.job_of(round_)
    if is_poll(request) and job is not None:
        return progress_answer(request, job)
    refused = _untransferable(user, round_)
    record_access(
        Event.READ_ROUND_SHOWN,
        subjects=[
            Subject("round", str(round_.pk)),
            *(Subject("household", str(each.household_id)) for each in refused),
        ],
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    context = {
        "round": round_,
        "tone": round_tone(round_),
        "job": unfinished(job),
        "steps": round_.steps.all(),
        "untransferable": refused,
        **_figures(user, round_),
        **_acts(user, round_),
    }
    return render(request, "payments/round.html", context)


@page(Permission.CALCULATE_ROUND)
@whole_prefecture(Permission.CALCULATE_ROUND)
@require_POST
def calculate(request: HttpRequest, round_id: int) -> HttpResponse:
    """計算する, or 計算し直す."""
    round_ = find_round(round_id)
    try:
        job = services.start_calculation(round_)
    except PaymentError as error:
        messages.error(request, str(error))
    else:
        if job.is_live:
            messages.success(request, "計算を始めました。画面を閉じても続きます。")
    return redirect("payments:round", round_id)


@page(Permission.CALCULATE_ROUND)
@whole_prefecture(Permission.CALCULATE_ROUND)
@require_POST
def accept_recovery(request: HttpRequest, round_id: int, adjustment_id: int) -> HttpResponse:
    """戻入の差引きを決める; the round is to be calculated again afterwards."""
    round_ = find_round(round_id)
    if not round_.adjustments.filter(pk=adjustment_id).exists():
        raise Http404
    try:
        services.accept_recovery(adjustment_id, request.POST.get("reason", ""))
    except PaymentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "差引きを決めました。計算し直すと、支給額に反映されます。")
    return redirect("payments:round", round_id)


def _next(year: int, *, only_differences: bool) -> dict[str, Any]:
    last = PaymentRound.objects.filter(fiscal_year=year).order_by("-number").values_list("number", flat=True).first()
    number = (last or 0) + 1
    return {"number": number, "title": f"追給・戻入（第{number}回）" if only_differences else f"第{number}期"}


def _figures(user: User, round_: PaymentRound) -> dict[str, Any]:
    """Nothing while a run is half way. The difference belongs to the whole prefecture: only who sees all sees it."""
    if round_.state == State.DRAFT:
        return {}
    everything = sees_everything(user)
    now = queries.figures_for(user, round_)
    ledgers = ledgers_of(round_)
    items = items_in(round_)
    adjusted = adjusted_in(user, round_, items)
    before = round_.figures.get("before") if everything else None
    return {
        "now": now,
        "before": before,
        "difference": now["total"] - before["total"] if before else None,
        "ledgers": ledgers,
        "amounts": list(now["ledgers"].values()),
        "items": item_rows(items, now, before, [each.name for each in ledgers]),
        "causes": cause_rows(round_.figures.get("causes", ())) if before else [],
        "reasons": queries.reasons_of(user, round_),
        "unconfirmed": unconfirmed_among(payments_in(user, round_)).count(),
        **doubts_shown(user, round_, counted=everything),
        "adjusted": adjusted,
        "adjusted_amounts": [adjusted.carried.get(each.name, 0) for each in ledgers],
    }


def _untransferable(user: User, round_: PaymentRound) -> list[Untransferable]:
    """振込不可 of a released round, for who may see the whole prefecture."""
    if round_.state != State.RELEASED or not sees_everything(user):
        return []
    return list(round_.untransferable.select_related("household").order_by("household__number"))


def _acts(user: User, round_: PaymentRound) -> dict[str, Any]:
    """What this person may do with this round now."""
    approver = holds_everywhere(user, Permission.APPROVE_ROUND)
    pays = approver or holds_everywhere(user, Permission.CALCULATE_ROUND)
    may_take = round_.state == State.RELEASED and may(user, Permission.DOWNLOAD_FILE)
    own = round_.calculated_by == user.username
    return {
        "may_calculate": round_.is_open and holds_everywhere(user, Permission.CALCULATE_ROUND),
        "to_slips": may_take,
        "to_bank_file": may_take and pays,
        "to_approve": round_.state == State.CALCULATED,
        "approval_refusal": why_stale(round_) or ("" if approver and not own else OWN if approver else NOT_APPROVER),
        "to_release": round_.state == State.APPROVED,
        "release_refusal": "" if approver else "支給を確定できるのは承認者です。",
    }

"""Bringing a prefecture in: the request, the steps, the handover of the first activation code."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.errors import SamePerson
from accounts.permissions import Permission
from accounts.views.shared import show
from tenants.console import first_manager as first
from tenants.console import runs, state_changes
from tenants.console.errors import RequestRefused
from tenants.console.first_manager import BEFORE_LIVE, NOT_THE_OPERATORS
from tenants.console.forms import ManagerForm, PrefectureForm
from tenants.console.models import OnboardingStep
from tenants.console.onboarding import STEPS, handover_refusal, register, take_handover
from tenants.console.views.shared import prefecture_of
from tenants.core.models import Prefecture

Step = OnboardingStep.Name
State = OnboardingStep.State


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_http_methods(["GET", "HEAD", "POST"])
def onboarding(request: HttpRequest) -> HttpResponse:
    form = PrefectureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                prefecture = register(form.stated())
                runs.start_onboarding(prefecture)
        except RequestRefused as error:
            form.add_error(error.field or None, str(error))
        except IntegrityError:
            form.add_error(
                None, "同じ団体コードかホスト名が、いま別の操作で登録されました。下の一覧を確かめてください。"
            )
        else:
            messages.success(request, f"{prefecture.name}を台帳に登録し、導入を始めました。")
            return redirect("console:onboarding_detail", prefecture.code)
    context = {"form": form, "prefectures": _with_steps()}
    return show(request, "console/onboarding.html", context, 400 if form.errors else 200)


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_safe
def onboarding_detail(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    return _detail(request, prefecture_of(prefecture_code))


@page(Permission.ONBOARD_PREFECTURE, "console", passive=True)
@require_safe
def onboarding_progress(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """The same page, for reloading its own list of steps."""
    return _detail(request, prefecture_of(prefecture_code))


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_POST
def onboarding_run(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """All steps again, or the one named in the form. Each can bear it."""
    require_step_up(request)
    prefecture = prefecture_of(prefecture_code)
    step = request.POST.get("step", "")
    if step and step not in STEPS:
        messages.error(request, "その手順はありません。画面を開き直してください。")
    elif step == Step.ADMINISTRATOR and prefecture.state not in BEFORE_LIVE:
        messages.error(request, NOT_THE_OPERATORS)
    else:
        runs.start_onboarding(prefecture, step)
        messages.success(request, "導入の処理を受け付けました。画面を閉じても続きます。")
    return redirect("console:onboarding_detail", prefecture.code)


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_POST
def handover(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """The activation code of the first テナント管理者 is on this answer only, and goes to a second operator."""
    require_step_up(request)
    prefecture = prefecture_of(prefecture_code)
    step = get_object_or_404(OnboardingStep, prefecture_code=prefecture.code, name=Step.ADMINISTRATOR)
    try:
        code = take_handover(step, person_of(request))
    except (RequestRefused, SamePerson) as error:
        messages.error(request, str(error))
        return redirect("console:onboarding_detail", prefecture.code)
    context = {"target": prefecture, "code": code, "manager": first.manager_of(step)}
    return show(request, "console/handover.html", context)


@page(Permission.ONBOARD_PREFECTURE, "console")
@require_http_methods(["GET", "HEAD", "POST"])
def first_manager(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """Who manages the accounts first, stated anew; the step runs again, and the new code goes to a second operator."""
    require_step_up(request)
    prefecture = prefecture_of(prefecture_code)
    stated = first.stated_manager(prefecture.code)
    form = ManagerForm(request.POST or None, initial={"manager_username": stated.username, "manager_name": stated.name})
    if request.method == "POST" and form.is_valid():
        try:
            first.restate(prefecture, form.manager())
        except RequestRefused as error:
            form.add_error(error.field or None, str(error))
        else:
            runs.start_onboarding(prefecture, Step.ADMINISTRATOR)
            messages.success(request, "最初の管理者を改め、登録を始めました。前のコードは、もう表示できません。")
            return redirect("console:onboarding_detail", prefecture.code)
    context = {"target": prefecture, "form": form, "refusal": first.why_not_restated(prefecture)}
    return show(request, "console/first_manager.html", context, 400 if form.errors else 200)


def _detail(request: HttpRequest, prefecture: Prefecture) -> HttpResponse:
    steps = list(OnboardingStep.objects.filter(prefecture_code=prefecture.code).defer("handover"))
    job = runs.newest_onboarding(prefecture)
    done = sum(step.state == State.DONE for step in steps)
    waits = (
        OnboardingStep.objects.filter(prefecture_code=prefecture.code).exclude(handover=b"").defer("handover").first()
    )
    context = {
        "target": prefecture,
        "steps": steps,
        "current": next((step for step in steps if step.state != State.DONE), None),
        "failed": next((step for step in steps if step.state == State.FAILED), None),
        "repeatable": set(STEPS),
        "done": done,
        "job": job,
        "live": job is not None and job.is_live,
        "handover_waits": waits is not None,
        "handover_refusal": handover_refusal(waits, person_of(request)) if waits else "",
        "changes": state_changes.possible(prefecture),
        "manager": first.stated_manager(prefecture.code),
        "manager_may_change": prefecture.state in BEFORE_LIVE,
    }
    return show(request, "console/onboarding_detail.html", context)


def _with_steps() -> list[tuple[Prefecture, int, int]]:
    """Prefectures that were registered, with steps done and steps there are."""
    states: dict[str, list[str]] = {}
    for code, state in OnboardingStep.objects.values_list("prefecture_code", "state"):
        states.setdefault(code, []).append(state)
    return [
        (one, states.get(one.code, []).count(State.DONE), len(states.get(one.code, [])))
        for one in Prefecture.objects.all()
    ]

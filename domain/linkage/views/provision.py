"""情報提供の設定: the dated rules, a new one, and the second person's yes or no to one that switches 副本 off or on again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import may, page, require_permission, require_step_up
from accounts.models import User
from accounts.permissions import Permission
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import services
from domain.linkage.errors import LinkageError
from domain.linkage.forms import DecideTargetsForm
from domain.linkage.models import ProvisionRule
from domain.linkage.providing import switching
from domain.linkage.providing.forms import ProvisionRuleForm, SwitchForm
from domain.linkage.providing.rules import is_switch, rules_on

State = ProvisionRule.State


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def provision_rules(request: HttpRequest) -> HttpResponse:
    """What holds today, all rules by date, and a new one: the approver's, or a switch that anybody who runs the link proposes."""
    user = user_of(request)
    proposes = request.POST.get("act") == "switch"
    may_set = may(user, Permission.APPROVE_INQUIRY)
    form: ProvisionRuleForm | SwitchForm = (ProvisionRuleForm if may_set and not proposes else SwitchForm)(
        request.POST or None
    )
    if request.method == "POST":
        require_permission(user, Permission.RUN_LINKAGE if proposes else Permission.APPROVE_INQUIRY)
        if form.is_valid() and (kept := _kept(request, user, form)) is not None:
            proposed = kept.state == State.PROPOSED
            return redirect("linkage:provision_rule", kept.pk) if proposed else redirect("linkage:provision_rules")
    context = {
        "today": rules_on(timezone.localdate()),
        "rules": ProvisionRule.objects.order_by("-starts_on", "-pk"),
        "waiting": switching.waiting_rule(),
        "form": form,
        "may_set": may_set,
        "may_propose": may(user, Permission.RUN_LINKAGE),
    }
    return render(request, "linkage/provision_rules.html", context)


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def provision_rule(request: HttpRequest, provision_id: int) -> HttpResponse:
    """One rule; while it waits, what goes with it, the approval and the withdrawal."""
    user, rule = user_of(request), get_object_or_404(ProvisionRule, pk=provision_id)
    form = DecideTargetsForm(request.POST or None)
    if form.is_valid() and _decided(request, rule, form):
        return redirect("linkage:provision_rules")
    waits, approves = rule.state == State.PROPOSED, may(user, Permission.APPROVE_INQUIRY)
    stale = switching.why_stale(rule) if waits else ""
    context = {
        "rule": rule,
        "waits": waits,
        "effect": switching.effect_of(rule),
        "stale": stale,
        "form": form,
        "may_approve": waits and approves and not stale and not switching.APPROVAL.refuses(rule.by, user),
        "may_withdraw": waits and (approves or may(user, Permission.RUN_LINKAGE)),
    }
    return render(request, "linkage/provision_rule.html", context)


def _kept(request: HttpRequest, user: User, form: ProvisionRuleForm | SwitchForm) -> ProvisionRule | None:
    """In force, or waiting for the second person; None: the form says why not."""
    rule = form.as_rule()
    try:
        if isinstance(form, ProvisionRuleForm) and not is_switch(rule):
            kept = services.add_provision_rule(user, rule)
            messages.success(request, "情報提供の設定を登録しました。")
        else:
            kept = switching.propose_rule(user, rule)
            messages.success(request, "設定を提案しました。別の人が承認するまで、いまの設定のままです。")
    except LinkageError as error:
        form.add_error(None, str(error))
        return None
    return kept


def _decided(request: HttpRequest, rule: ProvisionRule, form: DecideTargetsForm) -> bool:
    user, typed = user_of(request), form.cleaned_data
    if typed["act"] == "approve" or not may(user, Permission.RUN_LINKAGE):
        require_permission(user, Permission.APPROVE_INQUIRY)
    if typed["act"] == "approve":
        require_step_up(request)
    try:
        if typed["act"] == "approve":
            switching.approve_rule(rule, user, typed["digest"])
            messages.success(request, "設定を承認しました。適用開始日から、この設定になります。")
        else:
            switching.withdraw_rule(rule, user, typed["reason"])
            messages.success(request, "設定の提案を取り下げました。いまの設定のままです。")
    except LinkageError as error:
        form.add_error(None, str(error))
        return False
    return True

"""照会項目の設定 and 同意: what may be asked from when, and who agreed to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import may, page, require_permission
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.households.queries import visible_households
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage import items
from domain.linkage.errors import ItemRefused
from domain.linkage.forms import ConsentForm, ItemRuleForm, WithdrawConsentForm
from domain.linkage.models import Consent, ItemRule
from tenants.core.context import require_prefecture
from web.components import Column

ROWS = 50
CONSENT_COLUMNS = [
    Column("世帯番号"), Column("氏名"), Column("照会項目"), Column("同意日"), Column("確かめた書類"), Column("登録者"),
    Column("撤回"),
]  # fmt: skip


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """What holds today, all rules by date, and (for the approver) a new one."""
    user = user_of(request)
    form = ItemRuleForm(request.POST or None)
    if request.method == "POST":
        require_permission(user, Permission.APPROVE_INQUIRY)
        if form.is_valid():
            try:
                items.add_rule(user, form.as_rule())
            except ItemRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "照会項目の設定を登録しました。")
                return redirect("linkage:items")
    today = items.items_on(require_prefecture().working_year, timezone.localdate())
    context = {
        "today": [(kind.label, item) for kind, item in today.items()],
        "rules": ItemRule.objects.order_by("-starts_on", "-pk"),
        "form": form,
        "may_set": may(user, Permission.APPROVE_INQUIRY),
    }
    return render(request, "linkage/items.html", context)


@page(Permission.REVIEW_MATCH)
@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """Consents of the households that one may judge; a new one, and taking one back."""
    user = user_of(request)
    households = visible_households(user, Permission.REVIEW_MATCH)
    mine = Consent.objects.filter(member__household__in=households)
    taking_back = request.method == "POST" and "consent" in request.POST
    form = ConsentForm(None if taking_back else request.POST or None)
    if taking_back:
        withdrawal = WithdrawConsentForm(request.POST)
        if withdrawal.is_valid():
            found = get_object_or_404(mine, pk=withdrawal.cleaned_data["consent"])
            items.withdraw_consent(found, timezone.localdate())
            messages.success(request, "同意の撤回を登録しました。これから先は照会しません。")
            return redirect("linkage:consents")
    elif request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        members = Member.objects.filter(household__in=households, household__number=typed["household"])
        member = members.filter(key=typed["key"]).first()
        try:
            if member is None:
                raise ItemRefused("この世帯番号と構成員番号の人は見つかりません。世帯の画面で番号を確かめてください。")
            items.give_consent(user, member, typed["kind"], typed["given_on"], typed["evidence"])
        except ItemRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "同意を登録しました。")
            return redirect("linkage:consents")
    ordered = mine.select_related("member__household").order_by("-recorded_at", "-pk")
    listed = Paginator(ordered, ROWS).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(one.member_id)) for one in listed],
        detail={"list": "linkage:consents", "page": listed.number},
        allowed_by=Permission.REVIEW_MATCH.value,
    )
    return render(request, "linkage/consents.html", {"page": listed, "form": form, "columns": CONSENT_COLUMNS})

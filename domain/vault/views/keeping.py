"""番号の管理: what is held and how; lists for jobs, disposals and other rules are asked for here, and approved elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.errors import AccountError
from accounts.permissions import Permission
from accounts.views.shared import note_list
from audit.trail.recorder import Subject, record_access
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of, whole_prefecture
from domain.vault import disposal as disposing
from domain.vault import lists, modes, queries
from domain.vault.errors import VaultError
from domain.vault.forms import DisposalForm, ListForm, ModeForm
from domain.vault.models import PurgeRun, RevealList, SettingsChange

Made = TypeVar("Made")

_P = Permission.MANAGE_VAULT
PER_PAGE = 100


@page(_P)
@whole_prefecture(_P)
@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """Counts, lists, disposals. No person is named."""
    return _page(request)


@page(_P)
@whole_prefecture(_P)
@require_POST
def ask_list(request: HttpRequest) -> HttpResponse:
    """Freeze whose numbers a job may open, for approval."""
    require_step_up(request)
    form, user = ListForm(request.POST), user_of(request)
    asked = _made(form, lambda given: lists.ask_for_registration(duty=given["duty"], case=given["case"], user=user))
    if asked is None:
        return _page(request, asking=form)
    messages.success(request, "対象者の一覧を固定し、承認を依頼しました。")
    return redirect("vault:keeping")


@page(_P)
@whole_prefecture(_P)
@require_POST
def withdraw_list(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """取り消す."""
    row = get_object_or_404(RevealList, pk=list_id)
    return tried(request, lambda: lists.withdraw(row), "一覧の依頼を取り消しました。", "vault:keeping")


@page(_P)
@whole_prefecture(_P)
@require_POST
def propose_disposal(request: HttpRequest) -> HttpResponse:
    """起案する."""
    require_step_up(request)
    form = DisposalForm(request.POST)
    run = _made(form, lambda given: disposing.propose(given["rule"], user_of(request)))
    if run is None:
        return _page(request, proposing=form)
    messages.success(request, f"{run.count}件の廃棄を起案しました。別の人が承認すると廃棄します。")
    return redirect("vault:disposal", run.pk)


@page(_P)
@whole_prefecture(_P)
@require_POST
def withdraw_disposal(request: HttpRequest, disposal_id: uuid.UUID) -> HttpResponse:
    """取り消す."""
    row = get_object_or_404(PurgeRun, pk=disposal_id)
    return tried(request, lambda: disposing.withdraw(row), "廃棄の起案を取り消しました。", "vault:keeping")


@page(_P)
@whole_prefecture(_P)
@require_POST
def propose_mode(request: HttpRequest) -> HttpResponse:
    """保管の決まりの変更を起案する."""
    require_step_up(request)
    form = ModeForm(request.POST)
    if _made(form, lambda given: modes.propose(user_of(request), **given)) is None:
        return _page(request, changing=form)
    messages.success(request, "決まりの変更を起案しました。別の人が「番号の承認」で承認すると、変わります。")
    return redirect("vault:keeping")


@page(_P)
@whole_prefecture(_P)
@require_POST
def withdraw_mode(request: HttpRequest, change_id: uuid.UUID) -> HttpResponse:
    """取り消す."""
    row = get_object_or_404(SettingsChange, pk=change_id)
    return tried(request, lambda: modes.withdraw(row), "決まりの変更の起案を取り消しました。", "vault:keeping")


@page(_P)
@whole_prefecture(_P)
@require_safe
def disposal(request: HttpRequest, disposal_id: uuid.UUID) -> HttpResponse:
    """廃棄の証明: who, when, how many, by which rule, and the list of hashes."""
    run = get_object_or_404(PurgeRun, pk=disposal_id)
    subjects = [Subject("disposal", str(run.pk))]
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"list": "vault:disposal"}, allowed_by=_P.value)
    lines = Paginator(run.lines.order_by("tombstone"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vault/disposal.html", {"run": run, "lines": lines})


def _made(form: Form, make: Callable[[dict[str, Any]], Made]) -> Made | None:
    """What is made of what was filled in; None with what is wrong said in the form."""
    try:
        return make(form.cleaned_data) if form.is_valid() else None
    except NumberInTrail:
        form.add_error("case", "番号らしい12桁の数字は書けません。案件番号か理由を入力してください。")
    except VaultError as error:
        form.add_error(None, str(error))
    return None


def tried(request: HttpRequest, act: Callable[[], object], done: str, then: str) -> HttpResponse:
    """Do it and say so, or say why not."""
    try:
        act()
    except (VaultError, AccountError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(then)


def _page(
    request: HttpRequest,
    asking: ListForm | None = None,
    proposing: DisposalForm | None = None,
    changing: ModeForm | None = None,
) -> HttpResponse:
    rules = modes.rules()
    note_list("番号の管理", _P)
    context = {
        "rules": rules,
        "change": modes.waiting(),
        "changing": changing or ModeForm.of(rules),
        "held": queries.held_counts(),
        "lists": queries.newest_lists(),
        "disposals": queries.newest_disposals(),
        "asking": asking or ListForm(),
        "proposing": proposing or DisposalForm(),
    }
    return render(request, "vault/keeping.html", context)

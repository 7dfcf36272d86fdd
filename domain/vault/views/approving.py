"""番号の承認: the second person for lists and disposals, the holding mode, and the keys."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from domain.households.views.shared import job_of, unfinished, user_of, whole_prefecture
from domain.vault import disposal, lists, modes, queries, rotation
from domain.vault.errors import VaultError
from domain.vault.forms import ModeForm
from domain.vault.models import PurgeRun, RevealList
from domain.vault.views.keeping import tried

_P = Permission.APPROVE_VAULT


@page(_P)
@whole_prefecture(_P)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits, the keys, the mode. No person is named."""
    rules = modes.rules()
    return _page(
        request,
        ModeForm(
            initial={
                "mode": rules.mode,
                "keeps_unified": rules.keeps_unified,
                "needs_list": rules.needs_list,
                "keep_years": rules.keep_years,
            }
        ),
    )


@page(_P)
@whole_prefecture(_P)
@require_POST
def change_mode(request: HttpRequest) -> HttpResponse:
    """保有形態の変更."""
    require_step_up(request)
    form = ModeForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    given = form.cleaned_data
    try:
        modes.set_mode(
            given["mode"],
            keeps_unified=given["keeps_unified"],
            needs_list=given["needs_list"],
            keep_years=given["keep_years"],
        )
    except VaultError as error:
        form.add_error(None, str(error))
        return _page(request, form)
    messages.success(request, "番号の保管の決まりを変更しました。")
    return redirect("vault:approvals")


@page(_P)
@whole_prefecture(_P)
@require_POST
def rotate_key(request: HttpRequest) -> HttpResponse:
    """鍵の更新を始める."""
    require_step_up(request)
    purpose = request.POST.get("purpose", "")
    if purpose not in rotation.PURPOSES:
        raise Http404
    done = "鍵の更新を始めました。残りが0件になると、旧鍵を廃棄します。"
    return tried(request, lambda: rotation.start_rotation(purpose), done, "vault:approvals")


@page(_P)
@whole_prefecture(_P)
@require_POST
def approve_list(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """対象者一覧の承認."""
    row = get_object_or_404(RevealList, pk=list_id)
    require_step_up(request)
    done = "対象者の一覧を承認しました。4時間以内に、一つの処理で使えます。"
    return tried(request, lambda: lists.approve(row, user_of(request)), done, "vault:approvals")


@page(_P)
@whole_prefecture(_P)
@require_POST
def approve_disposal(request: HttpRequest, disposal_id: uuid.UUID) -> HttpResponse:
    """廃棄の承認; the job starts."""
    row = get_object_or_404(PurgeRun, pk=disposal_id)
    require_step_up(request)
    done = "廃棄を承認しました。廃棄を始めます。"
    return tried(request, lambda: disposal.approve(row, user_of(request)), done, "vault:approvals")


def _page(request: HttpRequest, form: ModeForm) -> HttpResponse:
    keys = queries.key_states()
    running = [state.rotation for state in keys if state.rotation and state.rotation.state == "running"]
    context = {
        "form": form,
        "lists": [row for row in queries.newest_lists() if row.state == RevealList.State.ASKED],
        "disposals": [row for row in queries.newest_disposals() if row.state == PurgeRun.State.PROPOSED],
        "keys": keys,
        "certificates": queries.certificates(),
        "jobs": [job for each in running if (job := unfinished(job_of(f"{rotation.JOB}:{each.pk}")))],
        "me": user_of(request).username,
    }
    return render(request, "vault/approvals.html", context)

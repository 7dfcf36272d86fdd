"""番号の承認: the second person for lists and disposals, other rules, and the keys."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from accounts.second_person import has_lapsed
from accounts.views.shared import note_list
from domain.households.views.shared import unfinished, user_of, whole_prefecture
from domain.vault import disposal, lists, modes, queries, rotation
from domain.vault.models import PurgeRun, RevealList, SettingsChange
from domain.vault.views.keeping import tried
from jobs.services import newest

_P = Permission.APPROVE_VAULT


@page(_P)
@whole_prefecture(_P)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits, the keys, the mode. No pupil or guardian is named, but 案件 is what somebody wrote."""
    keys = queries.key_states()
    change = modes.waiting()
    asked = [row for row in queries.newest_lists() if row.state == RevealList.State.ASKED]
    proposed = [row for row in queries.newest_disposals() if row.state == PurgeRun.State.PROPOSED]
    running = [state.rotation for state in keys if state.rotation and state.rotation.state == "running"]
    context = {
        "rules": modes.rules(),
        "change": change,
        "stale": modes.APPROVAL.why_stale(change.proposed_by, change.proposed_at) if change else "",
        "lists": list(
            zip(asked, lists.APPROVAL.each_why_stale([(row.asked_by, row.asked_at, ()) for row in asked]), strict=True)
        ),
        "disposals": list(
            zip(
                proposed,
                disposal.APPROVAL.each_why_stale([(row.proposed_by, row.proposed_at, ()) for row in proposed]),
                strict=True,
            )
        ),
        "open_lists": sum(not has_lapsed(row.asked_at) for row in asked),
        "open_disposals": sum(not has_lapsed(row.proposed_at) for row in proposed),
        "open_changes": int(change is not None and not has_lapsed(change.proposed_at)),
        "keys": keys,
        "certificates": queries.certificates(),
        "jobs": [job for each in running if (job := unfinished(newest(f"{rotation.JOB}:{each.pk}")))],
        "me": user_of(request).username,
    }
    note_list("番号の承認", _P, count=len(asked) + len(proposed))
    return render(request, "vault/approvals.html", context)


@page(_P)
@whole_prefecture(_P)
@require_POST
def approve_mode(request: HttpRequest, change_id: uuid.UUID) -> HttpResponse:
    """保管の決まりの変更の承認."""
    row = get_object_or_404(SettingsChange, pk=change_id)
    require_step_up(request)
    done = "番号の保管の決まりを変更しました。"
    return tried(request, lambda: modes.approve(row, user_of(request)), done, "vault:approvals")


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

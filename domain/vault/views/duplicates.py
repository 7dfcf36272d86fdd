"""番号の重複: who was found to have one number together, and what came out."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of
from domain.vault import purposes
from domain.vault.desk import conflicts
from domain.vault.errors import VaultError
from domain.vault.forms import SettleForm

_P = Permission.IMPORT_NUMBERS
PER_PAGE = 50


@page(_P)
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Open ones, newest first; people whom the person may not see are not named."""
    user = user_of(request)
    found = Paginator(conflicts.open_conflicts(user), PER_PAGE).get_page(request.GET.get("page"))
    people = [member for row in found for member in (row.member, row.other)]
    seen = conflicts.households_seen(user, {member.household_id for member in people})
    subjects = [Subject("member", str(each.pk)) for each in people if each.household_id in seen]
    detail = {"list": purposes.DUPLICATES}
    record_access(Event.READ_LIST_SHOWN, subjects=sorted(set(subjects)), detail=detail, allowed_by=_P.value)
    return render(request, "vault/duplicates.html", {"conflicts": found, "seen": seen, "form": SettleForm()})


@page(_P)
@require_POST
def settle(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Close one with what came out."""
    conflict = conflicts.open_conflicts(user_of(request)).filter(pk=conflict_id).first()
    if conflict is None:
        raise Http404
    form = SettleForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, f"確認の結果: {form.errors['note'][0]}")
        else:
            conflicts.settle(conflict, form.cleaned_data["note"])
            messages.success(request, "重複を処理済みにしました。")
    except NumberInTrail:
        messages.error(request, "番号らしい12桁の数字は書けません。確認の結果だけを入力してください。")
    except VaultError as error:
        messages.error(request, str(error))
    return redirect("vault:duplicates")

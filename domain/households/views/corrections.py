"""訂正 on a page: first what would change and what follows from it, then the saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households import correcting, extras, queries
from domain.households.correcting import CorrectionRefused
from domain.households.correction_forms import HouseholdCorrection, MemberCorrection
from domain.households.importing import values
from domain.households.models import Household, Member
from domain.households.views.shared import user_of

PERMISSION = Permission.IMPORT_ROSTER


@page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """Address, 級地, telephone, account. The form shows the whole account number and the address, protected or not, so it
    opens with a fresh one-time password only; each opening is a read event that says what was shown."""
    found = queries.find_household(user_of(request), household_id, PERMISSION)
    require_step_up(request)
    if request.method != "POST":
        return _show(request, found, found, HouseholdCorrection(found), refusal=_not_ours(user_of(request), found))
    with transaction.atomic():  # held from comparing with what was shown to writing
        stored = correcting.held_household(found)
        form = HouseholdCorrection(stored, request.POST)
        done, asked, refusal = _correct(request, found, stored, form)
    return done or _show(request, stored, stored, form, asked=asked, refusal=refusal)


@page(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Name, kana, birth date, relation, school."""
    found = queries.find_member(user_of(request), member_id, PERMISSION)
    home = queries.find_household(user_of(request), found.household_id, PERMISSION)
    if request.method != "POST":
        return _show(request, home, found, MemberCorrection(found), refusal=_not_ours(user_of(request), home))
    with transaction.atomic():
        stored = correcting.held_member(found)
        form = MemberCorrection(stored, request.POST)
        done, asked, refusal = _correct(request, home, stored, form)
    return done or _show(request, home, stored, form, asked=asked, refusal=refusal)


def _correct(
    request: HttpRequest, home: Household, stored: Household | Member, form: HouseholdCorrection | MemberCorrection
) -> tuple[HttpResponse | None, bool, CorrectionRefused | None]:
    """Where to go when it is done; else whether the page asks back, and what refuses it."""
    if (refusal := _not_ours(user_of(request), home)) or not form.is_valid():
        return None, False, refusal
    facts = form.facts()
    changed = list(values.differences(stored, facts))
    if not changed:
        messages.info(request, "変更はありませんでした。")
        return redirect("households:detail", home.pk), False, None
    try:
        if "confirmed" in request.POST:
            _save(stored, facts, form.cleaned_data["reason"])
            messages.success(request, "登録を直しました。前の値と理由は記録に残っています。")
            return redirect("households:detail", home.pk), False, None
        if correcting.COMPUTED_FROM & set(changed):
            extras.require_correctable(home.pk)
    except CorrectionRefused as error:
        return None, False, error
    return None, True, None


def _save(stored: Household | Member, facts: Mapping[str, Any], reason: str) -> None:
    if isinstance(stored, Household):
        correcting.correct_household(stored, facts, reason)
    else:
        correcting.correct_member(stored, facts, reason)


def _not_ours(user: User, home: Household) -> CorrectionRefused | None:
    """A household's facts are kept by one school; others see them and tell it."""
    codes = visible_schools(user, PERMISSION)
    keeper = home.maintained_by
    if codes is None or keeper is None or keeper.code in codes:
        return None
    return CorrectionRefused(
        f"この世帯の登録は{keeper.name}が受け持っています。{keeper.name}か教育委員会に依頼してください。"
    )


def _show(
    request: HttpRequest,
    home: Household,
    stored: Household | Member,
    form: HouseholdCorrection | MemberCorrection,
    *,
    asked: bool = False,
    refusal: CorrectionRefused | None = None,
) -> HttpResponse:
    record_access(
        Event.READ_HOUSEHOLD_SHOWN,
        subjects=[Subject("household", str(home.pk))],
        detail={"page": "correction", **_shown_in_full(home, stored)},
        allowed_by=PERMISSION.value,
    )
    facts = form.facts() if asked else {}
    context = {
        "household": home,
        "member": stored if isinstance(stored, Member) else None,
        "form": form,
        "asked": asked,
        "refusal": refusal,
        "changes": correcting.changes_of(stored, facts) if asked else [],
        "effects": correcting.effects_of(home.pk, list(values.differences(stored, facts))) if asked else [],
    }
    return render(request, "households/correct.html", context, status=422 if form.errors or refusal else 200)


def _shown_in_full(home: Household, stored: Household | Member) -> dict[str, bool]:
    """What the form of a household shows that other pages mask. That of a member shows neither."""
    if not isinstance(stored, Household):
        return {}
    shown = {"protected_address": home.address_hidden, "bank_account": bool(home.account_number)}
    return {what: True for what, there in shown.items() if there}
